// Blurred upright rectangles whose surroundings have as little fine structure as they have themselves, as
// after compression: along their sides what is outside is cut off where it is sharp and goes on where it is
// coarse. Thread rule: a pure function of the samples.
#pragma once

#include "pipeline/occlusions/mosaics.h"

#include <vector>

namespace efface::pipeline {

std::vector<Occlusion> find_blurred_boxes(const Profiles& profiles);

}  // namespace efface::pipeline
