// Goal: the skin from brow to chin of a head from the side lies under the band, whatever the turn, the side
// it looks to and the polarity; nothing is seen in what is no head from the side. Method: drawn pictures.
#include "pipeline/head_profile/head_profile.h"

#include "tests/unit/pipeline/head_profile/drawn_head.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace efface::testing {
namespace {

using namespace pipeline;

bool lies_under(const std::vector<Box>& band, double x, double y) {
    return std::ranges::any_of(band, [&](const Box& box) {
        return x >= static_cast<double>(box.left) && x < static_cast<double>(box.right) &&
               y >= static_cast<double>(box.top) && y < static_cast<double>(box.bottom);
    });
}

std::vector<HeadProfile> profiles_of(const Picture& picture, double pixels_a_millimetre = 0) {
    const auto found = find_head_profiles(picture.view(), pixels_a_millimetre);
    EXPECT_TRUE(found.has_value());
    return found.value_or(std::vector<HeadProfile>{});
}

void expect_covered(const Pose& pose, std::uint32_t seed) {
    const DrawnHead head = head_from_the_side(pose, seed);
    const std::vector<HeadProfile> found = profiles_of(head.picture);
    ASSERT_FALSE(found.empty()) << pose.quarters << " quarters, left " << pose.looks_left << ", dark air "
                                << pose.air_is_dark;
    for (const auto& [x, y] : head.skin) {
        EXPECT_TRUE(lies_under(found.front().band, x, y)) << x << ", " << y;
    }
    EXPECT_EQ(found.front().looks_left, pose.looks_left);
    EXPECT_EQ(found.front().air_is_dark, pose.air_is_dark);
    const double off = found.front().turn - pose.degrees - 90 * pose.quarters;
    EXPECT_LT(std::abs(std::remainder(off, 360.0)), 12);
}

TEST(HeadProfile, IsCoveredAtEveryQuarterEitherWayInBothPolarities) {
    for (int quarters = 0; quarters < 4; ++quarters) {
        for (const bool looks_left : {false, true}) {
            expect_covered(
                {.quarters = quarters, .looks_left = looks_left, .air_is_dark = quarters % 2 == 0}, 3
            );
        }
    }
}

TEST(HeadProfile, IsCoveredWhereTheHeadLeans) {
    for (const double degrees : {-20.0, -8.0, 12.0, 20.0}) {
        expect_covered({.degrees = degrees, .looks_left = degrees > 0}, 5);
    }
}

TEST(HeadProfile, TheBandIsAsWideAsTheSpacingSays) {
    const DrawnHead head = head_from_the_side({}, 7);
    const std::vector<HeadProfile> by_size = profiles_of(head.picture);
    const std::vector<HeadProfile> stated = profiles_of(head.picture, 2.0);
    const std::vector<HeadProfile> absurd = profiles_of(head.picture, 40.0);
    ASSERT_FALSE(by_size.empty());
    ASSERT_FALSE(stated.empty());
    ASSERT_FALSE(absurd.empty());

    EXPECT_GT(stated[0].band[2].width(), by_size[0].band[2].width());
    EXPECT_EQ(absurd[0].band, by_size[0].band) << "a spacing that no head has is not believed";
    // Ten millimetres of air and thirty of head, at a pixel and a half each.
    EXPECT_GE(by_size[0].band[2].width(), 50);
}

TEST(HeadProfile, IsNotSeenFromTheFront) {
    for (std::uint32_t seed = 0; seed < 3; ++seed) {
        EXPECT_TRUE(profiles_of(head_from_the_front(seed)).empty());
    }
}

TEST(HeadProfile, IsNotSeenInALimbNorInNothing) {
    EXPECT_TRUE(profiles_of(limb(1)).empty());
    EXPECT_TRUE(profiles_of(Picture{480, 480, 1}).empty());
    EXPECT_TRUE(profiles_of(Picture{40, 40, 1}).empty());
    EXPECT_TRUE(profiles_of(Picture{4000, 1, 1}).empty());
}

TEST(HeadProfile, FewerSamplesThanPixelsAreAnError) {
    const Picture picture{100, 100, 1};

    const auto found = find_head_profiles({std::span{picture.samples}.first(9999), 100, 100, 1}, 0);

    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().fault, Fault::kQuarantine);
}

}  // namespace
}  // namespace efface::testing
