// Goal: what a radiograph says of its view is read as the standard means it, the strictest of contradicting
// statements holds, and only a stated frontal view of a stated head spares the search for a profile.
#include "rules/profile/identity_possible.h"

#include <gtest/gtest.h>

namespace efface::rules {
namespace {

StatedView by_position(std::string_view value) {
    return stated_view({.view_position = value});
}

TEST(HeadView, ViewPositionIsRead) {
    for (const std::string_view value : {"LL", "RL", "LLD", "RLD", "lateral"}) {
        EXPECT_EQ(by_position(value), StatedView::kLateral) << value;
    }
    EXPECT_EQ(by_position("AP"), StatedView::kFrontal);
    EXPECT_EQ(by_position("PA"), StatedView::kFrontal);
    EXPECT_EQ(by_position("LLO"), StatedView::kOblique);
    EXPECT_EQ(by_position("what the site writes"), StatedView::kOblique);
    EXPECT_EQ(by_position(""), StatedView::kNothing);
}

TEST(HeadView, MeaningsOrientationsAndAnglesAreRead) {
    EXPECT_EQ(stated_view({.view_meaning = "left lateral"}), StatedView::kLateral);
    EXPECT_EQ(stated_view({.view_meaning = "postero-anterior oblique"}), StatedView::kOblique);
    EXPECT_EQ(stated_view({.view_meaning = "postero-anterior"}), StatedView::kFrontal);
    EXPECT_EQ(stated_view({.patient_orientation = "A\\F"}), StatedView::kLateral);
    EXPECT_EQ(stated_view({.patient_orientation = "F\\P"}), StatedView::kLateral);
    EXPECT_EQ(stated_view({.patient_orientation = "L\\F"}), StatedView::kFrontal);
    EXPECT_EQ(stated_view({.patient_orientation = "H\\F"}), StatedView::kNothing);
    EXPECT_EQ(stated_view({.patient_orientation = "\\"}), StatedView::kNothing);
    EXPECT_EQ(stated_view({.positioner_angle = "-90.0"}), StatedView::kLateral);
    EXPECT_EQ(stated_view({.positioner_angle = "+0.5"}), StatedView::kFrontal);
    EXPECT_EQ(stated_view({.positioner_angle = "40"}), StatedView::kOblique);
    EXPECT_EQ(stated_view({.positioner_angle = "none"}), StatedView::kNothing);
}

TEST(HeadView, TheStrictestStatementHolds) {
    EXPECT_EQ(stated_view({.view_position = "AP", .patient_orientation = "A\\F"}), StatedView::kLateral);
    EXPECT_EQ(stated_view({.view_position = "PA", .positioner_angle = "45"}), StatedView::kOblique);
}

TEST(HeadView, TheFinerSpacingThatCanBeIsTaken) {
    EXPECT_DOUBLE_EQ(
        pixels_a_millimetre({.imager_pixel_spacing = "0.2\\0.2", .pixel_spacing = "0.1\\0.1"}), 10
    );
    EXPECT_DOUBLE_EQ(pixels_a_millimetre({.imager_pixel_spacing = "0.2\\0.2"}), 5);
    for (const std::string_view spacing : {"", "0\\0", "-1", "33", "x", "nan", "0.000"}) {
        EXPECT_EQ(pixels_a_millimetre({.pixel_spacing = spacing}), 0) << spacing;
    }
}

HeadView view_of(
    std::string_view uid, std::string_view body_part, const HeadViewFacts& facts = {},
    std::string_view modality = "CR"
) {
    const std::string whole = "1.2.840.10008.5.1.4.1.1." + std::string{uid};
    return identity_possible({
                                 .sop_class_uid = whole,
                                 .modality = modality,
                                 .image_type = {},
                                 .body_part = body_part,
                                 .view = facts,
                             })
        .head_view;
}

TEST(HeadView, RadiographsOfAHeadOrOfAnUnknownPartAreSearched) {
    for (const std::string_view uid : {"1", "1.1", "12.1", "12.2", "481.1", "1.1.3"}) {
        EXPECT_TRUE(view_of(uid, "SKULL").is_searched) << uid;
        EXPECT_TRUE(view_of(uid, "").is_searched) << uid;
        EXPECT_FALSE(view_of(uid, "CHEST").is_searched) << uid;
    }
    for (const std::string_view uid : {"2", "6.1", "7", "77.1.4"}) {
        EXPECT_FALSE(view_of(uid, "HEAD").is_searched) << uid;
    }
}

TEST(HeadView, OnlyAStatedFrontalViewNeedsNoProfile) {
    EXPECT_TRUE(view_of("1", "C-Spine").must_show_profile());
    EXPECT_TRUE(view_of("1", "SKULL", {.view_position = "LL"}).must_show_profile());
    EXPECT_TRUE(view_of("1", "SKULL", {.view_position = "LLO"}).must_show_profile());
    EXPECT_FALSE(view_of("1", "SKULL", {.view_position = "PA"}).must_show_profile());
    EXPECT_FALSE(view_of("1", "", {.view_position = "LL"}).must_show_profile()) << "it may be a chest";
}

TEST(HeadView, DentalArcsAreNotFromTheSideUnlessTheySaySo) {
    EXPECT_FALSE(view_of("1.1", "JAW", {}, "PX").must_show_profile());
    EXPECT_FALSE(view_of("1.1.3", "JAW", {}, "IO").must_show_profile());
    EXPECT_TRUE(view_of("1.1", "HEAD", {.view_position = "LL"}, "PX").must_show_profile());
}

}  // namespace
}  // namespace efface::rules
