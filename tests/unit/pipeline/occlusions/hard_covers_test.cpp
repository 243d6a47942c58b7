// Goal: covers that are drawn softly, lie over noise or over content without grain are found as well, and
// what only resembles them is not. Method: one picture for each property.
#include "pipeline/occlusions/occlusions.h"
#include "tests/unit/pipeline/occlusions/covered_picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

namespace efface::pipeline {
namespace {

using ::testing::IsEmpty;

constexpr std::uint32_t kSeed = 43;
const testing::Colour kInk{12, 12, 12};

std::vector<Occlusion> found_in(const Picture& picture) {
    const auto found = find_occlusions(picture.view());
    EXPECT_TRUE(found.has_value());
    return found.value_or(std::vector<Occlusion>{});
}

double shared(const Box& a, const Box& b) {
    const Box both{
        std::max(a.left, b.left), std::max(a.top, b.top), std::min(a.right, b.right),
        std::min(a.bottom, b.bottom)};
    return both.empty()
               ? 0
               : static_cast<double>(both.area()) / static_cast<double>(a.area() + b.area() - both.area());
}

bool is_found(const std::vector<Occlusion>& found, OcclusionKind kind, const Box& box) {
    return std::ranges::any_of(found, [&](const Occlusion& occlusion) {
        return occlusion.kind == kind && occlusion.verdict == OcclusionVerdict::kInsufficient &&
               shared(occlusion.box, box) > 0.8;
    });
}

Picture drawn(const std::function<double(double x, double y)>& value) {
    Picture picture{320, 280, 1};
    for (std::size_t y = 0; y < picture.rows; ++y) {
        for (std::size_t x = 0; x < picture.columns; ++x) {
            const double here = value(static_cast<double>(x), static_cast<double>(y));
            picture.samples[y * picture.columns + x] =
                static_cast<std::uint8_t>(std::clamp(std::lround(here), 0L, 255L));
        }
    }
    return picture;
}

/// Shades without grain, parted by sharp slanting edges: what compression leaves of a photograph.
Picture without_grain() {
    return drawn([](double x, double y) {
        const double shade = 120 + 25 * std::sin(x / 47) + 20 * std::cos(y / 39);
        const double stripe = std::sin((x + 0.6 * y) / 7 + std::sin(y / 31)) - 0.3;
        return shade + 45 * std::clamp(0.5 + 3 * stripe, 0.0, 1.0);
    });
}

/// Grain as strong as the structure below it: a sample hardly tells its neighbour.
Picture grainy(double strength) {
    std::uint32_t state = kSeed;
    return drawn([&](double x, double y) {
        state = state * 1664525U + 1013904223U;
        const double grain = static_cast<double>(state >> 8U) / 16777216.0 - 0.5;
        return 120 + 22 * std::sin(x / 19 + 2 * std::sin(y / 27)) + 14 * std::sin((x + 0.8 * y) / 2.2) +
               strength * grain;
    });
}

TEST(HardCovers, ABlurIsFoundWhereNothingAroundHasGrain) {
    const Box box{69, 61, 213, 187};
    Picture picture = without_grain();
    EXPECT_THAT(found_in(picture), IsEmpty());
    testing::cover_blur(picture, box, 6);

    EXPECT_TRUE(is_found(found_in(picture), OcclusionKind::kBlur, box));
}

TEST(HardCovers, ABandIsFoundOverGrain) {
    const Box box{70, 83, 221, 171};
    Picture picture = grainy(56);
    EXPECT_THAT(found_in(picture), IsEmpty());
    testing::cover_band(picture, box, kInk, 0.45);

    EXPECT_TRUE(is_found(found_in(picture), OcclusionKind::kBand, box));
}

TEST(HardCovers, ABandIsFoundWhereOtherEdgesStandInLineWithItsSides) {
    const Box box{90, 110, 210, 180};
    Picture picture = testing::content(320, 280, 1, kSeed);
    for (std::size_t y = 20; y < 110; ++y) {
        for (std::size_t x = 90; x < 210; ++x) {
            std::uint8_t& sample = picture.samples[y * 320 + x];
            sample = static_cast<std::uint8_t>(std::min(255, sample + 25));
        }
    }
    testing::cover_band(picture, box, kInk, 0.5);

    EXPECT_TRUE(is_found(found_in(picture), OcclusionKind::kBand, box));
}

TEST(HardCovers, WhatIsMixedInOverSeveralPixelsIsNoBand) {
    const Picture before = testing::content(320, 280, 1, kSeed);
    const Picture picture = drawn([&](double x, double y) {
        const double inside = std::min({x - 80, 220 - x, y - 90, 190 - y});
        const double mixed = std::clamp(inside / 6 + 0.5, 0.0, 1.0);
        const double sample = before.view().at(static_cast<std::size_t>(x), static_cast<std::size_t>(y));
        return (1 - 0.4 * mixed) * sample + 0.4 * mixed * 20;
    });

    EXPECT_THAT(found_in(picture), IsEmpty());
}

TEST(HardCovers, AScribbleWithSoftNearlyLevelStrokesIsFound) {
    Picture picture = testing::content(320, 280, 3, kSeed);
    std::vector<std::array<double, 2>> points;
    for (int turn = 0; turn <= 8; ++turn) {
        points.push_back({turn % 2 == 0 ? 50.0 : 260.0, 60.0 + 18 * turn});
    }
    testing::cover_soft_line(picture, points, kInk, 5);

    EXPECT_TRUE(is_found(found_in(picture), OcclusionKind::kScribble, {48, 58, 262, 206}));
}

TEST(HardCovers, AThinSteepScribbleWithSoftSidesIsFound) {
    Picture picture = testing::content(320, 280, 1, kSeed);
    std::vector<std::array<double, 2>> points;
    for (int turn = 0; turn <= 8; ++turn) {
        points.push_back({60.0 + 22 * turn, turn % 2 == 0 ? 50.0 : 220.0});
    }
    testing::cover_soft_line(picture, points, {250, 250, 250}, 3.4);

    EXPECT_TRUE(is_found(found_in(picture), OcclusionKind::kScribble, {59, 49, 237, 221}));
}

TEST(HardCovers, AShortBroadScribbleIsFoundByHowOftenItIsCrossed) {
    Picture picture = testing::content(320, 280, 3, kSeed);
    std::vector<std::array<double, 2>> points;
    for (int turn = 0; turn <= 5; ++turn) {
        points.push_back({60.0 + 36 * turn, turn % 2 == 0 ? 90.0 : 148.0});
    }
    testing::cover_soft_line(picture, points, kInk, 13);

    EXPECT_TRUE(is_found(found_in(picture), OcclusionKind::kScribble, {54, 84, 246, 154}));
}

TEST(HardCovers, AnOutlineIsNoScribble) {
    Picture picture = testing::content(320, 280, 1, kSeed);
    std::vector<std::array<double, 2>> points;
    for (int step = 0; step <= 60; ++step) {
        const double angle = step * 2 * 3.14159265 / 60;
        points.push_back({160 + 80 * std::cos(angle), 140 + 70 * std::sin(angle)});
    }
    testing::cover_soft_line(picture, points, kInk, 6);

    EXPECT_THAT(found_in(picture), IsEmpty());
}

TEST(HardCovers, WhatTurnsOutToBePartOfALargerCoverIsNotCountedBesideIt) {
    const Box band{60, 70, 260, 200};
    Picture picture = testing::content(320, 280, 1, kSeed);
    testing::cover_box(picture, {120, 100, 180, 140}, kInk);
    testing::cover_band(picture, band, {240, 240, 240}, 0.4);

    const std::vector<Occlusion> found = found_in(picture);

    ASSERT_EQ(found.size(), 1U);
    EXPECT_TRUE(is_found(found, OcclusionKind::kBand, band));
}

TEST(HardCovers, SixCellsAreEnoughEvenIfTheirOuterLinesAreMissedByAPixel) {
    // The content continues the outer cells: in one row and column their lines cannot be seen.
    const Box box{70, 60, 190, 180};
    Picture picture = testing::content(320, 280, 1, kSeed);
    testing::cover_mosaic(picture, box, 20);
    for (std::int64_t along = 0; along < 120; ++along) {
        const auto at = [&](std::int64_t x, std::int64_t y) -> std::uint8_t& {
            return picture.samples[static_cast<std::size_t>(y * 320 + x)];
        };
        at(189, 60 + along) = at(190, 60 + along);
        at(70 + along, 179) = at(70 + along, 180);
    }

    const std::vector<Occlusion> found = found_in(picture);

    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].kind, OcclusionKind::kMosaic);
    EXPECT_EQ(found[0].verdict, OcclusionVerdict::kInsufficient);
}

}  // namespace
}  // namespace efface::pipeline
