// Plane: one channel of a picture, and its transpose, so that what is written for columns serves rows as
// well. Thread rule: values and pure functions.
#pragma once

#include "pipeline/picture/picture.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace efface::pipeline {

struct Plane {
    std::vector<std::uint8_t> samples;
    std::int64_t columns = 0;
    std::int64_t rows = 0;

    int at(std::int64_t x, std::int64_t y) const {
        return samples[static_cast<std::size_t>(y * columns + x)];
    }

    bool holds(std::int64_t x, std::int64_t y) const { return x >= 0 && y >= 0 && x < columns && y < rows; }

    const std::uint8_t* row(std::int64_t y) const { return samples.data() + y * columns; }
};

/// Grey as it is; of RGB a weighted mean in which a constant colour stays constant and mixing stays mixing.
Plane luma_of(const PictureView& picture);
Plane transposed(const Plane& plane);

inline Box transposed(const Box& box) {
    return {box.top, box.left, box.bottom, box.right};
}

}  // namespace efface::pipeline
