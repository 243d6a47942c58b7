// Level lines: where a picture crosses a grey level, to parts of a pixel (marching squares). The skin is such
// a line in a radiograph, whichever of air and body is the brighter. Thread rule: pure functions.
#pragma once

#include "pipeline/head_profile/small_plane.h"

#include <complex>
#include <vector>

namespace efface::pipeline {

/// x + iy, in pixels of the plane.
using Place = std::complex<float>;

struct LevelLine {
    std::vector<Place> places;
    bool closed = false;
};

/// Grey levels to be looked at, from dark to bright: denser at both ends, where air is.
std::vector<float> levels_of(const SmallPlane& plane);

/// The longest lines at this level, at most kLinesMax, none shorter than `length_min` places.
std::vector<LevelLine> level_lines(const SmallPlane& plane, float level, std::size_t length_min);

inline constexpr std::size_t kLinesMax = 16;

}  // namespace efface::pipeline
