// The gate on lossy JPEG whose coefficients were edited: outside the mask every coefficient is the
// original's, in it every block is black and nothing else, and whatever says how coefficients become samples
// is as it was (ISO/IEC 10918-1 A.3, B.2.2, B.2.4). Shares with the cleaner the reading of coefficients, not
// what edits, snaps or writes. Thread rule: pure function.
#pragma once

#include "config/result.h"
#include "pipeline/codestream/pixel_shape.h"
#include "pipeline/gate/mask_planes.h"

namespace efface::pipeline {

/// `masked`: of each frame. Fault::kQuarantine with the first thing that is
/// not as it must be, a mask that cuts a minimum coded unit among them.
Status judge_edited_coefficients(const PixelScan& original, const PixelScan& written, MaskPlanes& masked);

}  // namespace efface::pipeline
