// Walks one frame's compressed bytes without decoding and says which of them carry no samples:
// application segments, comments, bytes behind the end marker (issue: carriers of identity beside the
// samples). What cannot be walked to its end marker is Fault::kQuarantine: nothing is proven about it.
// JPEG: ISO/IEC 10918-1 annex B; JPEG-LS: ISO/IEC 14495-1 annex C; JPEG 2000: ISO/IEC 15444-1 annex A;
// RLE: PS3.5 annex G. Thread rule: pure functions.
#pragma once

#include "config/result.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace efface::pipeline {

inline constexpr std::uint32_t kCodestreamSegmentsMax = 1'000'000;

/// A stretch of the cleaned frame: bytes of the frame as it is, or bytes of Cut::patch.
struct Piece {
    bool patched = false;
    std::uint64_t offset = 0;  ///< Into the frame, or into the patch.
    std::uint64_t length = 0;
};

struct Cut {
    bool identical = true;      ///< Nothing has to be cut; `pieces` is the whole frame.
    std::vector<Piece> pieces;  ///< In order; together the cleaned frame, without padding to even length.
    std::vector<std::byte> patch;
    std::uint32_t segments_cut = 0;    ///< APPn, COM and the like, JFIF thumbnails included.
    std::uint64_t trailing_bytes = 0;  ///< Behind the end marker or the last segment, one pad byte aside.

    std::uint64_t length() const;
};

/// What a walk must know besides the bytes.
struct FrameShape {
    std::uint64_t rle_segment_bytes = 0;  ///< Decoded bytes of one RLE segment: Rows x Columns (x 1 byte).
    std::uint64_t frame_bytes = 0;        ///< Decoded bytes of one native frame.
};

/// The frame's bytes in one piece.
Result<Cut> clean_frame(
    rules::SyntaxFamily family, std::span<const std::byte> frame, const FrameShape& shape
);

Result<Cut> clean_jpeg(std::span<const std::byte> frame, bool jpeg_ls);
Result<Cut> clean_jpeg2000(std::span<const std::byte> frame);
Result<Cut> clean_rle(std::span<const std::byte> frame, std::uint64_t segment_bytes);

}  // namespace efface::pipeline
