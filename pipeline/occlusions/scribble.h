// A scribble: one line of one width and one value that goes back and forth over textured ground, most of
// which it leaves bare. Letters are too short for it, contours turn once, grids run straight. Thread rule: a
// pure function of the samples.
#pragma once

#include "pipeline/occlusions/components.h"
#include "pipeline/occlusions/occlusions.h"
#include "pipeline/occlusions/plane.h"

#include <array>
#include <optional>
#include <vector>

namespace efface::pipeline {

/// What of a scribble one component is: compression and what it crosses in its own colour break a line apart.
struct Line {
    Box box;
    std::array<std::uint8_t, 3> value{};
    double length = 0;
    double even = 0;    ///< Share of its pixels where it is as wide as elsewhere.
    double across = 0;  ///< How often rows cross it, all of them together.
    double down = 0;    ///< The same of columns.
};

/// `tolerance`: of its samples. None: the component is no line over content.
std::optional<Line> line_of(
    const PictureView& picture, const Plane& luma, const Component& component, int tolerance
);

/// Lines of one colour that lie together and turn back and forth enough. The score is how even they are.
std::vector<Occlusion> scribbles_of(const std::vector<Line>& lines, int tolerance);

}  // namespace efface::pipeline
