// Lossy JPEG frames of 8 bits with areas blackened in their coefficients.
// Thread rule: see DataSet.
#pragma once

#include "config/result.h"
#include "pipeline/pixel/mask.h"
#include "pipeline/unit/compressed_frames.h"
#include "pipeline/unit/original.h"

#include <vector>

namespace efface::pipeline {

/// The mask's boxes grown outward to whole minimum coded units, which differ between frames at most in size.
Result<Mask> on_whole_units(const Mask& mask, const Original& original);

/// Every frame with its boxes of the mask blackened; of even length each.
Result<std::vector<CompressedFrame>> blackened_frames(const Original& original, const Mask& mask);

}  // namespace efface::pipeline
