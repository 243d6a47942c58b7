// A mask that a person painted, as boxes on a grid: what is bright is taken, grown a little, since a hand is
// not exact. Thread rule: pure.
#pragma once

#include "config/result.h"
#include "pipeline/picture/picture.h"

#include <vector>

namespace efface::pipeline {

/// By so many pixels to every side a painted area is grown.
inline constexpr std::int64_t kBrushMargin = 3;

/// The cells of a grid of `cell` pixels that a grown painted pixel (half of full brightness or more) lies in,
/// as boxes that do not overlap: runs of cells, joined downwards. Fault::kRefuse: more than `boxes_max` of
/// them.
Result<std::vector<Box>> brushed_boxes(
    const PictureView& mask, std::int64_t cell, std::size_t boxes_max, std::int64_t margin = kBrushMargin
);

}  // namespace efface::pipeline
