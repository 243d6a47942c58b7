// The gate on blackened floats (PS3.3 C.7.6.24, C.7.6.25), bit by bit: a float that is compared as a number
// would take zeros of both signs for one, and no NaN for itself. Shares nothing with what blackens or writes
// them. Thread rule: a pure function.
#pragma once

#include "config/result.h"
#include "pipeline/codestream/pixel_shape.h"

#include <cstdint>
#include <span>

namespace efface::pipeline {

/// `plane`: one byte a pixel of a frame, not zero under the mask. Fault::kQuarantine: anything but zero bits
/// under it, or other bits than the original's beside it.
Status judge_float_samples(
    const PixelScan& original, const PixelScan& written, std::span<const std::uint8_t> plane
);

}  // namespace efface::pipeline
