// Goal: what is not searched is never taken for measured, however well its kind was measured.
#include "rules/matching/pixel_judgement.h"

#include <gtest/gtest.h>

#include <array>

namespace efface::rules {
namespace {

constexpr std::array kMeasured{MeasuredRecall{
    .kind = ImageKind::kRadiograph,
    .name = "radiographs",
    .text_percent = 99,
    .face_percent = 99,
    .measured_on = "a test"}};

std::optional<PixelDoubt> doubt(PixelPolicy policy, StatedView view) {
    Rule rule;
    rule.pixel_policy = policy;
    PixelIdentity identity{.text = true, .face = true, .why = "", .kind = ImageKind::kRadiograph};
    identity.head_view.stated = view;
    return doubt_before_search({rule, identity, true, kMeasured});
}

TEST(PixelJudgement, AFrontalHeadIsNotSearchedForAFaceAndSoNeverProven) {
    EXPECT_EQ(doubt(PixelPolicy::kRequireClean, StatedView::kLateral), std::nullopt);
    EXPECT_EQ(doubt(PixelPolicy::kRequireClean, StatedView::kFrontal), PixelDoubt::kUnmeasured);
    EXPECT_EQ(doubt(PixelPolicy::kRemoveFound, StatedView::kFrontal), std::nullopt);
}

}  // namespace
}  // namespace efface::rules
