// Goal: the distance is that of two normal distributions. Method: sets whose means and covariances are known
// exactly, and covariances that are not of full rank.
#include "pipeline/evaluate/frechet.h"

#include "pipeline/enhance/counter_noise.h"

#include <gtest/gtest.h>

#include <cmath>

namespace efface::pipeline {
namespace {

/// Both signs of each vector: the mean is `mean` exactly.
FeatureSet set_of(const std::vector<std::vector<float>>& vectors, const std::vector<float>& mean) {
    FeatureSet set{mean.size(), {}};
    for (const auto& one : vectors) {
        for (const float sign : {1.0F, -1.0F}) {
            for (std::size_t i = 0; i < mean.size(); ++i) {
                set.values.push_back(mean[i] + sign * one[i]);
            }
        }
    }
    return set;
}

TEST(Frechet, OfASetWithItselfIsNone) {
    const FeatureSet set = set_of({{1, 2, 0.5F}, {-1, 0.3F, 2}, {0.2F, 1, 1}}, {4, 5, 6});

    EXPECT_NEAR(frechet_distance(set, set), 0, 1e-6);
}

TEST(Frechet, OfAShiftIsItsSquare) {
    const std::vector<std::vector<float>> vectors{{1, 2}, {-2, 1}};

    EXPECT_NEAR(frechet_distance(set_of(vectors, {0, 0}), set_of(vectors, {3, 4})), 25, 1e-5);
}

TEST(Frechet, OfAxesIsTheSquareOfTheDeviationsApart) {
    // Variances of (2 * 9, 2 * 4) / 3 and (2 * 1, 2 * 16) / 3: the root's differences squared, summed.
    const FeatureSet a = set_of({{3, 0}, {0, 2}}, {0, 0});
    const FeatureSet b = set_of({{1, 0}, {0, 4}}, {0, 0});

    EXPECT_NEAR(frechet_distance(a, b), 2.0 / 3 * ((3 - 1) * (3 - 1) + (4 - 2) * (4 - 2)), 1e-5);
}

TEST(Frechet, DoesNotChangeWhereBothAreTurned) {
    const double turn = 0.7;
    const auto turned = [&](FeatureSet set) {
        for (std::size_t i = 0; i < set.values.size(); i += 2) {
            const double x = set.values[i];
            const double y = set.values[i + 1];
            set.values[i] = static_cast<float>(std::cos(turn) * x - std::sin(turn) * y);
            set.values[i + 1] = static_cast<float>(std::sin(turn) * x + std::cos(turn) * y);
        }
        return set;
    };
    const FeatureSet a = set_of({{3, 1}, {0, 2}, {1, 1}}, {1, 0});
    const FeatureSet b = set_of({{1, -1}, {2, 4}, {0.5F, 0}}, {0, 2});

    EXPECT_NEAR(frechet_distance(turned(a), turned(b)), frechet_distance(a, b), 1e-4);
    EXPECT_NEAR(frechet_distance(b, a), frechet_distance(a, b), 1e-5);
}

TEST(Frechet, FewerVectorsThanFeaturesAreFine) {
    constexpr std::size_t kLength = 40;
    Digest seed{};
    seed[0] = 5;
    FeatureSet a{kLength, CounterNoise{seed}.field(kLength, 8, 0)};
    FeatureSet b = a;
    for (float& one : b.values) {
        one += 0.5F;
    }

    EXPECT_NEAR(frechet_distance(a, b), 0.25 * kLength, 1e-3);
}

TEST(Frechet, AFeatureThatNeverChangesAddsItsShiftAlone) {
    EXPECT_NEAR(
        frechet_distance(set_of({{1, 0}, {2, 0}}, {0, 0}), set_of({{1, 0}, {2, 0}}, {0, 2})), 4, 1e-6
    );
}

}  // namespace
}  // namespace efface::pipeline
