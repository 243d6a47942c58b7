// Goal: what is not searched is never taken for measured, however well its kind was measured.
#include "rules/matching/pixel_judgement.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

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

TEST(PixelJudgement, MarkersStayUnderRemoveFoundInRadiographsAloneAndTheStatementSaysSo) {
    Rule rule;
    rule.pixels.allowed_markers = default_markers();
    const auto left = [&](PixelPolicy policy, ImageKind kind) {
        rule.pixel_policy = policy;
        const PixelIdentity identity{.text = true, .face = false, .why = "", .kind = kind};
        const bool stays = pixel_statement(rule, identity).markers_may_stay;
        EXPECT_EQ(stays, markers_left(rule, identity).any());
        return stays;
    };

    for (const ImageKind kind : {ImageKind::kRadiograph, ImageKind::kBreast, ImageKind::kFluoroscopy}) {
        EXPECT_TRUE(left(PixelPolicy::kRemoveFound, kind));
        EXPECT_FALSE(left(PixelPolicy::kRequireClean, kind)) << "a proof does not hang on a reader";
        EXPECT_FALSE(left(PixelPolicy::kHeaderOnly, kind));
    }
    EXPECT_FALSE(left(PixelPolicy::kRemoveFound, ImageKind::kUltrasound));
    EXPECT_FALSE(left(PixelPolicy::kRemoveFound, ImageKind::kAnything));
}

TEST(Markers, AreCapitalsEachOnceWithoutADigit) {
    std::set<std::string_view> seen;
    for (const MarkerRow& marker : kMarkers) {
        EXPECT_TRUE(seen.insert(marker.text).second) << marker.text;
        EXPECT_TRUE(std::ranges::all_of(marker.text, [](char c) { return c >= 'A' && c <= 'Z'; }));
    }
    EXPECT_FALSE(marker_index("").has_value()) << "what is not read is none";
    EXPECT_FALSE(marker_index("l").has_value());
}

TEST(MeasuredRecalls, HaveNoRowForScreensOfAScanner) {
    const PixelIdentity screen{.text = true, .face = false, .kind = ImageKind::kTomogram};
    const PixelIdentity radiograph{.text = true, .face = false, .kind = ImageKind::kRadiograph};

    EXPECT_TRUE(is_measured(radiograph, PixelRules{}.recall_percent_min, measured_recalls()));
    EXPECT_FALSE(is_measured(screen, 1, measured_recalls()));
}

}  // namespace
}  // namespace efface::rules
