// See float_samples.h.
#include "pipeline/gate/float_samples.h"

#include <algorithm>
#include <cstdint>
#include <span>

namespace efface::pipeline {
namespace {

bool is_zero(std::span<const std::byte> bits) {
    return std::ranges::all_of(bits, [](std::byte byte) { return byte == std::byte{0}; });
}

}  // namespace

Status judge_float_samples(const PixelScan& original, const PixelScan& written, MaskPlanes& planes) {
    const FloatElement& before = original.floats;
    const FloatElement& after = written.floats;
    const Where at = Where::tag(before.header.tag.value);
    const std::uint64_t width = before.header.vr == rules::Vr::OF ? 4 : 8;
    const std::uint64_t bytes = original.shape.number_of_frames * planes.of_every_frame().size() * width;
    const bool alike = before.present && after.present && before.header.tag == after.header.tag &&
                       !before.header.big_endian && !after.header.big_endian && bytes != 0;
    if (!alike || before.value.size() != bytes || after.value.size() != bytes) {
        return fail(Fault::kQuarantine, "gate: the frames changed their shape", at);
    }
    std::uint64_t place = 0;
    for (std::uint64_t frame = 0; frame < original.shape.number_of_frames; ++frame) {
        for (const std::uint8_t masked : planes.of(frame)) {
            const std::span<const std::byte> shown = after.value.subspan(place, width);
            if (masked != 0 && !is_zero(shown)) {
                return fail(Fault::kQuarantine, "gate: something stands under the mask", at);
            }
            if (masked == 0 && !std::ranges::equal(shown, before.value.subspan(place, width))) {
                return fail(Fault::kQuarantine, "gate: samples outside the mask differ", at);
            }
            place += width;
        }
    }
    return {};
}

}  // namespace efface::pipeline
