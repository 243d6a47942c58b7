// How a fill's texture compares with the truth's: its fine detail and its spectrum. Planes as in
// similarity.h. Thread rule: pure functions.
#pragma once

#include "pipeline/enhance/planes.h"

#include <span>

namespace efface::pipeline {

/// Deviation, over the pixels of `where`, of what a Gaussian of 1.2 pixels over those pixels alone takes
/// away: no pixel beyond has a part in it. As training/gan/evaluate.py has it.
double fine_deviation(std::span<const float> plane, const PixelSet& where);

/// fine_deviation(filled) / fine_deviation(truth), the latter 0.0001 at least. 1: as fine as what was there.
double high_frequency_ratio(
    std::span<const float> filled, std::span<const float> truth, const PixelSet& mask
);

/// How far two radial power spectra lie apart, in decibels; 0: the same. Squares of N pixels (the largest
/// power of two from 16 to 64 that fits into the mask's bounds), half of one apart, of which at least half is
/// masked, each without its mean and under Hann's window; their powers are averaged, then over rings of one
/// step of frequency from 1 to N/2. The distance is the root of the mean, over rings, of the squared
/// difference of 10 log10(power + 1e-9 N^2). Not a number: the mask holds no such square.
double spectrum_distance_db(
    std::span<const float> filled, std::span<const float> truth, const PixelSet& mask
);

}  // namespace efface::pipeline
