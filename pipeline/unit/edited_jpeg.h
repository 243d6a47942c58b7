// Lossy JPEG frames of 8 bits with areas blackened in their coefficients, and the Pixel Data element of them:
// one fragment a frame, offset tables made anew where the original has them (PS3.5 A.4, PS3.3 C.7.6.3.1.8).
// Thread rule: see DataSet.
#pragma once

#include "config/result.h"
#include "pipeline/pixel/mask.h"
#include "pipeline/unit/original.h"
#include "pipeline/unit/output_file.h"

#include <cstddef>
#include <vector>

namespace efface::pipeline {

using CompressedFrame = std::vector<std::byte>;

/// The mask's boxes grown outward to whole minimum coded units, which differ between frames at most in size.
Result<Mask> on_whole_units(const Mask& mask, const Original& original);

/// Every frame with the mask's boxes blackened; of even length each.
Result<std::vector<CompressedFrame>> blackened_frames(const Original& original, const Mask& mask);

/// What (7FE0,0001) and (7FE0,0002) have to say of these frames, where the original has them.
void note_extended_offsets(Original& original, const std::vector<CompressedFrame>& frames);

/// Writes the element. Fault::kQuarantine where the Basic Offset Table cannot name the frames.
Status append_frames(
    const Original& original, const std::vector<CompressedFrame>& frames, OutputFile& output
);

}  // namespace efface::pipeline
