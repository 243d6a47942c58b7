// See frames.h.
#include "pipeline/codestream/frames.h"

namespace efface::pipeline {

using rules::SyntaxFamily;

namespace {

std::uint64_t little(std::span<const std::byte> bytes, std::uint64_t at, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = count; i > 0; --i) {
        value = (value << 8U) | static_cast<std::uint64_t>(bytes[at + i - 1]);
    }
    return value;
}

// Does this fragment begin a codestream? Used only where no table says where frames begin.
bool begins_frame(SyntaxFamily family, std::span<const std::byte> fragment) {
    if (fragment.size() < 4) {
        return false;
    }
    const auto first = static_cast<std::uint32_t>(fragment[0]);
    const auto second = static_cast<std::uint32_t>(fragment[1]);
    const auto third = static_cast<std::uint32_t>(fragment[2]);
    switch (family) {
        case SyntaxFamily::kJpeg:
        case SyntaxFamily::kJpegLs:
            return first == 0xFF && second == 0xD8 && third == 0xFF;
        case SyntaxFamily::kJpeg2000:
        case SyntaxFamily::kHtj2k:
            return first == 0xFF && second == 0x4F && third == 0xFF;
        default:
            return false;
    }
}

// Offsets of the Basic (4-byte) or Extended (8-byte) Offset Table to frames; each must be the begin
// of a fragment, the first one 0, ascending.
Result<std::vector<FrameRange>> frames_by_table(
    const PixelElement& element, std::span<const std::byte> table, std::size_t width, std::uint64_t frames
) {
    if (table.size() != frames * width) {
        return fail(
            Fault::kQuarantine, "an offset table does not count Number of Frames", Where::tag(0x7FE00010)
        );
    }
    const std::uint64_t base = element.fragments.front().header_offset;
    std::vector<FrameRange> ranges;
    ranges.reserve(frames);
    std::size_t fragment = 0;
    for (std::uint64_t i = 0; i < frames; ++i) {
        const std::uint64_t offset = little(table, i * width, width);
        while (fragment < element.fragments.size() &&
               element.fragments[fragment].header_offset - base < offset) {
            ++fragment;
        }
        const bool hit =
            fragment < element.fragments.size() && element.fragments[fragment].header_offset - base == offset;
        if (!hit || (i == 0) != (fragment == 0)) {
            return fail(
                Fault::kQuarantine, "an offset table does not point at fragments", Where::tag(0x7FE00010)
            );
        }
        if (!ranges.empty()) {
            ranges.back().count = fragment - ranges.back().first;
        }
        if (!ranges.empty() && ranges.back().count == 0) {
            return fail(Fault::kQuarantine, "an offset table does not ascend", Where::tag(0x7FE00010));
        }
        ranges.push_back({fragment, 0});
    }
    ranges.back().count = element.fragments.size() - ranges.back().first;
    return ranges;
}

Result<std::vector<FrameRange>> frames_without_table(
    const PixelElement& element, SyntaxFamily family, std::uint64_t frames
) {
    const std::size_t count = element.fragments.size();
    std::vector<FrameRange> ranges;
    if (frames == 1) {
        ranges.push_back({0, count});
        return ranges;
    }
    if (count == frames) {
        for (std::size_t i = 0; i < count; ++i) {
            ranges.push_back({i, 1});
        }
        return ranges;
    }
    for (std::size_t i = 0; i < count; ++i) {
        if (begins_frame(family, element.fragments[i].value)) {
            ranges.push_back({i, 0});
        }
        if (ranges.empty()) {
            break;
        }
        ++ranges.back().count;
    }
    if (ranges.size() != frames) {
        return fail(
            Fault::kQuarantine, "frames cannot be told apart without an offset table", Where::tag(0x7FE00010)
        );
    }
    return ranges;
}

}  // namespace

Result<std::vector<FrameRange>> frame_ranges(const PixelScan& scan, SyntaxFamily family) {
    const PixelElement& element = scan.element;
    const std::uint64_t frames = scan.shape.number_of_frames;
    if (element.fragments.empty() || element.fragments.size() < frames) {
        return fail(Fault::kQuarantine, "Pixel Data has fewer fragments than frames", Where::tag(0x7FE00010));
    }
    if (element.has_extended_offsets) {
        return frames_by_table(element, element.extended_offsets, 8, frames);
    }
    if (!element.offset_table.empty()) {
        return frames_by_table(element, element.offset_table, 4, frames);
    }
    return frames_without_table(element, family, frames);
}

std::span<const std::byte> frame_of(
    const PixelElement& element, const FrameRange& range, std::vector<std::byte>& gathered
) {
    if (range.count == 1) {
        return element.fragments[range.first].value;
    }
    gathered.clear();
    for (std::size_t i = range.first; i < range.first + range.count; ++i) {
        const std::span<const std::byte> fragment = element.fragments[i].value;
        gathered.insert(gathered.end(), fragment.begin(), fragment.end());
    }
    return gathered;
}

}  // namespace efface::pipeline
