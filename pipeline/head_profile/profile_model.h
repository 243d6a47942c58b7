// Profiles that people have, as curves from the forehead to the throat: one of middle proportions, and what
// noses, lips and chins make of it. Heights are means over adults (table 9 of doi:10.1186/s40902-019-0191-7:
// glabella to subnasale 65 mm, nasion to subnasale 49, subnasale to menton 73, to stomion 25); depths are
// drawn. Thread rule: constants.
#pragma once

#include <array>
#include <complex>
#include <cstddef>
#include <vector>

namespace efface::pipeline {

/// What of the curve is looked for: pictures end somewhere.
enum class ProfilePart : std::uint8_t {
    kWhole,  ///< Brow to below the chin.
    kUpper,  ///< Brow to upper lip.
    kLower,  ///< Bridge of the nose to the throat: the neck from the side.
};

inline constexpr std::size_t kProfileParts = 3;
inline constexpr std::size_t kProfileSteps = 48;
inline constexpr std::size_t kFirstShapes = 3;

/// Steps of equal length along a curve, each as a unit vector.
using Directions = std::array<std::complex<float>, kProfileSteps>;

struct ProfileShape {
    ProfilePart part = ProfilePart::kWhole;
    /// Millimetres, x forward (the head looks to the right), y down; kProfileSteps + 1 of equal distance.
    std::vector<std::complex<double>> places;
    /// Steps with their mean and trend taken off, of unit norm.
    Directions steps{};
    double length = 0;  ///< Millimetres.
};

/// Of each part kFirstShapes that lie far apart, then what lies between.
const std::vector<ProfileShape>& profile_shapes();

/// Brow to below the chin of the middle shape, in the same millimetres: where the band lies.
const std::vector<std::complex<double>>& profile_line();

/// Steps of a curve whose places lie at equal distances, as unit vectors without mean and trend, of unit
/// norm. `norm`: what it was divided by, 0 for a straight line.
Directions detrended_steps(const std::complex<double>* places, double& norm);

}  // namespace efface::pipeline
