// Goal: what is marked reads back, also after what pictures go through, and nothing else changes. Method:
// drawn pictures, one property each.
#include "pipeline/watermark/watermark.h"
#include "tests/unit/pipeline/watermark/marked_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace efface::pipeline {
namespace {

using namespace efface::testing;
using ::testing::ElementsAre;
using ::testing::Optional;

constexpr std::array kSeeds{1U, 2U, 3U, 4U};

TEST(Watermark, ReadsBackOnEveryTextureSizeAndDepth) {
    // Two, three and five tiles wide; eight, twelve and sixteen bits.
    for (const std::int64_t side : {80, 96, 160}) {
        for (const double step : {1.0, 255.0 / 4095, 255.0 / 65535, 0.0}) {
            for (const Texture texture : kTextures) {
                SCOPED_TRACE(std::to_string(side) + " " + std::to_string(step));
                GreyPlane plane = drawn(texture, 200, 200, kSeeds[0]);
                const Box region{16, 24, 16 + side, 24 + side};

                const EmbedOutcome outcome = mark(plane, region, {.stored_step = step});

                EXPECT_EQ(outcome.result, EmbedResult::kEmbedded);
                EXPECT_GT(outcome.psnr_db, 36);
                EXPECT_THAT(second_in(plane, region), Optional(kWhen));
            }
        }
    }
}

TEST(Watermark, ReadsAfterWhatPicturesGoThrough) {
    for (const std::uint32_t seed : kSeeds) {
        for (const Texture texture : kTextures) {
            SCOPED_TRACE(std::string{texture_name(texture)} + " " + std::to_string(seed));
            GreyPlane plane = drawn(texture, 203, 181, seed);

            const EmbedOutcome outcome = mark(plane, kRegion, {.stored_step = 255.0 / 4095});

            EXPECT_TRUE(outcome.has_reserve);
            EXPECT_GT(outcome.psnr_db, 37);
            EXPECT_THAT(second_in(testing::in_eight_bits(plane)), Optional(kWhen));
            EXPECT_THAT(second_in(rewindowed(plane, 0.7F, 30)), Optional(kWhen));
            EXPECT_THAT(second_in(inverted(plane)), Optional(kWhen));
            EXPECT_THAT(second_in(testing::through_jpeg(plane, 75)), Optional(kWhen));
            EXPECT_THAT(second_in(noised(plane, 3, seed)), Optional(kWhen));
        }
    }
}

TEST(Watermark, SaysWhetherThePictureWasInvertedAndHowSureItIs) {
    GreyPlane plane = drawn(Texture::kNoisy, 203, 181, kSeeds[1]);
    mark(plane);

    const auto upright = read(plane, {&kRegion, 1}, kMarkKey);
    const auto turned = read(inverted(plane), {&kRegion, 1}, kMarkKey);
    const auto worn = read(noised(plane, 6, kSeeds[1]), {&kRegion, 1}, kMarkKey);

    ASSERT_TRUE(upright && turned && worn);
    EXPECT_FALSE(upright->inverted);
    EXPECT_TRUE(turned->inverted);
    EXPECT_GT(upright->confidence, 0.99);
    EXPECT_LT(worn->confidence, upright->confidence);
    EXPECT_GT(worn->confidence, 0.75);
    EXPECT_THAT(upright->region, ElementsAre(kRegion));
}

TEST(Watermark, ChangesNothingOutsideAndNoBlockThatIsCut) {
    const GreyPlane before = drawn(Texture::kPhotograph, 163, 139, kSeeds[2]);
    GreyPlane plane = before;
    const Box to_the_edge{40, 32, 163, 139};

    ASSERT_EQ(mark(plane, to_the_edge).result, EmbedResult::kEmbedded);

    std::size_t changed = 0;
    for (std::size_t y = 0; y < plane.rows; ++y) {
        for (std::size_t x = 0; x < plane.columns; ++x) {
            const bool inside = x >= 40 && x < 160 && y >= 32 && y < 136;
            const std::size_t at = y * plane.columns + x;
            const bool same = plane.values[at] == before.values[at];
            ASSERT_TRUE(inside || same) << x << " " << y;
            changed += same ? 0 : 1;
        }
    }
    EXPECT_GT(changed, std::size_t{120 * 104 / 2});
    EXPECT_THAT(second_in(plane, to_the_edge), Optional(kWhen));
}

TEST(Watermark, CountsPsnrAsItIs) {
    const GreyPlane before = drawn(Texture::kSmooth, 200, 200, kSeeds[0]);
    GreyPlane plane = before;

    const EmbedOutcome outcome = mark(plane);

    double squares = 0;
    for (std::size_t i = 0; i < plane.values.size(); ++i) {
        squares += std::pow(double{plane.values[i]} - before.values[i], 2);
    }
    const double mean = squares / static_cast<double>(kRegion.area());
    EXPECT_NEAR(outcome.psnr_db, 10 * std::log10(255 * 255 / mean), 1e-6);
}

TEST(Watermark, LeavesStoredValuesWhole) {
    constexpr double kStep = 255.0 / 4095;
    GreyPlane plane = drawn(Texture::kNoisy, 200, 200, kSeeds[0]);
    for (float& value : plane.values) {
        value = static_cast<float>(std::round(value / kStep) * kStep);
    }

    ASSERT_EQ(mark(plane, kRegion, {.stored_step = kStep}).result, EmbedResult::kEmbedded);

    for (const float value : plane.values) {
        ASSERT_NEAR(value / kStep, std::round(value / kStep), 1e-3);
        ASSERT_TRUE(value >= 0 && value <= 255);
    }
}

TEST(Watermark, HoldsOnOneShadeOnBlackAndOnWhite) {
    for (const float shade : {0.0F, 100.0F, 255.0F}) {
        SCOPED_TRACE(shade);
        GreyPlane plane{std::vector<float>(200 * 200, shade), 200, 200};

        const EmbedOutcome outcome = mark(plane);

        EXPECT_EQ(outcome.result, EmbedResult::kEmbedded);
        EXPECT_TRUE(outcome.has_reserve);
        EXPECT_GT(outcome.psnr_db, 37);
        EXPECT_THAT(second_in(testing::through_jpeg(plane, 75)), Optional(kWhen));
    }
}

TEST(Watermark, OfARegionOfSeveralBoxesIsOne) {
    GreyPlane plane = drawn(Texture::kPhotograph, 260, 260, kSeeds[3]);
    const std::array region{Box{40, 40, 96, 80}, Box{32, 80, 112, 120}, Box{56, 120, 104, 168}};

    ASSERT_EQ(embed(plane, region, kMarkKey, kWhen).result, EmbedResult::kEmbedded);

    EXPECT_THAT(second_in(testing::through_jpeg(plane, 75), region), Optional(kWhen));
}

TEST(Watermark, IsTheSameTwice) {
    GreyPlane first = drawn(Texture::kPhotograph, 200, 200, kSeeds[0]);
    GreyPlane second = first;

    const EmbedOutcome one = mark(first);
    const EmbedOutcome two = mark(second);

    EXPECT_EQ(first.values, second.values);
    EXPECT_EQ(one.psnr_db, two.psnr_db);
}

TEST(Watermark, HoldsAnySecond) {
    for (const std::uint32_t when : {0U, 1U, 0x7FFFFFFFU, 0xFFFFFFFFU}) {
        GreyPlane plane = drawn(Texture::kSmooth, 200, 200, kSeeds[0]);

        ASSERT_EQ(embed(plane, {&kRegion, 1}, kMarkKey, when).result, EmbedResult::kEmbedded);

        EXPECT_THAT(second_in(plane), Optional(when));
    }
}

TEST(Watermark, CanBeReplacedByALaterOne) {
    GreyPlane plane = drawn(Texture::kSmooth, 200, 200, kSeeds[0]);
    mark(plane);

    ASSERT_EQ(embed(plane, {&kRegion, 1}, kMarkKey, kWhen + 1).result, EmbedResult::kEmbedded);

    EXPECT_THAT(second_in(plane), Optional(kWhen + 1));
}

TEST(Watermark, SaysThatARegionIsTooSmallAndLeavesIt) {
    const GreyPlane before = drawn(Texture::kSmooth, 200, 200, kSeeds[0]);
    // Sixty-three blocks; one block less in a row because the edges lie off the grid; beyond the picture.
    for (const Box& region : {Box{8, 8, 80, 64}, Box{9, 8, 79, 72}, Box{300, 300, 400, 400}, Box{}}) {
        GreyPlane plane = before;

        EXPECT_EQ(mark(plane, region).result, EmbedResult::kTooSmall);

        EXPECT_EQ(plane.values, before.values);
        EXPECT_EQ(second_in(plane, region), std::nullopt);
    }
    GreyPlane plane = before;
    EXPECT_EQ(embed(plane, {}, kMarkKey, kWhen).result, EmbedResult::kTooSmall);
    EXPECT_EQ(mark(plane, {8, 8, 72, 72}).result, EmbedResult::kEmbedded);
}

TEST(Watermark, SaysThatItCannotBeReadAndLeavesTheRegion) {
    // Two shades only: rounding to them leaves nothing.
    GreyPlane plane{std::vector<float>(200 * 200, 60), 200, 200};
    const GreyPlane before = plane;

    EXPECT_EQ(mark(plane, kRegion, {.stored_step = 200}).result, EmbedResult::kNotReadable);

    EXPECT_EQ(plane.values, before.values);
}

TEST(Watermark, KeepsToThePsnrThatIsAskedFor) {
    GreyPlane plane = drawn(Texture::kSmooth, 200, 200, kSeeds[0]);

    const EmbedOutcome outcome = mark(plane, kRegion, {.psnr_min_db = 42.5});

    EXPECT_EQ(outcome.result, EmbedResult::kEmbedded);
    EXPECT_GE(outcome.psnr_db, 42.5);
    EXPECT_FALSE(outcome.has_reserve);
    EXPECT_THAT(second_in(testing::in_eight_bits(plane)), Optional(kWhen));
}

TEST(Watermark, IsNotMadeOfWhatIsNoNumber) {
    GreyPlane plane = drawn(Texture::kSmooth, 200, 200, kSeeds[0]);
    plane.values[60 * 200 + 60] = std::nanf("");

    EXPECT_EQ(mark(plane).result, EmbedResult::kNotReadable);
    EXPECT_EQ(second_in(plane), std::nullopt);
    EXPECT_EQ(read(plane, {}, kMarkKey), std::nullopt);
}

}  // namespace
}  // namespace efface::pipeline
