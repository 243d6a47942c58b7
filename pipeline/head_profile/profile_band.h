// The band over the skin of a profile: from 10 mm in front of it to 30 mm behind, brow to chin, as a few
// boxes. In front they share one edge, and each is as deep as the deepest skin in it asks: their shape draws
// nobody. Thread rule: a pure function.
#pragma once

#include "pipeline/head_profile/profile_vote.h"

#include <vector>

namespace efface::pipeline {

/// The line that is found may be that of a brighter layer: faint skin stood up to 8 mm in front of it.
inline constexpr double kBandBeforeMm = 18;
inline constexpr double kBandBehindMm = 30;
inline constexpr double kBandBeyondMm = 12;  ///< Above the brow, below the chin.
inline constexpr int kBandBoxes = 6;

/// In pixels of the picture, not clipped to it. `pixels_a_millimetre` of the picture; 0: as the profile's own
/// size says. The larger of both holds where they differ by less than half.
std::vector<Box> profile_band(const ProfileVote& vote, double scale, double pixels_a_millimetre);

}  // namespace efface::pipeline
