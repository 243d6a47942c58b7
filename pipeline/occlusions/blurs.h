// Blur: a rectangle or an ellipse in which everything fine is gone, sensor noise included, amid content where
// it is not, while what is coarse goes on across its rim: a smooth thing in the picture begins and ends
// there. Thread rule: a pure function of the samples.
#pragma once

#include "pipeline/occlusions/occlusions.h"
#include "pipeline/occlusions/plane.h"

#include <vector>

namespace efface::pipeline {

std::vector<Occlusion> find_blurs(const Plane& plane);

}  // namespace efface::pipeline
