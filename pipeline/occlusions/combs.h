// Combs: evenly spaced upright lines in a band of rows, with nothing between them: one row of a mosaic's
// cells. Thread rule: a pure function of the profile.
#pragma once

#include "pipeline/occlusions/step_profile.h"

#include <vector>

namespace efface::pipeline {

/// Combs of one spacing in consecutive bands.
struct CombRegion {
    std::int64_t first = 0;  ///< Column of the first line.
    std::int64_t last = 0;
    std::int64_t band_first = 0;
    std::int64_t band_last = 0;
    double gap = 0;  ///< Columns from line to line.
    int lines = 0;   ///< Of all bands.

    /// The rows that were seen.
    std::int64_t top() const { return band_first * kBandRows; }

    std::int64_t bottom() const { return (band_last + 2) * kBandRows; }
};

inline constexpr std::int64_t kGapMin = 4;
inline constexpr std::int64_t kGapMax = 66;

std::vector<CombRegion> comb_regions(const StepProfile& profile);

}  // namespace efface::pipeline
