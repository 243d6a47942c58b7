#include "pipeline/enhance/grain.h"

#include "tests/unit/pipeline/enhance/drawn_surround.h"

#include <gtest/gtest.h>

#include <cmath>

namespace efface::pipeline {
namespace {

constexpr Box kHole{48, 40, 112, 104};

struct Grainy {
    Planes planes = drawn_frame(160, 144);
    PixelSet hidden = set_of(160, 144, kHole);
    ToneRange range = visible_range(planes, hidden);

    double fineness_of_hole() const { return fineness(planes.plane(0), hidden); }
};

TEST(Tone, TheRangeIsThatOfVisiblePixels) {
    Planes planes{100, 100, 1};
    for (std::size_t i = 0; i < planes.pixels(); ++i) {
        planes.values[i] = static_cast<float>(i);
    }
    const PixelSet hidden = set_of(100, 100, {0, 50, 100, 100});

    const ToneRange range = visible_range(planes, hidden);

    EXPECT_NEAR(range.low, 25, 1);
    EXPECT_NEAR(range.high, 4974, 1);
    EXPECT_FLOAT_EQ(range.from_unit(range.to_unit(1234)), 1234);
    EXPECT_EQ(range.to_unit(1e9F), 1);
}

TEST(Tone, AFillOfAnotherBrightnessIsBroughtToItsRim) {
    Planes planes{128, 128, 1};
    std::ranges::fill(planes.values, 0.1F);
    const PixelSet hidden = set_of(128, 128, {32, 32, 96, 96});
    put(planes, hidden, 0.25F);

    calibrate(planes, hidden, hidden);

    EXPECT_NEAR(planes.values[64 * 128 + 64], 0.1, 1e-5);
}

TEST(Tone, EachClassIsBroughtToItsOwnRim) {
    Planes planes{128, 128, 1};
    const PixelSet hidden = set_of(128, 128, {32, 32, 96, 96});
    for (std::size_t i = 0; i < planes.pixels(); ++i) {
        const bool is_left = i % 128 < 64;
        const bool is_hidden = hidden.in[i] != 0;
        planes.values[i] = is_left ? (is_hidden ? -0.8F : -0.95F) : (is_hidden ? 0.2F : 0.3F);
    }

    calibrate(planes, hidden, hidden);

    EXPECT_NEAR(planes.values[64 * 128 + 40], -0.95, 1e-4);
    EXPECT_NEAR(planes.values[64 * 128 + 90], 0.3, 1e-4);
}

TEST(Grain, APlainFillGetsTheGrainOfItsSurround) {
    Grainy given;
    const double truth = given.fineness_of_hole();
    put(given.planes, given.hidden, 1200);

    match_grain(given.planes, given.hidden, given.hidden, given.range, CounterNoise{seed_of(3)}, 1);

    EXPECT_NEAR(given.fineness_of_hole() / truth, 1, 0.15);
}

TEST(Grain, AFillThatIsGrainyAlreadyGetsNoMore) {
    Grainy given;
    const double before = given.fineness_of_hole();

    match_grain(given.planes, given.hidden, given.hidden, given.range, CounterNoise{seed_of(3)}, 1);

    EXPECT_NEAR(given.fineness_of_hole() / before, 1, 0.15);
}

TEST(Grain, SharpeningRaisesWhatIsFineInTheHoleAlone) {
    Grainy given;
    const Planes before = given.planes;
    const double fine = given.fineness_of_hole();

    sharpen(given.planes, given.hidden, given.hidden, 0.5F);

    EXPECT_GT(given.fineness_of_hole(), 1.2 * fine);
    for (std::size_t i = 0; i < before.values.size(); ++i) {
        EXPECT_TRUE(given.hidden.in[i] != 0 || before.values[i] == given.planes.values[i]);
    }
}

TEST(Grain, AStepAtTheRimIsSpreadOverThreePixels) {
    Planes planes{64, 64, 1};
    std::ranges::fill(planes.values, 100.0F);
    const PixelSet hidden = set_of(64, 64, {16, 16, 48, 48});
    put(planes, hidden, 200);

    feather(planes, hidden, hidden);

    const auto row = planes.plane(0).subspan(32 * 64);
    EXPECT_EQ(row[15], 100);
    EXPECT_NEAR(row[16], 125, 0.1);
    EXPECT_NEAR(row[17], 150, 0.1);
    EXPECT_NEAR(row[18], 175, 0.1);
    EXPECT_EQ(row[19], 200);
}

}  // namespace
}  // namespace efface::pipeline
