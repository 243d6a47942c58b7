#include "pipeline/enhance/region.h"

#include "tests/unit/pipeline/enhance/drawn_surround.h"

#include <gtest/gtest.h>

#include <array>

namespace efface::pipeline {
namespace {

constexpr std::size_t kSide = 200;
constexpr Box kHole{72, 72, 128, 128};

FillRefusal judged(
    const Planes& frame, const Hole& hole, std::span<const Hole> others, const PixelSet& hidden
) {
    return judge_hole(measure_surround(frame, hidden, hole), hole, others);
}

FillRefusal judged(const Planes& frame, const Box& hole) {
    return judged(frame, one(hole), {}, set_of(frame.columns, frame.rows, hole));
}

TEST(FillRegion, TheSurroundIsASquareAboutTheHole) {
    EXPECT_EQ(surround_of({100, 100, 300, 200}), (Box{40, -10, 360, 310}));
    EXPECT_EQ(surround_of({100, 100, 132, 132}), (Box{68, 68, 164, 164}));
}

TEST(FillRegion, AHoleAmidAHeadIsFilled) {
    EXPECT_EQ(judged(drawn_frame(kSide, kSide), kHole), FillRefusal::kNone);
}

TEST(FillRegion, NoiseIsTheDeviationThatWasAdded) {
    const Planes frame = drawn_frame(kSide, kSide, 1, 37);
    EXPECT_NEAR(noise_of(frame.plane(0), complement(PixelSet{kSide, kSide})), 37, 2);
}

TEST(FillRegion, MoreNoiseThanAFifthOfTheRangeIsRefused) {
    EXPECT_EQ(judged(drawn_frame(kSide, kSide, 1, 400), kHole), FillRefusal::kNoisy);
}

TEST(FillRegion, AHoleAmidAirIsRefused) {
    Planes frame = drawn_frame(kSide, kSide);
    for (std::size_t i = 0; i < frame.pixels(); ++i) {
        frame.values[i] = i % kSide < 150 ? 10.0F + 0.01F * static_cast<float>(i % 7) : frame.values[i];
    }
    EXPECT_EQ(judged(frame, kHole), FillRefusal::kLittleVisible);
}

TEST(FillRegion, AirBesideAHeadDoesNotCount) {
    Planes frame = drawn_frame(kSide, kSide);
    for (std::size_t i = 0; i < frame.pixels(); ++i) {  // Before a profile: nothing of the hole's left half.
        frame.values[i] = i % kSide < 100 ? 10.0F + 0.01F * static_cast<float>(i % 7) : frame.values[i];
    }
    const FillMeasures measures = measure_surround(frame, set_of(kSide, kSide, kHole), one(kHole));
    const Box around = surround_of(kHole);
    const auto head = static_cast<double>((around.right - 100) * around.height() - 28 * 56);

    EXPECT_NEAR(measures.visible_share, head / (head + 56 * 56), 0.02);
    EXPECT_EQ(judged(frame, kHole), FillRefusal::kNone);
}

TEST(FillRegion, TwoHolesThatMeetAreBothRefused) {
    const Planes frame = drawn_frame(kSide, kSide);
    const Box other{120, 120, 160, 160};
    PixelSet hidden = set_of(kSide, kSide, kHole);
    hidden.add(other);

    EXPECT_EQ(judged(frame, one(kHole), std::array{one(other)}, hidden), FillRefusal::kOverlap);
    EXPECT_EQ(judged(frame, one(other), std::array{one(kHole)}, hidden), FillRefusal::kOverlap);
    const std::array apart{one({136, 136, 160, 160})};
    EXPECT_NE(judged(frame, one(kHole), apart, hidden), FillRefusal::kOverlap);
}

TEST(FillRegion, AHoleThatHidesMoreThanTheNetworkIsShownIsRefused) {
    EXPECT_EQ(judged(drawn_frame(kSide, kSide), {16, 16, 184, 184}), FillRefusal::kLarge);
}

TEST(FillRegion, AHoleAtThreeBordersIsRefused) {
    EXPECT_EQ(judged(drawn_frame(64, 400), {0, 0, 64, 40}), FillRefusal::kBorders);
    EXPECT_NE(judged(drawn_frame(400, 400), {0, 0, 64, 64}), FillRefusal::kBorders);
}

TEST(FillRegion, WhatIsHiddenChangesNoMeasure) {
    Planes frame = drawn_frame(kSide, kSide);
    const PixelSet hidden = set_of(kSide, kSide, kHole);
    const FillMeasures before = measure_surround(frame, hidden, one(kHole));
    put(frame, hidden, std::numeric_limits<float>::quiet_NaN());
    const FillMeasures after = measure_surround(frame, hidden, one(kHole));

    EXPECT_EQ(before.snr, after.snr);
    EXPECT_EQ(before.visible_share, after.visible_share);
    EXPECT_EQ(before.hidden_share, after.hidden_share);
}

}  // namespace
}  // namespace efface::pipeline
