// Region: a rectangle of an image as people and scripts name it: left, top, width, height, in pixels; (0,0)
// is the first one. Thread rule: a value.
#pragma once

#include <cstdint>

namespace efface::rules {

/// Columns and rows are US (PS3.3 C.7.6.3.1): no region needs to name more.
inline constexpr std::int64_t kRegionEdgeMax = 65535;
/// Of one rule, template or instance: more is no description of a screen.
inline constexpr std::size_t kRegionsMax = 4096;

struct Region {
    std::int64_t left = 0;
    std::int64_t top = 0;
    std::int64_t width = 0;
    std::int64_t height = 0;

    bool operator==(const Region&) const = default;
};

}  // namespace efface::rules
