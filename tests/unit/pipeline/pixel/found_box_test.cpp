// Goal: what some frames show is blackened in them and in their neighbours, what many show in all, and
// the number of boxes is bounded. Method: findings by hand.
#include "pipeline/pixel/found_box.h"

#include <gtest/gtest.h>

namespace efface::pipeline {
namespace {

constexpr std::size_t kSide = 640;
constexpr Box kWord{100, 100, 140, 112};
constexpr Box kElsewhere{400, 400, 440, 412};

Mask masked(const std::vector<FoundBox>& found, const FrameWindow& frames, Mask mask = {}) {
    add_found(mask, found, mask_box_of_text, frames, kSide, kSide);
    return mask;
}

Box grown(const Box& box) {
    return mask_box_of_text(box, kSide, kSide);
}

TEST(FoundBoxes, AreNotedOnceWithTheirFrames) {
    std::vector<FoundBox> known;
    note(known, kElsewhere, std::nullopt);
    note(known, kWord, 3);
    note(known, {101, 100, 139, 112}, 3);
    note(known, {101, 101, 139, 111}, 7);
    note(known, {401, 401, 409, 409}, 7);

    ASSERT_EQ(known.size(), 2U);
    EXPECT_TRUE(known[0].frames.empty()) << "a projection shows it: every frame";
    EXPECT_EQ(known[1].box, kWord);
    EXPECT_EQ(known[1].frames, (std::vector<std::uint64_t>{3, 7}));
}

TEST(FoundBoxes, OfOneFrameAreBlackInItsNeighboursWithinTheImage) {
    const FrameWindow frames{100, 100, 5};

    EXPECT_EQ(masked({{kWord, {50}}}, frames).some_frames, (std::vector<FrameBox>{{grown(kWord), {45, 11}}}));
    EXPECT_EQ(masked({{kWord, {2}}}, frames).some_frames, (std::vector<FrameBox>{{grown(kWord), {0, 8}}}));
    EXPECT_EQ(masked({{kWord, {98}}}, frames).some_frames, (std::vector<FrameBox>{{grown(kWord), {93, 7}}}));
}

TEST(FoundBoxes, OfOnePlaceAreBlackBetweenThemToo) {
    // Seen a pixel to the side, and not at all in frames 22 to 29: the same word.
    const Mask mask = masked({{kWord, {20, 21}}, {{99, 100, 139, 112}, {30}}}, {100, 100, 5});

    EXPECT_TRUE(mask.boxes.empty());
    ASSERT_FALSE(mask.some_frames.empty());
    for (const std::uint64_t frame : {15U, 25U, 35U}) {
        EXPECT_TRUE(mask.of_frame(frame).covers(kWord, kSide, kSide)) << frame;
        EXPECT_TRUE(mask.of_frame(frame).covers({99, 100, 139, 112}, kSide, kSide)) << frame;
    }
    EXPECT_TRUE(mask.of_frame(14).empty());
    EXPECT_TRUE(mask.of_frame(36).empty());
}

TEST(FoundBoxes, OfAThirdOfTheSearchedFramesAreBlackInAll) {
    const FoundBox seen{kWord, {0, 10, 20, 30}};

    EXPECT_EQ(masked({seen}, {120, 12, 10}).boxes, (std::vector<Box>{grown(kWord)}));
    EXPECT_TRUE(masked({seen}, {120, 13, 10}).boxes.empty());
}

TEST(FoundBoxes, ThatLeaveHardlyAFrameAreBlackInAll) {
    EXPECT_EQ(masked({{kWord, {10, 55}}}, {100, 100, 11}).boxes, (std::vector<Box>{grown(kWord)}));
    EXPECT_TRUE(masked({{kWord, {10, 54}}}, {100, 100, 11}).boxes.empty());
}

TEST(FoundBoxes, OfAProjectionAreBlackInAll) {
    const Mask mask = masked({{kElsewhere, {}}, {kWord, {4}}}, {100, 100, 2});

    EXPECT_EQ(mask.boxes, (std::vector<Box>{grown(kElsewhere)}));
    EXPECT_EQ(mask.some_frames.size(), 1U);
    EXPECT_EQ(mask.size(), 2U);
}

TEST(FoundBoxes, UnderTheMaskOfTheirFramesAddNothing) {
    const Mask before = masked({{kWord, {50}}}, {100, 100, 5});

    EXPECT_EQ(masked({{kWord, {45, 55}}}, {100, 100, 5}, before), before);
    EXPECT_FALSE(is_covered({kWord, {45, 56}}, before, kSide, kSide));
    EXPECT_FALSE(is_covered({kWord, {}}, before, kSide, kSide)) << "a projection is of every frame";
    const Mask after = masked({{kWord, {56}}}, {100, 100, 5}, before);
    EXPECT_TRUE(after.of_frame(61).covers(kWord, kSide, kSide));
}

TEST(FoundBoxes, TooManyForTheirFramesAreBlackInAll) {
    std::vector<FoundBox> found;
    for (std::int64_t i = 0; found.size() < kMaskBoxesMax + 200; ++i) {
        const std::int64_t left = 8 * (i % 80) + 3;
        const std::int64_t top = 8 * (i / 80) + 3;
        found.push_back({{left, top, left + 2, top + 2}, {50}});
    }

    const Mask mask = masked(found, {100, 100, 2});

    EXPECT_TRUE(mask.some_frames.empty());
    for (const FoundBox& one : found) {
        EXPECT_TRUE(mask.covers(one.box, kSide, kSide));
    }
}

}  // namespace
}  // namespace efface::pipeline
