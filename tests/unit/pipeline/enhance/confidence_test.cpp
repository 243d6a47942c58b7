// Goal: a confidence says what a network does with visible pixels of this picture, and only that. Method:
// features against values worked out by hand, and a network that knows the picture beside ones that do not.
#include "pipeline/enhance/confidence.h"

#include "pipeline/enhance/fill_hole.h"
#include "tests/unit/pipeline/enhance/drawn_surround.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace efface::pipeline {
namespace {

constexpr std::size_t kSide = 128;
constexpr Box kHole{48, 40, 80, 88};

Planes plane_of(const std::function<float(std::size_t x, std::size_t y)>& value) {
    Planes plane{kSide, kSide, 1};
    for (std::size_t i = 0; i < plane.values.size(); ++i) {
        plane.values[i] = value(i % kSide, i / kSide);
    }
    return plane;
}

float checked(std::size_t x, std::size_t y) {
    return (x + y) % 2 == 0 ? 0.4F : -0.4F;
}

Ring ring_of_twelve() {
    const PixelSet hole = set_of(kSide, kSide, kHole);
    const auto ring = ring_about(hole, hole, 12, 0.45);
    EXPECT_TRUE(ring);
    return ring.value_or(Ring{});
}

RingMeasures compared(const Planes& answer, const Planes& seen) {
    return compare_in_ring(answer, seen, ring_of_twelve().pixels, set_of(kSide, kSide, kHole));
}

TEST(Ring, IsAsWideAsAskedAndVisible) {
    const PixelSet hole = set_of(kSide, kSide, kHole);
    PixelSet hidden = hole;
    hidden.add({80, 60, 84, 64});  // Something else beside it.

    const auto ring = ring_about(hole, hidden, 12, 0.45);

    ASSERT_TRUE(ring);
    EXPECT_EQ(ring->pixels.count(), (32U + 24) * (48 + 24) - 32U * 48 - 16);
    EXPECT_EQ(both(ring->pixels, hidden).count(), 0U);
    EXPECT_EQ(ring->hidden.count(), ring->pixels.count() + hidden.count());
}

TEST(Ring, IsNarrowerWhereTheNetworkMayNotMissSoMuchAndNoneBelowFour) {
    const PixelSet hole = set_of(kSide, kSide, {20, 20, 100, 100});  // 39 % of the picture.
    const auto share = [](double width) { return (80.0 + 2 * width) * (80.0 + 2 * width) / (128.0 * 128); };

    const auto five = ring_about(hole, hole, 12, share(5));
    ASSERT_TRUE(five);
    EXPECT_EQ(five->hidden.count(), 90U * 90);
    const auto four = ring_about(hole, hole, 12, share(5) - 1e-6);
    ASSERT_TRUE(four);
    EXPECT_EQ(four->hidden.count(), 88U * 88);
    EXPECT_FALSE(ring_about(hole, hole, 12, share(4) - 1e-6));
    EXPECT_FALSE(ring_about(hole, hole, 3, 0.9));
}

TEST(Ring, IsNoneWhereNothingVisibleIsNear) {
    const PixelSet hole = set_of(kSide, kSide, kHole);
    EXPECT_FALSE(ring_about(hole, grown(hole, 12), 12, 0.45));
}

TEST(RingMeasures, OfTheSamePictureAreAllAndNothing) {
    const Planes seen = plane_of(checked);
    const RingMeasures measures = compared(seen, seen);

    EXPECT_NEAR(measures.ssim, 1, 1e-6);
    EXPECT_EQ(measures.grey, 0);
    EXPECT_EQ(measures.fine, 0);
}

TEST(RingMeasures, SsimOfTwoConstantsIsThatOfTheirMeans) {
    const RingMeasures measures = compared(
        plane_of([](std::size_t, std::size_t) { return 0.5F; }),
        plane_of([](std::size_t, std::size_t) { return 0.25F; })
    );

    // As 0.75 and 0.625.
    EXPECT_NEAR(measures.ssim, (2 * 0.75 * 0.625 + 0.0001) / (0.5625 + 0.390625 + 0.0001), 1e-3);
    EXPECT_EQ(measures.fine, 0);
    EXPECT_EQ(measures.grey, 1);  // The visible pixels have one value: no range to be a share of.
}

TEST(RingMeasures, ANegativeIsUnlike) {
    const Planes seen = plane_of(checked);
    EXPECT_LT(compared(plane_of([](auto x, auto y) { return -checked(x, y); }), seen).ssim, -0.9);
}

TEST(RingMeasures, GreyIsAShareOfTheVisibleRange) {
    // Two values alike often: the range is 0.8, the means are 0.2 apart.
    const RingMeasures measures =
        compared(plane_of([](auto x, auto y) { return checked(x, y) + 0.2F; }), plane_of(checked));

    EXPECT_NEAR(measures.grey, 0.25, 1e-4);
}

TEST(RingMeasures, FineIsTheLogarithmOfTheRatioEitherWay) {
    const Planes seen = plane_of(checked);
    const auto half = [](auto x, auto y) { return 0.5F * checked(x, y); };
    const auto twice = [](auto x, auto y) { return 2 * checked(x, y); };

    EXPECT_NEAR(compared(plane_of(half), seen).fine, std::log(2), 1e-4);
    EXPECT_NEAR(compared(plane_of(twice), seen).fine, std::log(2), 1e-4);
    EXPECT_EQ(compared(plane_of([](auto, auto) { return 0.0F; }), seen).fine, 3);
}

TEST(RingMeasures, WhatLiesBesideTheRingHasNoPart) {
    const PixelSet hole = set_of(kSide, kSide, kHole);
    const Ring ring = ring_of_twelve();
    Planes answer = plane_of([](auto x, auto y) { return 0.7F * checked(x, y) + 0.1F; });
    const RingMeasures before = compare_in_ring(answer, plane_of(checked), ring.pixels, hole);
    put(answer, complement(ring.pixels), 0.9F);
    const RingMeasures after = compare_in_ring(answer, plane_of(checked), ring.pixels, hole);

    EXPECT_EQ(before.ssim, after.ssim);
    EXPECT_EQ(before.grey, after.grey);
    EXPECT_EQ(before.fine, after.fine);
}

TEST(Confidence, FeaturesStandInTheOrderOfTheirNames) {
    const FillMeasures measures{
        .snr = std::exp(2.0), .visible_share = 0.6, .hidden_share = 0.3, .borders = 0};
    const RingMeasures ring{.ssim = 0.5, .grey = 0.1, .fine = 0.2};

    const ConfidenceFeatures with = confidence_features(ring, measures, 0.5);
    const ConfidenceFeatures without = confidence_features(std::nullopt, measures, 0.5);

    const ConfidenceFeatures expected{0.5, 0.1, 0.2, 0, 0.3, 2, std::log(0.5)};
    const ConfidenceFeatures bare{0, 0, 0, 1, 0.3, 2, std::log(0.5)};
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_NEAR(with.at(i), expected.at(i), 1e-12) << kConfidenceFeatureNames.at(i);
        EXPECT_NEAR(without.at(i), bare.at(i), 1e-12) << kConfidenceFeatureNames.at(i);
    }
}

