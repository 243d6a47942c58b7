// Where along the level lines of a picture a profile runs: at any turn, looking either way, bones bright or
// dark. Compared are the directions of the steps along both curves, without mean and trend, so that every
// bend counts as much as the nose does. Thread rule: pure functions.
#pragma once

#include "pipeline/head_profile/level_lines.h"
#include "pipeline/head_profile/profile_model.h"

#include <complex>
#include <vector>

namespace efface::pipeline {

struct ProfileMatch {
    ProfilePart part = ProfilePart::kWhole;
    double likeness = 0;  ///< Correlation of steps, 0 to 1.
    double bends = 0;     ///< How strongly it bends; the middle shape: 1.
    double twist = 0;  ///< Radians between the turn of its bends and that of its ends; of a profile about 0.
    double air = 0;    ///< Share of places in front of it that lie on the other side of the level.
    double body = 0;   ///< Share of places behind it on this side.
    double flat_air = 0;  ///< Spread of the grey in front of it over the step at the skin.
    bool air_is_dark = true;
    float level = 0;
    /// From millimetres of the model to pixels of the plane: place -> at + turn * place, mirrored before.
    Place at{};
    std::complex<double> turn{};
    bool mirrored = false;
    std::vector<Place> line;  ///< What of the level line it is; pixels of the plane.

    Place placed(const std::complex<double>& millimetres) const {
        const std::complex<double> side = mirrored ? std::conj(millimetres) : millimetres;
        return at + Place{turn * side};
    }
};

/// Every one that is likely at all, the likeliest first, at most kMatchesMax.
std::vector<ProfileMatch> match_profiles(const SmallPlane& plane);

inline constexpr std::size_t kMatchesMax = 400;

}  // namespace efface::pipeline
