// Sizes: to the network's and back. Thread rule: pure functions.
#pragma once

#include "pipeline/enhance/planes.h"

namespace efface::pipeline {

struct Resampled {
    Planes planes;
    PixelSet hidden;
};

/// Each pixel the mean of the visible ones that it covers, by area; hidden where it covers any hidden one, so
/// that a part of one never counts as seen. `hidden` values are not read.
Resampled by_area(const Planes& planes, const PixelSet& hidden, std::size_t columns, std::size_t rows);

/// Cubic (Keys 1981, a = -1/2), edges repeated.
Planes by_cubic(const Planes& planes, std::size_t columns, std::size_t rows);

}  // namespace efface::pipeline
