// See compressed_frames.h.
#include "pipeline/unit/compressed_frames.h"

#include <limits>
#include <string>
#include <string_view>

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

}  // namespace

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