TEST(Confidence, IsTheLogisticFunctionOfTheWeightedSum) {
    ConfidenceModel model{.intercept = -1, .weights = {1, 2, 3, 4, 5, 6, 7}};

    EXPECT_NEAR(confidence_of(model, {}), 1 / (1 + std::exp(1.0)), 1e-12);
    EXPECT_NEAR(confidence_of(model, {1, 0, 0, 0, 0, 0, 0}), 0.5, 1e-12);
    EXPECT_NEAR(confidence_of(model, {0, 0, 0, 0, 0, 0, -1}), 1 / (1 + std::exp(8.0)), 1e-12);
    model.weights.fill(1000);
    EXPECT_EQ(confidence_of(model, {9, 9, 9, 9, 9, 9, 9}), 1);
    EXPECT_EQ(confidence_of(model, {-9, -9, -9, -9, -9, -9, -9}), 0);
}

/// Of a frame that a network may know: a picture of waves, on the network's scale.
FilledHole filled_by(DrawingGenerator& generator, const rules::EnhanceSettings& settings = {}) {
    Planes frame = drawn_frame(220, 200);
    const PixelSet hidden = set_of(220, 200, {72, 64, 136, 128});
    const auto filled =
        fill_hole(frame, hidden, one({72, 64, 136, 128}), {}, {generator, settings, seed_of(1)});
    EXPECT_TRUE(filled);
    return filled.value_or(FilledHole{});
}

TEST(Confidence, IsHigherForANetworkThatDrawsWhatStandsThere) {
    // The hole of 64 pixels is shown in a square of 128 from (40, 32) on, as large as the network's.
    DrawingGenerator knowing{[](std::size_t x, std::size_t y, float noise) {
        const auto column = static_cast<float>(x + 40);
        const auto row = static_cast<float>(y + 32);
        const float stored =
            1000 + 2 * column + row + 250 * std::sin(column / 9) * std::cos(row / 13) + 20 * noise;
        return std::clamp((stored - 1290) / 350, -1.0F, 1.0F);
    }};
    DrawingGenerator guessing{patterned};
    knowing.say_confidence();
    guessing.say_confidence();

    const FilledHole known = filled_by(knowing);
    const FilledHole guessed = filled_by(guessing);

    ASSERT_TRUE(known.confidence && guessed.confidence);
    EXPECT_GT(*known.confidence, *guessed.confidence + 0.1);
    EXPECT_GE(*guessed.confidence, 0);
    EXPECT_LE(*known.confidence, 1);
}

/// training/torchscript.py's top_bytes().
std::vector<float> top_bytes(std::size_t count, std::uint32_t state) {
    std::vector<float> bytes(count);
    for (float& byte : bytes) {
        state = state * 1664525U + 1013904223U;
        byte = static_cast<float>(state >> 24U) / 255.0F;
    }
    return bytes;
}

