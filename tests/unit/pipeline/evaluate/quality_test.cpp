// Goal: what is measured of a fill is measured where and against what it says.
#include "pipeline/evaluate/quality.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace efface::pipeline {
namespace {

constexpr std::size_t kColumns = 120;
constexpr std::size_t kRows = 100;
constexpr Box kHole{40, 30, 80, 70};

PixelSet hole_mask() {
    PixelSet set{kColumns, kRows};
    set.add(kHole);
    return set;
}

/// Left half 1000, right half 3000: the window is 1000 to 3000.
Planes halves(std::size_t channels = 1) {
    Planes planes{kColumns, kRows, channels};
    for (std::size_t i = 0; i < planes.values.size(); ++i) {
        planes.values[i] = i % kColumns < kColumns / 2 ? 1000.0F : 3000.0F;
    }
    return planes;
}

double of(const Quality& quality, Metric metric) {
    return quality.at(static_cast<std::size_t>(metric));
}

TEST(Quality, OfTheTruthSaysThatNothingDiffers) {
    const Judge judge{halves(), hole_mask()};

    const Quality quality = judge.measure(halves());

    for (const Metric metric : {Metric::kSsimMask, Metric::kSsimNear, Metric::kSsimWhole}) {
        EXPECT_NEAR(of(quality, metric), 1, 1e-5);
    }
    for (const Metric metric : {Metric::kPsnrMask, Metric::kPsnrNear, Metric::kPsnrWhole}) {
        EXPECT_TRUE(std::isnan(of(quality, metric)));
    }
    EXPECT_EQ(of(quality, Metric::kRmseMask), 0);
    EXPECT_DOUBLE_EQ(of(quality, Metric::kHighFrequency), 1);
    EXPECT_DOUBLE_EQ(of(quality, Metric::kSpectrum), 0);
}

TEST(Quality, ErrorsAreSharesOfTheVisibleRangeInThreeRegions) {
    const Judge judge{halves(), hole_mask()};
    Planes filled = halves();
    put(filled, hole_mask(), 2000);  // Half of the range away from both halves.

    const Quality quality = judge.measure(filled);

    const double in_mask = 40 * 40;
    EXPECT_NEAR(of(quality, Metric::kRmseMask), 0.5, 1e-6);
    EXPECT_NEAR(of(quality, Metric::kPsnrMask), 6.0206, 1e-3);
    EXPECT_NEAR(of(quality, Metric::kRmseNear), 0.5 * std::sqrt(in_mask / (56 * 56)), 1e-6);
    EXPECT_NEAR(of(quality, Metric::kRmseWhole), 0.5 * std::sqrt(in_mask / (kColumns * kRows)), 1e-6);
    EXPECT_LT(of(quality, Metric::kSsimMask), of(quality, Metric::kSsimNear));
    EXPECT_LT(of(quality, Metric::kSsimNear), of(quality, Metric::kSsimWhole));
}

TEST(Quality, AConstantThatIsTheRingsMeanHasNoGreyDifference) {
    const Judge judge{halves(), hole_mask()};
    Planes filled = halves();
    put(filled, hole_mask(), 2000);  // The ring is half 1000 and half 3000.

    EXPECT_NEAR(of(judge.measure(filled), Metric::kGreyDifference), 0, 1e-3);

    put(filled, hole_mask(), 2200);  // A tenth of the range more.
    EXPECT_NEAR(of(judge.measure(filled), Metric::kGreyDifference), 10, 1e-3);
}

TEST(Quality, OfOneGreyTheRangeIsNotDividedByNothing) {
    Planes flat{kColumns, kRows, 1};
    std::ranges::fill(flat.values, 700.0F);
    const Judge judge{flat, hole_mask()};

    for (const double one : judge.measure(flat)) {
        EXPECT_TRUE(std::isnan(one) || std::isfinite(one));
    }
    EXPECT_EQ(of(judge.measure(flat), Metric::kGreyDifference), 0);
}

TEST(Quality, OfColourIsThatOfTheChannelsMean) {
    const Judge judge{halves(3), hole_mask()};
    Planes filled = halves(3);
    const PixelSet mask = hole_mask();
    for (std::size_t i = 0; i < filled.pixels(); ++i) {
        filled.plane(0)[i] = mask.in[i] != 0 ? 2000.0F : filled.plane(0)[i];
    }

    EXPECT_NEAR(of(judge.measure(filled), Metric::kRmseMask), 0.5 / 3, 1e-6);
}

TEST(Quality, EveryMetricHasARowOfItsOwn) {
    std::set<std::string_view> keys;
    for (std::size_t i = 0; i < kMetrics; ++i) {
        keys.insert(metric_row(static_cast<Metric>(i)).key);
    }
    EXPECT_EQ(keys.size(), kMetrics);
    EXPECT_FALSE(keys.contains(""));
}

}  // namespace
}  // namespace efface::pipeline
