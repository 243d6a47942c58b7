// The gate on lossy JPEG whose coefficients were edited: outside the mask every coefficient is the
// original's, in it every block is black, or what the gate's own fill has there, and nothing else, and
// whatever says how coefficients become samples is as it was (ISO/IEC 10918-1 A.3, B.2.2, B.2.4). Shares with
// the cleaner the reading of coefficients, not what edits, snaps or writes. Thread rule: pure function.
#pragma once

#include "config/result.h"
#include "pipeline/codestream/pixel_shape.h"
#include "pipeline/gate/mask_planes.h"

#include <cstddef>
#include <span>
#include <vector>

namespace efface::pipeline {

/// `masked`: of each frame. `filled`: the streams of the gate's own fill (own_fill.h); none: all is black.
/// Fault::kQuarantine with the first thing that is
/// not as it must be, a mask that cuts a minimum coded unit among them.
Status judge_edited_coefficients(
    const PixelScan& original, const PixelScan& written, MaskPlanes& masked,
    std::span<const std::vector<std::byte>> filled
);

/// The frames of `original`, each with its mask blackened and nothing else changed, which is judged as above.
Result<std::vector<std::vector<std::byte>>> blackened_streams(const PixelScan& original, const Mask& mask);

}  // namespace efface::pipeline
