// SmallPlane: a picture at the size at which its outlines are looked for, in one channel, slightly blurred.
// Thread rule: a value and a pure function.
#pragma once

#include "pipeline/picture/picture.h"

#include <cstddef>
#include <vector>

namespace efface::pipeline {

/// Of the longer side. A face that fills a third of the picture has lips of three pixels then.
inline constexpr std::int64_t kPlaneSideMax = 480;

struct SmallPlane {
    std::vector<float> samples;
    std::int64_t columns = 0;
    std::int64_t rows = 0;
    double scale = 1;  ///< Pixels of the picture a pixel of the plane.

    float at(std::int64_t x, std::int64_t y) const {
        return samples[static_cast<std::size_t>(y * columns + x)];
    }

    bool holds(double x, double y) const {
        return x >= 0 && y >= 0 && x < static_cast<double>(columns) && y < static_cast<double>(rows);
    }
};

SmallPlane small_plane(const PictureView& picture);

}  // namespace efface::pipeline
