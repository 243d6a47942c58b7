// Goal: the edges of a mask say little of what lies under them. Method: boxes worked out by hand.
#include "pipeline/pixel/mask.h"

#include <gtest/gtest.h>

namespace efface::pipeline {
namespace {

constexpr std::size_t kSide = 4000;

TEST(FaceMask, HoldsTheFaceGrownByHalf) {
    for (const std::int64_t size : {5, 40, 43, 128, 200, 777, 1500}) {
        const Box face{1001, 1003, 1001 + size, 1003 + size * 5 / 4};
        const Box mask = mask_box_of_face(face, kSide, kSide);
        const Box grown{
            face.left - face.width() / 4, face.top - face.height() / 4, face.right + face.width() / 4,
            face.bottom + face.height() / 4};
        EXPECT_TRUE(mask.holds(grown)) << size;
    }
}

TEST(FaceMask, TheGridIsAsCoarseAsTheFaceIsLarge) {
    EXPECT_EQ(face_mask_step({0, 0, 40, 42}), 8);     // Grown: 64.
    EXPECT_EQ(face_mask_step({0, 0, 40, 44}), 16);    // 66.
    EXPECT_EQ(face_mask_step({0, 0, 84, 84}), 16);    // 126.
    EXPECT_EQ(face_mask_step({0, 0, 200, 160}), 64);  // 300.
    EXPECT_EQ(mask_box_of_face({1100, 1100, 1300, 1260}, kSide, kSide), (Box{1024, 1024, 1408, 1344}));
}

TEST(FaceMask, ItIsCutAtTheEdgesOfThePicture) {
    EXPECT_EQ(mask_box_of_face({10, 10, 90, 90}, 101, 97), (Box{0, 0, 101, 97}));
}

// A chin that is longer by a twentieth moves no edge by more than a step, and mostly none.
TEST(FaceMask, ALittleLongerChinMostlyChangesNothing) {
    int equal = 0;
    for (std::int64_t at = 0; at < 64; ++at) {
        const Box one{1000 + at, 1000 + at, 1100 + at, 1120 + at};
        const Box other{1000 + at, 1000 + at, 1100 + at, 1126 + at};
        const Box mask = mask_box_of_face(one, kSide, kSide);
        const Box longer = mask_box_of_face(other, kSide, kSide);
        const std::int64_t step = std::max(face_mask_step(one), face_mask_step(other));
        EXPECT_LE(longer.bottom - mask.bottom, step);
        EXPECT_LE(mask.top - longer.top, step);
        equal += mask == longer ? 1 : 0;
    }
    EXPECT_GE(equal, 40);
}

}  // namespace
}  // namespace efface::pipeline
