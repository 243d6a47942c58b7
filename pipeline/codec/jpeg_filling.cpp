#include "pipeline/codec/jpeg_filling.h"

#include "pipeline/codec/jpeg_editor.h"

namespace efface::pipeline {
namespace {

bool holds(const JpegCoefficients& frame, std::size_t index, const BlockArea& area) {
    return index < frame.components.size() && area.right <= frame.components[index].blocks_across &&
           area.bottom <= frame.components[index].blocks_down;
}

}  // namespace

Result<std::vector<std::byte>> fill_jpeg(
    std::span<const std::byte> frame, const SampleShape& shape, std::string_view photometric,
    std::span<const Box> boxes, std::span<const std::byte> samples
) {
    EFFACE_TRY(const auto editor, JpegEditor::open(frame, shape, photometric));
    EFFACE_TRY(const std::vector<std::byte> alike, editor->encode_alike(samples));
    EFFACE_TRY(const JpegCoefficients wanted, read_jpeg_coefficients(alike, shape));
    for (std::size_t i = 0; i < editor->components(); ++i) {
        for (const Box& box : boxes) {
            const BlockArea area = editor->area(i, box);
            if (!holds(wanted, i, area)) {
                return fail(
                    Fault::kQuarantine, "what fills a JPEG frame has another shape", Where::tag(0x7FE00010)
                );
            }
            for (JDIMENSION row = area.top; row < area.bottom; ++row) {
                for (JDIMENSION column = area.left; column < area.right; ++column) {
                    const auto block = wanted.components[i].block(column, row);
                    EFFACE_CHECK(editor->put(i, column, row, block.first<kJpegBlockCoefficients>()));
                }
            }
        }
    }
    return editor->write();
}

}  // namespace efface::pipeline
