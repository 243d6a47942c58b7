// Goal: every kind of earlier occlusion is found where it is, with its verdict; what only looks like one is
// not. Method: cover a part of a picture of noise, and draw the furniture of medical pictures without any
// cover.
#include "pipeline/occlusions/occlusions.h"

#include "pipeline/occlusions/plane.h"
#include "tests/unit/pipeline/occlusions/covered_picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

namespace efface::pipeline {
namespace {

using ::testing::IsEmpty;

constexpr std::uint32_t kSeed = 41;
const testing::Colour kInk{12, 12, 12};

double shared(const Box& a, const Box& b) {
    const Box both{
        std::max(a.left, b.left), std::max(a.top, b.top), std::min(a.right, b.right),
        std::min(a.bottom, b.bottom)};
    return static_cast<double>(both.area()) / static_cast<double>(a.area() + b.area() - both.area());
}

std::vector<Occlusion> found_in(const Picture& picture) {
    const auto found = find_occlusions(picture.view());
    EXPECT_TRUE(found.has_value());
    return found.value_or(std::vector<Occlusion>{});
}

struct Cover {
    OcclusionKind kind;
    OcclusionVerdict verdict;
    Box box;
    std::function<void(Picture&)> draw;
};

std::vector<Cover> covers() {
    using testing::cover_band;
    using testing::cover_blur;
    using testing::cover_box;
    using testing::cover_ellipse;
    using testing::cover_mosaic;
    using testing::cover_scribble;
    const Box wide{67, 90, 233, 129};
    const Box large{51, 45, 241, 223};
    const auto gone = OcclusionVerdict::kDestroyed;
    const auto left = OcclusionVerdict::kInsufficient;
    return {
        {OcclusionKind::kBox, gone, wide, [=](Picture& picture) { cover_box(picture, wide, kInk); }},
        {OcclusionKind::kEllipse, gone, large,
         [=](Picture& picture) { cover_ellipse(picture, large, kInk); }},
        {OcclusionKind::kMosaic, left, large, [=](Picture& picture) { cover_mosaic(picture, large, 4); }},
        {OcclusionKind::kMosaic, left, large, [=](Picture& picture) { cover_mosaic(picture, large, 13); }},
        {OcclusionKind::kMosaic, gone, large, [=](Picture& picture) { cover_mosaic(picture, large, 48); }},
        {OcclusionKind::kBlur, left, large, [=](Picture& picture) { cover_blur(picture, large, 5); }},
        {OcclusionKind::kBand, left, wide, [=](Picture& picture) { cover_band(picture, wide, kInk, 0.35); }},
        {OcclusionKind::kScribble, left, large,
         [=](Picture& picture) { cover_scribble(picture, large, kInk, 8, 5); }},
    };
}

TEST(Occlusions, EveryKindIsFoundWhereItIsWithItsVerdict) {
    for (const std::size_t channels : {1U, 3U}) {
        for (const Cover& cover : covers()) {
            SCOPED_TRACE(
                ::testing::Message() << occlusion_kind_name(cover.kind) << ", channels " << channels
            );
            Picture picture = testing::content(300, 280, channels, kSeed);
            cover.draw(picture);

            const std::vector<Occlusion> found = found_in(picture);

            const auto hit = std::ranges::find_if(found, [&](const Occlusion& occlusion) {
                return occlusion.kind == cover.kind && shared(occlusion.box, cover.box) > 0.8;
            });
            ASSERT_NE(hit, found.end());
            EXPECT_EQ(hit->verdict, cover.verdict);
        }
    }
}

TEST(Occlusions, ContentWithoutACoverHasNone) {
    for (std::uint32_t seed = 1; seed <= 6; ++seed) {
        SCOPED_TRACE(::testing::Message() << "seed " << seed);
        EXPECT_THAT(found_in(testing::content(320, 240, 1 + 2 * (seed % 2), seed)), IsEmpty());
    }
}

TEST(Occlusions, ABoxOnPlainGroundCoversNothing) {
    Picture picture{320, 240, 1};
    std::ranges::fill(picture.samples, std::uint8_t{200});
    testing::cover_box(picture, {60, 50, 180, 120}, kInk);
    testing::cover_ellipse(picture, {200, 50, 300, 190}, kInk);

    EXPECT_THAT(found_in(picture), IsEmpty());
}

TEST(Occlusions, TheSurroundOfAPictureIsNone) {
    const testing::Colour black{0, 0, 0};
    Picture letterbox = testing::content(320, 240, 1, kSeed);
    testing::cover_box(letterbox, {0, 0, 320, 40}, black);
    testing::cover_box(letterbox, {0, 200, 320, 240}, black);
    Picture collimated = testing::content(320, 240, 1, kSeed + 1);
    testing::cover_box(collimated, {0, 0, 50, 240}, black);
    testing::cover_box(collimated, {270, 0, 320, 240}, black);
    testing::cover_box(collimated, {0, 0, 320, 30}, black);
    Picture round = testing::content(320, 240, 3, kSeed + 2);
    Picture masked{320, 240, 3};
    for (std::size_t y = 0; y < 240; ++y) {
        for (std::size_t x = 0; x < 320; ++x) {
            const bool seen = std::hypot(static_cast<double>(x) - 160, static_cast<double>(y) - 120) < 110;
            for (std::size_t channel = 0; seen && channel < 3; ++channel) {
                masked.samples[(y * 320 + x) * 3 + channel] = round.view().at(x, y, channel);
            }
        }
    }

    EXPECT_THAT(found_in(letterbox), IsEmpty());
    EXPECT_THAT(found_in(collimated), IsEmpty());
    EXPECT_THAT(found_in(masked), IsEmpty());
}

TEST(Occlusions, TheSoftRimOfASaturatedAreaIsNone) {
    Picture picture = testing::content(320, 240, 1, kSeed);
    for (std::int64_t y = 0; y < 240; ++y) {
        for (std::int64_t x = 0; x < 320; ++x) {
            const double far = std::hypot(static_cast<double>(x - 160) / 1.2, static_cast<double>(y - 120));
            std::uint8_t& sample = picture.samples[static_cast<std::size_t>(y * 320 + x)];
            sample = static_cast<std::uint8_t>(std::min(255.0, sample + 340 * std::exp(-far * far / 3200)));
        }
    }
    ASSERT_EQ(picture.view().at(160, 120), 255);

    EXPECT_THAT(found_in(picture), IsEmpty());
}

TEST(Occlusions, AWholePictureOfCellsWasEnlargedNotCovered) {
    Picture picture = testing::content(320, 240, 1, kSeed);
    testing::cover_mosaic(picture, {0, 0, 320, 240}, 8);

    EXPECT_THAT(found_in(picture), IsEmpty());
}

TEST(Occlusions, AreTheSameEveryTime) {
    Picture picture = testing::content(300, 280, 3, kSeed);
    testing::cover_mosaic(picture, {51, 45, 241, 223}, 9);

    EXPECT_EQ(found_in(picture), found_in(picture));
}

TEST(Occlusions, SamplesThatAreNoPictureAreRefused) {
    const Picture picture = testing::content(64, 48, 1, kSeed);
    PictureView cut = picture.view();
    cut.rows += 1;
    PictureView two = picture.view();
    two.channels = 2;
    two.columns = 32;

    EXPECT_EQ(find_occlusions(cut).error().fault, Fault::kQuarantine);
    EXPECT_EQ(find_occlusions(two).error().fault, Fault::kQuarantine);
}

TEST(Occlusions, SmallAndThinPicturesAreSearchedWithoutHarm) {
    for (const auto& [columns, rows] : std::vector<std::pair<std::size_t, std::size_t>>{
             {1, 1}, {24, 24}, {25, 400}, {400, 25}, {31, 33}, {2000, 24}}) {
        SCOPED_TRACE(::testing::Message() << columns << " by " << rows);
        EXPECT_THAT(found_in(testing::content(columns, rows, 1, kSeed)), IsEmpty());
        EXPECT_THAT(found_in(Picture{columns, rows, 3}), IsEmpty());
    }
    EXPECT_THAT(found_in(Picture{0, 0, 1}), IsEmpty());
}

TEST(Plane, ColoursThatAreMixedStayMixed) {
    Picture picture = testing::content(64, 64, 3, kSeed);
    const Plane before = luma_of(picture.view());
    testing::cover_band(picture, {0, 0, 64, 64}, {200, 40, 90}, 0.5);

    const Plane after = luma_of(picture.view());

    const double colour = (5 * 200 + 9 * 40 + 2 * 90) / 16.0;
    for (std::int64_t x = 0; x < 64; ++x) {
        EXPECT_NEAR(after.at(x, 30), 0.5 * before.at(x, 30) + 0.5 * colour, 1.6);
    }
    EXPECT_EQ(transposed(transposed(before)).samples, before.samples);
}

}  // namespace
}  // namespace efface::pipeline
