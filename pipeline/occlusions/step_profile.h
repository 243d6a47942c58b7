// How large the steps between neighbouring columns are, summed over bands of rows: an edge that somebody drew
// stands upright within one column and is far larger there than two columns to its side.
// Rows are asked for by giving the transposed plane. Thread rule: values and pure functions.
#pragma once

#include "pipeline/occlusions/plane.h"

#include <cstdint>
#include <vector>

namespace efface::pipeline {

inline constexpr std::int64_t kBandRows = 8;

class StepProfile {
public:
    explicit StepProfile(const Plane& plane);

    std::int64_t bands() const { return bands_; }

    std::int64_t columns() const { return columns_; }

    /// Sum over the band's rows of |sample(x) - sample(x-1)|; 0 at x = 0.
    int at(std::int64_t band, std::int64_t x) const {
        return sums_[static_cast<std::size_t>(band * columns_ + x)];
    }

private:
    std::int64_t columns_ = 0;
    std::int64_t bands_ = 0;
    std::vector<std::uint16_t> sums_;
};

/// Means of neighbouring differences, along rows or (of a transposed plane) along columns.
double mean_step(const Plane& plane, const Box& box);

}  // namespace efface::pipeline
