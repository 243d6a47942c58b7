#include "pipeline/inference/window.h"

#include <gtest/gtest.h>

#include <random>

namespace efface::testing {
namespace {

using pipeline::Overlap;
using pipeline::suppress;
using pipeline::Window;

constexpr std::uint32_t kSeed = 4711;

Window window(float left, float top, float right, float bottom, float score) {
    return {left, top, right, bottom, score, {}};
}

TEST(Suppression, KeepsTheBetterOfTwoThatOverlapAndWhatStandsApart) {
    const Window good = window(0, 0, 10, 10, 0.9F);
    const Window worse = window(1, 0, 11, 10, 0.8F);  // 90 of 110 in common.
    const Window apart = window(8, 0, 18, 10, 0.7F);  // 20 of 180 with the first.

    EXPECT_EQ(suppress({worse, apart, good}, Overlap::kOfUnion, 0.5F, 10), (std::vector{good, apart}));
    EXPECT_EQ(
        suppress({worse, apart, good}, Overlap::kOfUnion, 0.85F, 10), (std::vector{good, worse, apart})
    );
}

TEST(Suppression, SeesAWindowWithinAnotherOnlyBySmallerArea) {
    const Window outer = window(0, 0, 20, 20, 0.9F);
    const Window inner = window(5, 5, 15, 15, 0.8F);

    EXPECT_EQ(suppress({outer, inner}, Overlap::kOfUnion, 0.5F, 10).size(), 2U);
    EXPECT_EQ(suppress({outer, inner}, Overlap::kOfSmaller, 0.5F, 10), std::vector{outer});
}

TEST(Suppression, KeepsTheBestWhereThereAreTooMany) {
    std::vector<Window> apart;
    for (int i = 0; i < 100; ++i) {
        const auto left = static_cast<float>(20 * i);
        apart.push_back(window(left, 0, left + 10, 10, static_cast<float>(i) / 100));
    }

    const std::vector<Window> kept = suppress(apart, Overlap::kOfUnion, 0.5F, 3);

    EXPECT_EQ(kept, (std::vector{apart[99], apart[98], apart[97]}));
}

// What is left never overlaps, and everything that is gone overlapped something better.
TEST(Suppression, LeavesNoPairThatOverlapsAndLosesNothingElse) {
    std::mt19937 random{kSeed};
    std::uniform_real_distribution<float> place{0, 100};
    std::vector<Window> windows;
    for (int i = 0; i < 300; ++i) {
        const float left = place(random);
        const float top = place(random);
        windows.push_back(
            window(left, top, left + 5 + place(random) / 4, top + 5 + place(random) / 4, place(random))
        );
    }

    const std::vector<Window> kept = suppress(windows, Overlap::kOfUnion, 0.3F, 1000);

    EXPECT_LT(kept.size(), windows.size());
    for (const Window& one : kept) {
        EXPECT_EQ(
            suppress({one, kept.front()}, Overlap::kOfUnion, 0.3F, 2).size(), one == kept.front() ? 1U : 2U
        );
    }
    for (const Window& one : windows) {
        bool explained = false;
        for (const Window& better : kept) {
            explained = explained || one == better ||
                        (better.score >= one.score &&
                         suppress({better, one}, Overlap::kOfUnion, 0.3F, 2).size() == 1);
        }
        EXPECT_TRUE(explained);
    }
}

TEST(WindowShape, ShiftsEdgesByShareOfTheirSide) {
    Window moved = window(10, 20, 30, 60, 1);
    moved.shift = {0.1F, -0.1F, 0.2F, 0.5F};

    const Window got = shifted(moved);

    EXPECT_FLOAT_EQ(got.left, 12);
    EXPECT_FLOAT_EQ(got.top, 16);
    EXPECT_FLOAT_EQ(got.right, 34);
    EXPECT_FLOAT_EQ(got.bottom, 80);
}

TEST(WindowShape, IsSquaredAboutItsCentre) {
    const Window square = squared(window(10, 20, 30, 60, 1));

    EXPECT_EQ(square, window(0, 20, 40, 60, 1));
}

}  // namespace
}  // namespace efface::testing
