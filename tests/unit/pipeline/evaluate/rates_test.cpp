#include "pipeline/evaluate/rates.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

namespace efface::pipeline {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

TEST(Rates, AreThoseOfATextbook) {
    const std::array values{4.0, 6.0, kNone, 5.0, 9.0};

    const Rate rate = rate_of(values, Worst::kSmallest);

    EXPECT_EQ(rate.count, 4U);
    EXPECT_DOUBLE_EQ(rate.mean, 6);
    EXPECT_DOUBLE_EQ(rate.worst, 4);
    // s = sqrt(14 / 3), t(3) = 3.1824: 6 +- 3.4375
    EXPECT_NEAR(rate.low, 2.5625, 1e-3);
    EXPECT_NEAR(rate.high, 9.4375, 1e-3);
}

TEST(Rates, TheWorstIsWhatTheMetricSays) {
    const std::array values{0.4, 1.9, 1.0};

    EXPECT_DOUBLE_EQ(rate_of(values, Worst::kSmallest).worst, 0.4);
    EXPECT_DOUBLE_EQ(rate_of(values, Worst::kLargest).worst, 1.9);
    EXPECT_DOUBLE_EQ(rate_of(values, Worst::kFarthestFromOne).worst, 0.4);  // 1 / 0.4 is more than 1.9.
}

TEST(Rates, OfNothingSayNothingAndOfOneNoInterval) {
    EXPECT_TRUE(std::isnan(rate_of(std::array{kNone}, Worst::kLargest).mean));
    const Rate one = rate_of(std::array{3.0}, Worst::kLargest);
    EXPECT_EQ(one.mean, 3);
    EXPECT_TRUE(std::isnan(one.low) && std::isnan(one.high));
}

TEST(Rates, StudentsTIsThatOfTables) {
    EXPECT_NEAR(student_t(1), 12.706, 1e-3);
    EXPECT_NEAR(student_t(10), 2.228, 1e-3);
    EXPECT_NEAR(student_t(11), 2.201, 1e-3);
    EXPECT_NEAR(student_t(20), 2.086, 1e-3);
    EXPECT_NEAR(student_t(60), 2.000, 1e-3);
    EXPECT_NEAR(student_t(100'000), 1.960, 1e-3);
}

TEST(Rates, WilsonsIntervalIsThatOfThePaper) {
    const Interval half = wilson_interval(5, 10);
    EXPECT_NEAR(half.low, 0.2366, 1e-4);
    EXPECT_NEAR(half.high, 0.7634, 1e-4);
    const Interval none = wilson_interval(0, 10);
    EXPECT_NEAR(none.low, 0, 1e-12);
    EXPECT_NEAR(none.high, 0.2775, 1e-4);
    EXPECT_EQ(wilson_interval(0, 0).high, 1);
}

}  // namespace
}  // namespace efface::pipeline
