// Has each frame's codestream cleaned, and lays the element out anew where anything was cut: offset
// tables are rebuilt, a cut frame becomes one fragment.
#include "pipeline/codestream/encapsulated_plan.h"

#include "pipeline/codestream/frames.h"

#include <algorithm>
#include <array>

namespace efface::pipeline {

using rules::SyntaxFamily;

namespace {

constexpr std::uint64_t kItemHeaderBytes = 8;
constexpr std::uint64_t kFragmentBytesMax = 0xFFFFFFFEU;

class EncapsulatedPlan {
public:
    EncapsulatedPlan(SyntaxFamily family, const PixelScan& scan, PixelDataPlan& plan)
        : family_{family}, scan_{scan}, plan_{plan} {}

    Status make() {
        EFFACE_TRY(const std::vector<FrameRange> ranges, frame_ranges(scan_, family_));
        EFFACE_CHECK(read_frame_shape());
        std::vector<Cut> cuts;
        cuts.reserve(ranges.size());
        for (const FrameRange& range : ranges) {
            EFFACE_TRY(Cut cut, clean(range));
            plan_.identical = plan_.identical && cut.identical;
            plan_.segments_cut += cut.segments_cut;
            plan_.trailing_bytes += cut.trailing_bytes;
            cuts.push_back(std::move(cut));
        }
        return plan_.identical ? Status{} : lay_out(ranges, cuts);
    }

private:
    Status read_frame_shape() {
        if (scan_.shape.overlay_in_samples) {
            return fail(
                Fault::kQuarantine, "a retired overlay lies in compressed samples", Where::tag(0x60000102)
            );
        }
        if (family_ != SyntaxFamily::kRle && family_ != SyntaxFamily::kEncapsulatedUncompressed) {
            return {};
        }
        PixelShape one = scan_.shape;
        one.number_of_frames = 1;
        EFFACE_TRY(shape_.frame_bytes, one.native_bytes());
        const bool bits = one.bits_allocated == 1;
        shape_.rle_segment_bytes = bits ? (one.rows * one.columns + 7) / 8 : one.rows * one.columns;
        return {};
    }

    Result<Cut> clean(const FrameRange& range) const {
        std::vector<std::byte> gathered;
        return clean_frame(family_, frame_of(scan_.element, range, gathered), shape_);
    }

    Status lay_out(const std::vector<FrameRange>& ranges, const std::vector<Cut>& cuts) {
        const PixelElement& element = scan_.element;
        keep(element.header.header_offset, element.header.value_offset);
        const std::size_t table_piece = plan_.pieces.size();
        const std::uint64_t table_bytes = element.offset_table.size();
        append_item_header(table_bytes);
        const std::size_t table_offset = plan_.patch.size();
        plan_.patch.resize(table_offset + table_bytes);
        plan_.pieces[table_piece].length += table_bytes;

        std::uint64_t position = 0;
        for (std::size_t i = 0; i < ranges.size(); ++i) {
            if (table_bytes != 0) {
                if (position > 0xFFFFFFFFU) {
                    return fail(Fault::kQuarantine, "Pixel Data outgrows its Basic Offset Table");
                }
                write_little(table_offset + 4 * i, position);
            }
            EFFACE_TRY(const FrameExtent extent, append_frame(ranges[i], cuts[i]));
            if (element.has_extended_offsets) {
                plan_.extended_offsets.push_back(position);
                plan_.extended_lengths.push_back(extent.first_fragment_bytes);
            }
            position += extent.bytes;
        }
        const FragmentPlace& last = element.fragments.back();
        keep(last.header_offset + kItemHeaderBytes + last.value.size(), element.end);
        return {};
    }

    struct FrameExtent {
        std::uint64_t bytes = 0;  // With item headers.
        std::uint64_t first_fragment_bytes = 0;
    };

    Result<FrameExtent> append_frame(const FrameRange& range, const Cut& cut) {
        const auto& fragments = scan_.element.fragments;
        const FragmentPlace& first = fragments[range.first];
        const FragmentPlace& last = fragments[range.first + range.count - 1];
        if (cut.identical) {
            const std::uint64_t end = last.header_offset + kItemHeaderBytes + last.value.size();
            keep(first.header_offset, end);
            return FrameExtent{end - first.header_offset, first.value.size()};
        }
        const std::uint64_t length = cut.length();
        const std::uint64_t padded = length + (length & 1U);
        if (padded > kFragmentBytesMax) {
            return fail(Fault::kQuarantine, "a frame does not fit one fragment", Where::tag(0x7FE00010));
        }
        append_item_header(padded);
        for (const Piece& piece : cut.pieces) {
            if (piece.patched) {
                append_patch(std::span<const std::byte>{cut.patch}.subspan(piece.offset, piece.length));
            } else {
                keep_gathered(range, piece.offset, piece.offset + piece.length);
            }
        }
        if (padded != length) {
            append_patch(std::array{std::byte{0}});
        }
        return FrameExtent{padded + kItemHeaderBytes, padded};
    }

    // [begin, end) of the frame's gathered bytes, back in its fragments.
    void keep_gathered(const FrameRange& range, std::uint64_t begin, std::uint64_t end) {
        std::uint64_t at = 0;
        for (std::size_t i = range.first; i < range.first + range.count; ++i) {
            const FragmentPlace& fragment = scan_.element.fragments[i];
            const std::uint64_t from = std::max(begin, at);
            const std::uint64_t to = std::min<std::uint64_t>(end, at + fragment.value.size());
            if (from < to) {
                const std::uint64_t value_offset = fragment.header_offset + kItemHeaderBytes;
                keep(value_offset + from - at, value_offset + to - at);
            }
            at += fragment.value.size();
        }
    }

    void keep(std::uint64_t begin, std::uint64_t end) {
        if (begin != end) {
            plan_.pieces.push_back({.patched = false, .offset = begin, .length = end - begin});
        }
    }

    void append_patch(std::span<const std::byte> bytes) {
        plan_.pieces.push_back({.patched = true, .offset = plan_.patch.size(), .length = bytes.size()});
        plan_.patch.insert(plan_.patch.end(), bytes.begin(), bytes.end());
    }

    void append_item_header(std::uint64_t length) {
        std::array<std::byte, kItemHeaderBytes> header{
            std::byte{0xFE}, std::byte{0xFF}, std::byte{0x00}, std::byte{0xE0}};
        for (std::size_t i = 0; i < 4; ++i) {
            header[4 + i] = static_cast<std::byte>((length >> (8 * i)) & 0xFFU);
        }
        append_patch(header);
    }

    void write_little(std::size_t at, std::uint64_t value) {
        for (std::size_t i = 0; i < 4; ++i) {
            plan_.patch[at + i] = static_cast<std::byte>((value >> (8 * i)) & 0xFFU);
        }
    }

    SyntaxFamily family_;
    const PixelScan& scan_;
    PixelDataPlan& plan_;
    FrameShape shape_;
};

}  // namespace

Status plan_encapsulated(SyntaxFamily family, const PixelScan& scan, PixelDataPlan& plan) {
    return EncapsulatedPlan{family, scan, plan}.make();
}

}  // namespace efface::pipeline
