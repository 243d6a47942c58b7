// See float_samples.h.
#include "pipeline/gate/float_samples.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

bool is_zero(std::span<const std::byte> bits) {
    return std::ranges::all_of(bits, [](std::byte byte) { return byte == std::byte{0}; });
}

}  // namespace

Status judge_float_samples(
    const PixelScan& original, const PixelScan& written, std::span<const std::uint8_t> plane
) {
    const FloatElement& before = original.floats;
    const FloatElement& after = written.floats;
    const Where at = Where::tag(before.header.tag.value);
    const std::uint64_t width = before.header.vr == rules::Vr::OF ? 4 : 8;
    const std::uint64_t bytes = original.shape.number_of_frames * plane.size() * width;
    const bool alike = before.present && after.present && before.header.tag == after.header.tag &&
                       !before.header.big_endian && !after.header.big_endian && bytes != 0;
    if (!alike || before.value.size() != bytes || after.value.size() != bytes) {
        return fail(Fault::kQuarantine, "gate: the frames changed their shape", at);
    }
    for (std::uint64_t place = 0; place < bytes; place += width) {
        const std::span<const std::byte> shown = after.value.subspan(place, width);
        const bool masked = plane[place / width % plane.size()] != 0;
        if (masked && !is_zero(shown)) {
            return fail(Fault::kQuarantine, "gate: something stands under the mask", at);
        }
        if (!masked && !std::ranges::equal(shown, before.value.subspan(place, width))) {
            return fail(Fault::kQuarantine, "gate: samples outside the mask differ", at);
        }
    }
    return {};
}

}  // namespace efface::pipeline
