#include "pipeline/unit/edited_jpeg.h"

#include "pipeline/codec/jpeg_blackening.h"
#include "pipeline/pixel/samples.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

std::int64_t down_to(std::int64_t value, std::size_t step) {
    return value - value % static_cast<std::int64_t>(step);
}

Box on_units(const Box& box, const JpegUnit& unit, std::size_t columns, std::size_t rows) {
    const auto across = static_cast<std::int64_t>(unit.columns);
    const auto down = static_cast<std::int64_t>(unit.rows);
    const Box inside = box.clipped_to(columns, rows);
    return Box{
        down_to(inside.left, unit.columns), down_to(inside.top, unit.rows),
        down_to(inside.right + across - 1, unit.columns), down_to(inside.bottom + down - 1, unit.rows)}
        .clipped_to(columns, rows);
}

}  // namespace

Result<Mask> on_whole_units(const Mask& mask, const Original& original) {
    EFFACE_TRY(const PixelScan scan, scan_pixel_data(original.data_set_bytes, *original.syntax));
    const SampleShape shape = sample_shape(scan.shape);
    JpegUnit largest;
    EFFACE_CHECK(for_each_frame(original, scan, [&](std::span<const std::byte> frame) -> Status {
        EFFACE_TRY(const JpegHeader header, read_dct_header(frame, shape));
        const JpegUnit unit = jpeg_unit(header);
        largest.columns = std::max(largest.columns, unit.columns);
        largest.rows = std::max(largest.rows, unit.rows);
        return {};
    }));
    Mask snapped;
    for (const Box& box : mask.boxes) {
        add(snapped, on_units(box, largest, shape.columns, shape.rows), shape.columns, shape.rows);
    }
    for (const FrameBox& one : mask.some_frames) {
        const Box box = on_units(one.box, largest, shape.columns, shape.rows);
        add(snapped, FrameBox{box, one.frames}, shape.columns, shape.rows);
    }
    return snapped;
}

Result<std::vector<CompressedFrame>> blackened_frames(const Original& original, const Mask& mask) {
    EFFACE_TRY(const PixelScan scan, scan_pixel_data(original.data_set_bytes, *original.syntax));
    const SampleShape shape = sample_shape(scan.shape);
    std::vector<CompressedFrame> frames;
    EFFACE_CHECK(for_each_frame(original, scan, [&](std::span<const std::byte> frame) -> Status {
        const Mask shown = mask.of_frame(frames.size());
        EFFACE_TRY(CompressedFrame edited, blacken_jpeg(frame, shape, scan.photometric, shown.boxes));
        if (edited.size() % 2 != 0) {
            edited.push_back(std::byte{0});
        }
        frames.push_back(std::move(edited));
        return {};
    }));
    return frames;
}

}  // namespace efface::pipeline
