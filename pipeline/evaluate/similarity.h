// How near a fill is to what was there: PSNR, SSIM (Wang, Bovik, Sheikh and Simoncelli 2004) and RMSE. Planes
// are of one value a pixel, 0 to 1, as the visible range of the truth has them (judged_plane.h). Nearness
// says that a fill is plausible, not that it is right. Thread rule: pure functions.
#pragma once

#include "pipeline/enhance/planes.h"

#include <span>
#include <vector>

namespace efface::pipeline {

/// Mean of the squared differences over the pixels of `where`, 0 where there are none.
double mean_square_error(std::span<const float> a, std::span<const float> b, const PixelSet& where);

/// Decibels against a peak of 1; not a number where nothing differs.
double psnr_db(double mean_square);

/// Of each pixel: an 11 x 11 Gaussian of deviation 1.5 over the values as -1 to 1, constants (0.01 x 2)^2 and
/// (0.03 x 2)^2, edges mirrored without their first pixel: as training/gan/loss.py has it. Where the means
/// lie on two sides of the range's middle it is below 0, which SSIM of values counted from 0 is not. 1 where
/// both are the same. Sides of at least 6 pixels.
std::vector<float> ssim_map(
    std::span<const float> a, std::span<const float> b, std::size_t columns, std::size_t rows
);

/// Over the pixels of `where`; not a number where there are none.
double mean_within(std::span<const float> values, const PixelSet& where);

}  // namespace efface::pipeline
