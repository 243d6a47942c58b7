#include "pipeline/unit/edited_jpeg.h"

#include "pipeline/codec/jpeg_blackening.h"
#include "pipeline/codestream/frames.h"
#include "pipeline/pixel/samples.h"

#include <algorithm>
#include <limits>

namespace efface::pipeline {
namespace {

constexpr Where kAtPixelData = Where::tag(0x7FE00010);
constexpr std::uint64_t kItemHeaderBytes = 8;

class LittleEndian {
public:
    LittleEndian& u16(std::uint64_t value) { return number(value, 2); }

    LittleEndian& u32(std::uint64_t value) { return number(value, 4); }

    LittleEndian& text(std::string_view letters) {
        bytes_ += letters;
        return *this;
    }

    LittleEndian& item(std::uint64_t length) { return u16(0xFFFE).u16(0xE000).u32(length); }

    const std::string& bytes() const { return bytes_; }

private:
    LittleEndian& number(std::uint64_t value, int count) {
        for (int i = 0; i < count; ++i) {
            bytes_ += static_cast<char>((value >> (8 * i)) & 0xFFU);
        }
        return *this;
    }

    std::string bytes_;
};

std::vector<std::uint64_t> offsets_of(const std::vector<CompressedFrame>& frames) {
    std::vector<std::uint64_t> offsets;
    std::uint64_t at = 0;
    for (const CompressedFrame& frame : frames) {
        offsets.push_back(at);
        at += kItemHeaderBytes + frame.size();
    }
    return offsets;
}

/// Calls `use` with every frame of the original in one piece.
template <class Use>
Status for_each_frame(const Original& original, const PixelScan& scan, Use use) {
    EFFACE_TRY(const std::vector<FrameRange> ranges, frame_ranges(scan, original.syntax->family));
    std::vector<std::byte> gathered;
    for (const FrameRange& range : ranges) {
        EFFACE_CHECK(use(frame_of(scan.element, range, gathered)));
    }
    return {};
}

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
    return snapped;
}

Result<std::vector<CompressedFrame>> blackened_frames(const Original& original, const Mask& mask) {
    EFFACE_TRY(const PixelScan scan, scan_pixel_data(original.data_set_bytes, *original.syntax));
    const SampleShape shape = sample_shape(scan.shape);
    std::vector<CompressedFrame> frames;
    EFFACE_CHECK(for_each_frame(original, scan, [&](std::span<const std::byte> frame) -> Status {
        EFFACE_TRY(CompressedFrame edited, blacken_jpeg(frame, shape, scan.photometric, mask.boxes));
        if (edited.size() % 2 != 0) {
            edited.push_back(std::byte{0});
        }
        frames.push_back(std::move(edited));
        return {};
    }));
    return frames;
}

void note_extended_offsets(Original& original, const std::vector<CompressedFrame>& frames) {
    constexpr rules::Tag kExtendedOffsetTable{0x7FE0, 0x0001};
    if (!original.data_set.root().find(kExtendedOffsetTable)) {
        return;
    }
    original.pixels.extended_offsets = offsets_of(frames);
    original.pixels.extended_lengths.clear();
    for (const CompressedFrame& frame : frames) {
        original.pixels.extended_lengths.push_back(frame.size());
    }
}

Status append_frames(
    const Original& original, const std::vector<CompressedFrame>& frames, OutputFile& output
) {
    constexpr std::uint64_t kU32Max = std::numeric_limits<std::uint32_t>::max();
    EFFACE_TRY(const PixelScan scan, scan_pixel_data(original.data_set_bytes, *original.syntax));
    const std::vector<std::uint64_t> offsets = offsets_of(frames);
    const bool table = !scan.element.offset_table.empty();
    LittleEndian head;
    head.u16(0x7FE0).u16(0x0010).text("OB").u16(0).u32(kU32Max).item(table ? 4 * offsets.size() : 0);
    if (table && offsets.back() > kU32Max) {
        return fail(Fault::kQuarantine, "Pixel Data outgrows its Basic Offset Table", kAtPixelData);
    }
    for (std::size_t i = 0; table && i < offsets.size(); ++i) {
        head.u32(offsets[i]);
    }
    EFFACE_CHECK(output.append(head.bytes()));
    for (const CompressedFrame& frame : frames) {
        if (frame.size() >= kU32Max) {
            return fail(Fault::kQuarantine, "a frame does not fit one fragment", kAtPixelData);
        }
        EFFACE_CHECK(output.append(LittleEndian{}.item(frame.size()).bytes()));
        EFFACE_CHECK(output.append(std::span<const std::byte>{frame}));
    }
    return output.append(LittleEndian{}.u16(0xFFFE).u16(0xE0DD).u32(0).bytes());
}

}  // namespace efface::pipeline
