// The part of a pixel data plan for encapsulated Pixel Data (PS3.5 A.4).
#pragma once

#include "pipeline/codestream/pixel_shape.h"

namespace efface::pipeline {

Status plan_encapsulated(rules::SyntaxFamily family, const PixelScan& scan, PixelDataPlan& plan);

}  // namespace efface::pipeline
