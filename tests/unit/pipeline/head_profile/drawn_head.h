// Radiographs that nobody took: a head from the side as a filled outline with a skull in it, and things that
// are no head from the side. For tests.
#pragma once

#include "pipeline/picture/picture.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace efface::testing {

struct Pose {
    int quarters = 0;  ///< Turns of 90 degrees, clockwise.
    double degrees = 0;
    bool looks_left = false;
    bool air_is_dark = true;
    double pixels_a_millimetre = 1.5;
};

struct DrawnHead {
    pipeline::Picture picture;
    std::vector<std::pair<double, double>> skin;  ///< From brow to chin, pixels.
};

/// The side of the square picture is 480 pixels.
DrawnHead head_from_the_side(const Pose& pose, std::uint32_t seed);
/// From the front: skull, jaw, ears, neck.
pipeline::Picture head_from_the_front(std::uint32_t seed);
/// A limb with a bone, bent in the middle.
pipeline::Picture limb(std::uint32_t seed);

}  // namespace efface::testing
