// PNGs that the tests write themselves: of 8 or 16 bits, grey or RGB, whose samples are what they are.
#pragma once

#include "pipeline/picture/png_samples.h"

#include <string>

namespace efface::testing {

/// As decode_png_samples() reads it; `samples` of 16 bits little endian.
std::string written_png(const pipeline::PngSamples& picture);

/// Grey of 16 bits: a slope with waves and grain, which no fill can guess.
pipeline::PngSamples drawn_truth(std::size_t columns, std::size_t rows);

/// Grey of 8 bits, 255 within the box.
pipeline::PngSamples drawn_mask(
    std::size_t columns, std::size_t rows, std::size_t left, std::size_t top, std::size_t right,
    std::size_t bottom
);

}  // namespace efface::testing
