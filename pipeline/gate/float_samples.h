// The gate on blackened floats (PS3.3 C.7.6.24, C.7.6.25), bit by bit: a float that is compared as a number
// would take zeros of both signs for one, and no NaN for itself. Shares nothing with what blackens or writes
// them. Thread rule: a pure function.
#pragma once

#include "config/result.h"
#include "pipeline/codestream/pixel_shape.h"
#include "pipeline/gate/mask_planes.h"

namespace efface::pipeline {

/// Fault::kQuarantine: anything but zero bits under the mask of a frame, or other bits than the original's
/// beside it.
Status judge_float_samples(const PixelScan& original, const PixelScan& written, MaskPlanes& planes);

}  // namespace efface::pipeline
