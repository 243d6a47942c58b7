// The Frechet distance between two sets of feature vectors, each taken for a normal distribution (Dowson and
// Landau 1982): |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)). With features of our own discriminator it is no
// FID and compares with none. It is biased upward where the vectors are few: below kFrechetCountMin none is
// stated. Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace efface::pipeline {

inline constexpr std::size_t kFrechetCountMin = 2048;
inline constexpr std::size_t kFeaturesMax = 1024;

/// Vectors of `length`, one after another.
struct FeatureSet {
    std::size_t length = 0;
    std::vector<float> values;

    std::size_t count() const { return length == 0 ? 0 : values.size() / length; }
};

/// Of the same length, two vectors each at least. The trace of the root is the sum of the singular values of
/// L1' L2, where C = L L' (Cholesky); covariances of less than full rank are fine.
double frechet_distance(const FeatureSet& a, const FeatureSet& b);

}  // namespace efface::pipeline
