// Which fragments of encapsulated Pixel Data are which frame (PS3.5 A.4): by the Extended or the Basic
// Offset Table, else one by one, else by where codestreams begin.
// Thread rule: pure functions.
#pragma once

#include "pipeline/codestream/pixel_shape.h"

namespace efface::pipeline {

/// One frame: fragments [first, first + count).
struct FrameRange {
    std::size_t first = 0;
    std::size_t count = 0;
};

/// As many as Number of Frames. Fault::kQuarantine where frames cannot be told apart.
Result<std::vector<FrameRange>> frame_ranges(const PixelScan& scan, rules::SyntaxFamily family);

/// The frame's bytes in one piece; `gathered` holds them where they lie in several fragments, since a
/// marker segment may straddle two.
std::span<const std::byte> frame_of(
    const PixelElement& element, const FrameRange& range, std::vector<std::byte>& gathered
);

}  // namespace efface::pipeline
