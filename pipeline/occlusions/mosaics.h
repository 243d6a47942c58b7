// Mosaics: regions of cells of 4 to 64 pixels, each of one value (or nearly, where they were compressed
// afterwards): between their lines nothing changes, across the lines everything does, in both directions.
// Thread rule: a pure function of the samples.
#pragma once

#include "pipeline/occlusions/occlusions.h"
#include "pipeline/occlusions/step_profile.h"

#include <vector>

namespace efface::pipeline {

/// A plane with what is needed of it in both directions.
struct Profiles {
    const Plane& plane;
    const Plane& turned;  ///< transposed(plane)
    StepProfile columns;
    StepProfile rows;
};

std::vector<Occlusion> find_mosaics(const Profiles& profiles);

}  // namespace efface::pipeline
