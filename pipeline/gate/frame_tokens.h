// The gate's own walk of a codestream: the frame as a list of tokens that carry samples, and a count of
// what beside them does not. Two frames with equal tokens decode to equal samples; a frame without
// carriers holds nothing else. Written apart from pipeline/codestream on purpose: the cleaner must not
// vouch for itself. ISO/IEC 10918-1, 14495-1, 15444-1; PS3.5 annex G.
// Thread rule: pure functions.
#pragma once

#include "config/result.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace efface::pipeline {

inline constexpr std::size_t kFrameTokensMax = 1'000'000;

struct FrameToken {
    std::uint32_t marker = 0;
    std::uint64_t number = 0;  ///< A length that a cut may change, brought to what it is without comments.
    std::span<const std::byte> fields;
    std::span<const std::byte> samples;  ///< Entropy-coded bytes.

    bool operator==(const FrameToken& other) const;
};

struct FrameTokens {
    std::vector<FrameToken> tokens;
    bool carriers = false;  ///< Application segments, comments, thumbnails, bytes behind the end.
};

/// Decoded sizes that RLE and raw frames need.
struct FrameBytes {
    std::uint64_t plane = 0;
    std::uint64_t frame = 0;
};

Result<FrameTokens> tokens_of_frame(
    rules::SyntaxFamily family, std::span<const std::byte> frame, const FrameBytes& sizes
);

Result<FrameTokens> tokens_of_jpeg(std::span<const std::byte> frame, bool jpeg_ls);
Result<FrameTokens> tokens_of_jpeg2000(std::span<const std::byte> frame);
Result<FrameTokens> tokens_of_rle(std::span<const std::byte> frame, std::uint64_t plane_bytes);

}  // namespace efface::pipeline
