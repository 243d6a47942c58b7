// The gate's own view of which fragments are which frame (PS3.5 A.4), written apart from
// pipeline/codestream on purpose. Thread rule: pure functions.
#pragma once

#include "pipeline/codestream/pixel_shape.h"
#include "pipeline/gate/pixel_judge.h"

namespace efface::pipeline {

/// What the scan of a data set found, as this folder looks at it.
PixelSource source_of(const PixelElement& element);

/// Indices of the fragments that begin a frame; as many as `frames`.
Result<std::vector<std::size_t>> frame_starts(
    const PixelSource& source, rules::SyntaxFamily family, std::uint64_t frames
);

/// The bytes of frame `i`; `gathered` holds them where the frame lies in several fragments.
std::span<const std::byte> frame_bytes(
    const PixelSource& source, const std::vector<std::size_t>& starts, std::size_t i,
    std::vector<std::byte>& gathered
);

}  // namespace efface::pipeline
