// Connected sets of pixels of one value, as stretches of rows: linear in the picture's size, whatever it
// shows. Thread rule: a pure function of the samples.
#pragma once

#include "pipeline/occlusions/shape.h"

#include <array>
#include <vector>

namespace efface::pipeline {

struct Component {
    Moments moments;
    std::array<std::uint8_t, 3> value{};
    std::vector<Stretch> stretches;  ///< From top to bottom.
};

struct ComponentBounds {
    int tolerance = 0;             ///< In every channel.
    std::int32_t stretch_min = 3;  ///< Shorter stretches belong to nothing.
    double area_min = 200;
    std::int64_t side_min = 10;
};

/// At most kComponentsMax, the largest of them.
std::vector<Component> components_of(const PictureView& picture, const ComponentBounds& bounds);

inline constexpr std::size_t kComponentsMax = 512;

}  // namespace efface::pipeline
