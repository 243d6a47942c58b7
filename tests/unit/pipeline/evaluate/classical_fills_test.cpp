// Goal: the fills that stand beside ours are what they are called, and look at what is visible alone.
#include "pipeline/evaluate/classical_fills.h"

#include "tests/unit/pipeline/enhance/drawn_surround.h"

#include <gtest/gtest.h>

#include <array>

namespace efface::pipeline {
namespace {

constexpr std::size_t kColumns = 100;
constexpr std::size_t kRows = 90;
constexpr Box kHole{40, 30, 64, 54};
constexpr std::array kAll{Filler::kConstant, Filler::kRingMean, Filler::kTelea, Filler::kNavierStokes};
const ToneRange kRange{0, 4000};

Planes slope() {
    Planes planes{kColumns, kRows, 1};
    for (std::size_t i = 0; i < planes.values.size(); ++i) {
        planes.values[i] = 500 + 20 * static_cast<float>(i % kColumns);
    }
    return planes;
}

TEST(ClassicalFills, ChangeTheMaskAloneAndDoNotReadIt) {
    const PixelSet mask = set_of(kColumns, kRows, kHole);
    for (const std::size_t channels : {1U, 3U}) {
        const Planes truth = drawn_frame(kColumns, kRows, channels);
        Planes other = truth;
        put(other, mask, 3999);
        for (const Filler filler : kAll) {
            const Planes filled = classical_fill(filler, truth, mask, kRange);
            EXPECT_EQ(filled.values, classical_fill(filler, other, mask, kRange).values);
            std::size_t changed = 0;
            for (std::size_t i = 0; i < filled.values.size(); ++i) {
                const bool same = filled.values[i] == truth.values[i];
                ASSERT_TRUE(same || mask.in[i % filled.pixels()] != 0) << i;
                changed += same ? 0 : 1;
            }
            EXPECT_GT(changed, mask.count() * channels * 9 / 10);
        }
    }
}

TEST(ClassicalFills, AreWhatTheyAreCalled) {
    const PixelSet mask = set_of(kColumns, kRows, kHole);
    const std::size_t middle = 42 * kColumns + 52;
    const std::size_t left = 42 * kColumns + 41;

    EXPECT_EQ(classical_fill(Filler::kConstant, slope(), mask, kRange).values[middle], 2000);
    // The ring lies evenly about column 51.5.
    EXPECT_EQ(classical_fill(Filler::kRingMean, slope(), mask, kRange).values[middle], 500 + 20 * 51.5F);
    for (const Filler filler : {Filler::kTelea, Filler::kNavierStokes}) {
        const Planes filled = classical_fill(filler, slope(), mask, kRange);
        EXPECT_NEAR(filled.values[left], slope().values[left], 60) << "near the rim as the rim";
        EXPECT_NEAR(filled.values[middle], slope().values[middle], 300);
    }
}

TEST(ClassicalFills, AMaskAtTheCornerIsFilledToo) {
    const PixelSet mask = set_of(kColumns, kRows, {0, 0, 20, 20});
    for (const Filler filler : kAll) {
        const float corner = classical_fill(filler, drawn_frame(kColumns, kRows), mask, kRange).values[0];
        // OpenCV's Navier-Stokes darkens towards a picture's edge.
        EXPECT_GT(corner, filler == Filler::kNavierStokes ? 0 : 400);
        EXPECT_LT(corner, 2100);
    }
}

}  // namespace
}  // namespace efface::pipeline
