// Tiling: how a picture of any size is cut into overlapping pieces of one shape, for a network that costs
// time and memory by the pixel and whose input shape is fixed. Thread rule: pure.
#pragma once

#include "pipeline/picture/picture.h"

#include <cstdint>
#include <vector>

namespace efface::pipeline {

/// What the network halves five times: every extent is a multiple of 32.
constexpr std::int64_t kTileStep = 32;
constexpr std::int64_t kTileExtentMin = 128;
constexpr std::int64_t kTileExtentMax = 640;
/// More than a letter of the largest size that is searched for at this scale, and its surround.
constexpr std::int64_t kTileOverlapMin = 64;

struct TileShape {
    std::int64_t columns = 0;
    std::int64_t rows = 0;

    auto operator<=>(const TileShape&) const = default;
};

struct Tiling {
    TileShape shape;
    std::vector<Box>
        tiles;  ///< Each of that shape; where there is one alone it may reach beyond the picture.
};

/// Covers a picture of at least one pixel with the fewest tiles, evenly spread.
Tiling tiles_of(std::int64_t columns, std::int64_t rows);

}  // namespace efface::pipeline
