// Translucent bands: upright rectangles in which every sample is a·x + b of what was there. Across each of
// their sides the same a and b turn one row into the next, which no edge of a thing does.
// Thread rule: a pure function of the samples.
#pragma once

#include "pipeline/occlusions/mosaics.h"

#include <vector>

namespace efface::pipeline {

std::vector<Occlusion> find_bands(const Profiles& profiles);

}  // namespace efface::pipeline
