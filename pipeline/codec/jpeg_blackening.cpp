// See jpeg_blackening.h.
#include "pipeline/codec/jpeg_blackening.h"

#include "pipeline/codec/jpeg_editor.h"

#include <array>

namespace efface::pipeline {
namespace {

constexpr std::int64_t kDcOfBlack = 8 * 128;  // A constant block of zeros: eight times the level shift.
constexpr std::int64_t kDcOfWhite = 8 * 127;
/// A table with larger steps has no value that is black and stays in the range of a decoder's clamping.
constexpr std::int64_t kDcStepMax = 1024;

/// Of component `index`: the quantised value whose block is black everywhere, clamped if need be.
std::int16_t black_dc(JpegColour colour, bool largest, std::size_t index, std::int64_t step) {
    if (colour == JpegColour::kYbr && index > 0) {
        return 0;  // Neutral colour: the middle.
    }
    const auto up = [&](std::int64_t value) { return (value + step - 1) / step; };
    return static_cast<std::int16_t>(largest ? up(kDcOfWhite) : -up(kDcOfBlack));
}

}  // namespace

Result<std::vector<std::byte>> blacken_jpeg(
    std::span<const std::byte> frame, const SampleShape& shape, std::string_view photometric,
    std::span<const Box> boxes
) {
    EFFACE_TRY(const auto editor, JpegEditor::open(frame, shape, photometric));
    for (std::size_t i = 0; i < editor->components(); ++i) {
        const std::int64_t step = editor->first_step(i);
        if (step < 1 || step > kDcStepMax) {
            return fail(
                Fault::kQuarantine, "a JPEG frame is quantised so coarsely that it holds no black",
                Where::tag(0x7FE00010)
            );
        }
        std::array<std::int16_t, kJpegBlockCoefficients> black{};
        black[0] = black_dc(editor->colour(), photometric == "MONOCHROME1", i, step);
        for (const Box& box : boxes) {
            const BlockArea area = editor->area(i, box);
            for (JDIMENSION row = area.top; row < area.bottom; ++row) {
                for (JDIMENSION column = area.left; column < area.right; ++column) {
                    EFFACE_CHECK(editor->put(i, column, row, black));
                }
            }
        }
    }
    return editor->write();
}

}  // namespace efface::pipeline
