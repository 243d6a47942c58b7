// Pictures of seeded noise of many sizes, and ways to cover a part of one.
#pragma once

#include "pipeline/picture/picture.h"

#include <array>
#include <cstdint>
#include <vector>

namespace efface::testing {

/// Smooth hills, texture and sensor noise; three channels of one look each.
pipeline::Picture content(std::size_t columns, std::size_t rows, std::size_t channels, std::uint32_t seed);

using Colour = std::array<std::uint8_t, 3>;

void cover_box(pipeline::Picture& picture, const pipeline::Box& box, const Colour& colour);
void cover_ellipse(pipeline::Picture& picture, const pipeline::Box& box, const Colour& colour);
/// Cells count from the box's corner; the last ones may be cut.
void cover_mosaic(pipeline::Picture& picture, const pipeline::Box& box, std::int64_t cell);
/// Three box filters of this radius, which take from around the box too.
void cover_blur(pipeline::Picture& picture, const pipeline::Box& box, std::int64_t radius);
/// `kept`: share of the contrast that is left.
void cover_band(pipeline::Picture& picture, const pipeline::Box& box, const Colour& colour, double kept);
/// A zigzag from side to side of the box, `turns` times.
void cover_scribble(
    pipeline::Picture& picture, const pipeline::Box& box, const Colour& colour, int turns, int width
);

/// From point to point, with soft sides as drawing programs make them.
void cover_soft_line(
    pipeline::Picture& picture, const std::vector<std::array<double, 2>>& points, const Colour& colour,
    double width
);

}  // namespace efface::testing