// tests/training/test_generator_confidence.py expects the same numbers of training/gan, which fits the
// weights.
TEST(RingMeasures, AreThoseOfTheTraining) {
    constexpr std::size_t kSmall = 64;
    const PixelSet hole = set_of(kSmall, kSmall, {24, 20, 44, 40});
    Planes seen{kSmall, kSmall, 1};
    Planes answer{kSmall, kSmall, 1};
    const std::vector<float> given = top_bytes(kSmall * kSmall, 1);
    const std::vector<float> other = top_bytes(kSmall * kSmall, 3);
    for (std::size_t i = 0; i < given.size(); ++i) {
        seen.values[i] = given[i] * 2 - 1;
        answer.values[i] = 0.5F * seen.values[i] + 0.4F * (other[i] * 2 - 1) + 0.1F;
    }

    const auto ring = ring_about(hole, hole, 12, 0.45);
    ASSERT_TRUE(ring);
    const RingMeasures measures = compare_in_ring(answer, seen, ring->pixels, hole);

    EXPECT_EQ(ring->pixels.count(), 1364U);
    EXPECT_NEAR(measures.ssim, 0.678196, 1e-4);
    EXPECT_NEAR(measures.grey, 0.043474, 1e-4);
    EXPECT_NEAR(measures.fine, 0.458129, 1e-4);
}

TEST(Confidence, FeaturesOfAHoleAreThoseOfTheTraining) {
    constexpr std::array kExpected{0.174416, 0.044921, 2.056357, 0.0, 0.081818, 1.925877, -1.188469};
    const Box hole{32, 24, 56, 48};
    const PixelSet hidden = set_of(96, 80, hole);
    Planes frame{96, 80, 1};
    const std::vector<float> bytes = top_bytes(frame.pixels(), 5);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        frame.values[i] = 200 * bytes[i] + 5 * static_cast<float>(i % 96) + 3 * static_cast<float>(i / 96);
    }
    for (std::size_t feature = 0; feature < kConfidenceFeatures; ++feature) {
        DrawingGenerator generator{[](std::size_t x, std::size_t y, float) {
            return 0.3F * std::sin(static_cast<float>(x) / 5) + 0.2F * std::cos(static_cast<float>(y) / 7);
        }};
        ConfidenceModel alone{.ring = 12};
        alone.weights.at(feature) = 1;
        generator.say_confidence(alone);
        Planes filled = frame;

        const auto result = fill_hole(filled, hidden, one(hole), {}, {generator, {}, seed_of(1)});

        ASSERT_TRUE(result && result->confidence);
        const double odds = *result->confidence / (1 - *result->confidence);
        EXPECT_NEAR(std::log(odds), kExpected.at(feature), 2e-4) << kConfidenceFeatureNames.at(feature);
    }
}

TEST(Confidence, IsNotSaidNorAskedForByAModelWithoutCoefficients) {
    DrawingGenerator generator{patterned};

    const FilledHole filled = filled_by(generator);

    EXPECT_TRUE(filled.is_filled());
    EXPECT_FALSE(filled.confidence);
    EXPECT_EQ(generator.calls, 1);
}

TEST(Confidence, BelowTheRulesAHoleIsRefused) {
    DrawingGenerator generator{patterned};
    generator.say_confidence();
    const FilledHole any = filled_by(generator);
    ASSERT_TRUE(any.is_filled() && any.confidence);
    EXPECT_EQ(generator.calls, 2);
    const int percent = static_cast<int>(100 * *any.confidence);
    ASSERT_GT(percent, 0);
    ASSERT_LT(percent, 100);

    EXPECT_TRUE(filled_by(generator, {.confidence_min = percent}).is_filled());
    const FilledHole refused = filled_by(generator, {.confidence_min = percent + 1});
    EXPECT_EQ(refused.refusal, FillRefusal::kUnsure);
    EXPECT_EQ(refused.confidence, any.confidence);
    EXPECT_EQ(generator.calls, 5);  // A refused one is not drawn.
}

TEST(Confidence, ARuleThatAsksForOneIsRefusedWhereTheModelSaysNone) {
    DrawingGenerator generator{patterned};

    EXPECT_EQ(filled_by(generator, {.confidence_min = 1}).refusal, FillRefusal::kNoConfidence);

    EXPECT_EQ(generator.calls, 0);
}

TEST(Confidence, AModelThatFailsInTheTestChangesNothing) {
    DrawingGenerator generator{patterned};
    generator.say_confidence();
    generator.fails = true;
    Planes frame = drawn_frame(220, 200);
    const Planes before = frame;
    const PixelSet hidden = set_of(220, 200, {72, 64, 136, 128});

    const auto filled = fill_hole(frame, hidden, one({72, 64, 136, 128}), {}, {generator, {}, seed_of(1)});

    ASSERT_FALSE(filled);
    EXPECT_EQ(filled.error().fault, Fault::kRetry);
    EXPECT_EQ(frame.values, before.values);
}

}  // namespace
}  // namespace efface::pipeline
