// Goal: what one frame of many shows is black in its neighbours, what many show in all, and the gate knows
// which frame is which. Method: twelve frames, of which one has text, and masks that are a frame early or
// late.
#include "tests/unit/pipeline/gate/masked_fixture.h"

namespace efface::testing::masked {
namespace {

/// Twelve frames: a face in all of them, text in the tenth alone.
class PerFrame : public MaskedTest {
protected:
    static constexpr int kFrames = 12;
    static constexpr int kTextFrame = 9;
    static constexpr Box kTextMask{0, 8, 40, 24};

    void clean_twelve() {
        text_frame_ = kTextFrame;
        clean_it(GetParam());
        ASSERT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kCleaned)
            << cleaned_.report.reason;
    }

    /// The bytes of a pixel that are changed; planes apart, all of a frame.
    bool is_changed(int frame, const Box& box) {
        const std::size_t bytes = sample_bytes_ / kFrames;
        const std::size_t first = static_cast<std::size_t>(frame) * bytes;
        const std::size_t planes = GetParam().planar == 1 ? 3 : 1;
        for (std::size_t at = 0; at < bytes; ++at) {
            const std::size_t pixel = at % (bytes / planes) * kSide * kSide / (bytes / planes);
            const bool inside = within(box, pixel % kSide, pixel / kSide);
            if (inside && before()[first + at] != after()[first + at]) {
                return true;
            }
        }
        return false;
    }
};

TEST_P(PerFrame, TextOfOneFrameIsBlackInItsNeighboursAndNowhereElse) {
    ASSERT_NO_FATAL_FAILURE(clean_twelve());

    EXPECT_EQ(cleaned_.report.mask.boxes.size(), 1U) << "the face, in all frames";
    ASSERT_EQ(cleaned_.report.mask.some_frames.size(), 1U);
    EXPECT_EQ(cleaned_.report.mask.some_frames[0], (pipeline::FrameBox{kTextMask, {7, 5}}));
    for (int frame = 0; frame < kFrames; ++frame) {
        EXPECT_EQ(is_changed(frame, kTextMask), frame >= 7) << frame;
        EXPECT_TRUE(is_changed(frame, kFace)) << frame;
    }
    EXPECT_TRUE(judge_it().passed) << judge_it().reason;
}

TEST_P(PerFrame, TheGateHoldsAMaskThatIsAFrameLate) {
    ASSERT_NO_FATAL_FAILURE(clean_twelve());
    cleaned_.report.mask.some_frames[0].frames = {8, 4};

    EXPECT_EQ(judge_it().reason, "gate: samples outside the mask differ (7FE0,0010)");
}

TEST_P(PerFrame, TheGateHoldsAMaskThatIsAFrameEarly) {
    ASSERT_NO_FATAL_FAILURE(clean_twelve());
    cleaned_.report.mask.some_frames[0].frames = {6, 5};

    EXPECT_EQ(judge_it().reason, "gate: something stands under the mask (7FE0,0010)");
}

INSTANTIATE_TEST_SUITE_P(
    Twelve, PerFrame,
    ::testing::Values(
        Kind{.name = "Grey12", .allocated = 16, .stored = 12, .frames = 12},
        Kind{.name = "RgbByPlane", .photometric = "RGB", .samples = 3, .planar = 1, .frames = 12},
        Kind{.name = "Ybr422", .photometric = "YBR_FULL_422", .samples = 3, .frames = 12},
        Kind{.name = "Palette", .photometric = "PALETTE COLOR", .frames = 12},
        Kind{.name = "Rle8", .frames = 12, .rle = true},
        Kind{.name = "BigEndian", .allocated = 16, .stored = 12, .frames = 12, .big_endian = true}
    ),
    [](const auto& kind) { return kind.param.name; }
);

class MaskedFrames : public MaskedTest {};

// A cleaner whose frames are counted from one: what it says and what it writes agree.
TEST_F(MaskedFrames, TheGateFindsTextThatAMaskShiftedByAFrameLeaves) {
    text_frame_ = 9;
    const Kind kind{.frames = 12};
    clean_it(kind);
    ASSERT_EQ(cleaned_.report.mask.some_frames.size(), 1U);
    ASSERT_TRUE(judge_it().passed) << judge_it().reason;
    constexpr std::size_t kFrameBytes = kSide * kSide;
    const Box box = cleaned_.report.mask.some_frames[0].box;
    cleaned_.report.mask.some_frames[0].frames = {10, 2};
    for (std::size_t at = 0; at < 10 * kFrameBytes; ++at) {
        const std::size_t pixel = at % kFrameBytes;
        if (within(box, pixel % kSide, pixel / kSide)) {
            after()[at] = before()[at];
        }
    }

    EXPECT_EQ(judge_it().reason, "gate: text is found outside the mask (7FE0,0010)");
}

TEST_F(MaskedFrames, TextOfAThirdOfTheFramesIsBlackInAll) {
    text_frame_ = 1;
    clean_it({.frames = 3});

    EXPECT_EQ(cleaned_.report.mask.boxes.size(), 2U);
    EXPECT_TRUE(cleaned_.report.mask.some_frames.empty());
    EXPECT_TRUE(judge_it().passed) << judge_it().reason;
}

}  // namespace
}  // namespace efface::testing::masked
