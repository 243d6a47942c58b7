// Pictures with text at known places, and pictures without: backgrounds of seeded noise, slopes and ellipses;
// three looks of letters.
#pragma once

#include "pipeline/picture/picture.h"

#include <cstdint>
#include <string>
#include <vector>

namespace efface::testing {

enum class Background : std::uint8_t { kNoise, kSlope, kEllipses };
enum class Look : std::uint8_t { kBitmap, kStrokes, kSerifs };

/// Grey. Never flat: some sample is black and some is white, so that contrasts are of the whole range.
pipeline::Picture background(Background kind, std::size_t columns, std::size_t rows, std::uint32_t seed);

struct Planted {
    pipeline::Box box;                  ///< Around the letters, without their surround.
    std::vector<std::uint8_t> letters;  ///< Row by row in the box: how much of the pixel is letter, 0 to 255.
};

/// Adds text of that height and contrast (percent of 255), turned clockwise by quarter turns, its upper left
/// corner at (left, top). Brightens where there is room above, else darkens.
struct Plan {
    std::string text;
    Look look = Look::kStrokes;
    int height = 20;
    int contrast_percent = 100;
    int quarter_turns = 0;
    int left = 0;
    int top = 0;
};

Planted plant(pipeline::Picture& picture, const Plan& plan);

}  // namespace efface::testing
