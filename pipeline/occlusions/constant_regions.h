// Regions of one value that somebody drew over a picture: rectangles, ellipses, scribbles.
// Thread rule: a pure function of the samples.
#pragma once

#include "pipeline/occlusions/occlusions.h"
#include "pipeline/occlusions/plane.h"

#include <vector>

namespace efface::pipeline {

/// `tolerance`: how far samples of one region may lie apart: 0 for what was never compressed.
std::vector<Occlusion> constant_regions(const PictureView& picture, const Plane& luma, int tolerance);

}  // namespace efface::pipeline
