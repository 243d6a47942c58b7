// ConfidenceModel: how a generator's file says to reckon, from visible pixels, how likely a fill of it is a
// good one: the coefficients of a logistic regression and what they were fitted on.
// pipeline/enhance/confidence.h measures the features, training/gan/confidence.py fits; docs/enhancement.md
// has the formulas. Thread rule: values and constants.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace efface::pipeline {

/// In the order of the weights. The first three compare the network's answer in a ring of visible pixels
/// about the hole, hidden from it for this, with what stands there.
enum class ConfidenceFeature : std::uint8_t {
    kRingSsim,  ///< Structural similarity, -1 to 1.
    kRingGrey,  ///< Distance of the means, as a share of the visible range.
    kRingFine,  ///< |ln| of the ratio of what is finer than 1.2 pixels.
    kNoRing,    ///< 1 where no ring could be hidden, and the three above are 0; else 0.
    kHidden,    ///< Share of the surround that is hidden, 0 to 1.
    kSnr,       ///< ln of the signal to noise ratio of the surround.
    kSize,      ///< ln of the hole's longer side over the network's, both as the network is shown them.
};

inline constexpr std::size_t kConfidenceFeatures = 7;

/// As metadata.json names their weights.
inline constexpr std::array<std::string_view, kConfidenceFeatures> kConfidenceFeatureNames{
    "ring_ssim", "ring_grey", "ring_fine", "no_ring", "hidden", "snr", "size"};

using ConfidenceFeatures = std::array<double, kConfidenceFeatures>;

struct ConfidenceModel {
    double intercept = 0;
    ConfidenceFeatures weights{};
    std::size_t ring = 0;          ///< Width in pixels of the network, at most.
    std::uint64_t cases = 0;       ///< Fills that it was fitted on.
    std::uint64_t first_seed = 0;  ///< Of the pictures of these.
    std::string generator;         ///< The network that filled them: SHA-256 of its file, in hex.

    bool operator==(const ConfidenceModel&) const = default;
};

}  // namespace efface::pipeline
