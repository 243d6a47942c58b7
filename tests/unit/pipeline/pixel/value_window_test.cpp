// Goal: whatever differs in the samples of a frame differs in the picture, whatever else stands in it; and no
// value harms. Method: lists of values with outliers, sentinels, NaN, infinities, extremes of a double.
#include "pipeline/pixel/value_window.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace efface::testing {
namespace {

using pipeline::ValueWindow;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kLargest = std::numeric_limits<double>::max();

ValueWindow window_of(const std::vector<double>& values) {
    return ValueWindow::of([&](const auto& use) {
        for (const double value : values) {
            if (!use(value)) {
                return;
            }
        }
    });
}

std::vector<double> ramp(double step) {
    std::vector<double> values;
    for (int i = 0; i <= 100; ++i) {
        values.push_back(i * step);
    }
    return values;
}

/// A value is brighter than one that is ten steps less.
void expect_ramp_is_shown(const std::vector<double>& extra, double step = 1) {
    std::vector<double> values = ramp(step);
    values.insert(values.end(), extra.begin(), extra.end());
    const ValueWindow window = window_of(values);
    for (int i = 0; i <= 90; i += 10) {
        EXPECT_LT(window.show(i * step), window.show((i + 10) * step)) << i << " of " << step;
    }
}

TEST(ValueWindow, ShowsTheSmallestBlackAndTheLargestWhite) {
    const ValueWindow window = window_of({-1000, 0, 10, 200, 3000, 20, 30, 40});
    EXPECT_EQ(window.show(-1000), 0);
    EXPECT_EQ(window.show(3000), 255);
    EXPECT_EQ(window.show(1000), 128);
    EXPECT_EQ(window.show(-5000), 0) << "blackened";
    EXPECT_EQ(window.show(5000), 255);
}

TEST(ValueWindow, ShowsWhatValuesThatAreNoneWouldHide) {
    expect_ramp_is_shown({});
    expect_ramp_is_shown({-32768 * 100.0});
    expect_ramp_is_shown({1e30});
    expect_ramp_is_shown({-1e30, 1e20, 1.001e20});
    expect_ramp_is_shown({-kLargest, kLargest});
    expect_ramp_is_shown({kLargest, 1e200, 1e100, 1e50, 1e25, 1e12, -1e6});
    expect_ramp_is_shown({kNan, kInfinity, -kInfinity});
    expect_ramp_is_shown({kNan, 1e30, kInfinity}, 1e-9);
    expect_ramp_is_shown({}, 5e-324);
    expect_ramp_is_shown({1}, 1e-320);
    expect_ramp_is_shown({}, 1e306);
}

TEST(ValueWindow, GivesWhatIsNoValueAGreyOfItsOwn) {
    const ValueWindow window = window_of({kNan, 0, 1, 2, 3, 4, kInfinity, -kInfinity});
    EXPECT_LT(window.show(kNan), window.show(-kInfinity));
    EXPECT_LT(window.show(-kInfinity), window.show(0));
    EXPECT_LT(window.show(0), window.show(4));
    EXPECT_LT(window.show(4), window.show(kInfinity));
}

TEST(ValueWindow, TakesFramesOfOneValueOrNone) {
    for (const double value : {0.0, -7.0, kLargest, -kLargest, 5e-324, kNan}) {
        EXPECT_EQ(window_of({value, value, value}).show(value), 0) << value;
    }
    EXPECT_EQ(window_of({kInfinity, kInfinity}).show(kInfinity), 255);
    EXPECT_EQ(window_of({-kInfinity, 8}).show(8), 64);
    EXPECT_EQ(window_of({}).show(1), 255);
    const ValueWindow two = window_of({3, 3, 3, 9});
    EXPECT_EQ(two.show(3), 0);
    EXPECT_EQ(two.show(9), 255);
}

}  // namespace
}  // namespace efface::testing
