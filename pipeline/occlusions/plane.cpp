#include "pipeline/occlusions/plane.h"

namespace efface::pipeline {

namespace {

constexpr std::int64_t kTile = 32;  // Two tiles of samples stay in the nearest cache.

}  // namespace

Plane luma_of(const PictureView& picture) {
    Plane plane;
    plane.columns = static_cast<std::int64_t>(picture.columns);
    plane.rows = static_cast<std::int64_t>(picture.rows);
    if (picture.channels == 1) {
        plane.samples.assign(picture.samples.begin(), picture.samples.end());
        return plane;
    }
    plane.samples.resize(picture.columns * picture.rows);
    for (std::size_t pixel = 0; pixel < plane.samples.size(); ++pixel) {
        const std::uint8_t* rgb = &picture.samples[pixel * 3];
        plane.samples[pixel] = static_cast<std::uint8_t>((5 * rgb[0] + 9 * rgb[1] + 2 * rgb[2] + 8) / 16);
    }
    return plane;
}

Plane transposed(const Plane& plane) {
    Plane out;
    out.columns = plane.rows;
    out.rows = plane.columns;
    out.samples.resize(plane.samples.size());
    for (std::int64_t top = 0; top < plane.rows; top += kTile) {
        for (std::int64_t left = 0; left < plane.columns; left += kTile) {
            const std::int64_t bottom = std::min(top + kTile, plane.rows);
            const std::int64_t right = std::min(left + kTile, plane.columns);
            for (std::int64_t y = top; y < bottom; ++y) {
                for (std::int64_t x = left; x < right; ++x) {
                    out.samples[static_cast<std::size_t>(x * out.columns + y)] =
                        plane.samples[static_cast<std::size_t>(y * plane.columns + x)];
                }
            }
        }
    }
    return out;
}

}  // namespace efface::pipeline
