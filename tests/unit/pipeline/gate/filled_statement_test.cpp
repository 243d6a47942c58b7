// Goal: a rule's threshold of confidence and its language come true in the written file, and the gate, which
// reckons both itself, holds every other outcome. Method: filled_fixture.h with a generator that says how
// sure it is, and with originals of several character sets.
#include "pipeline/pixel/fill_comment.h"
#include "rules/text/character_set.h"
#include "tests/unit/pipeline/gate/filled_fixture.h"
#include "tests/unit/pipeline/gate/written_file.h"

namespace efface::testing::filled {
namespace {

constexpr std::uint32_t kImageComments = 0x00204000;

class FilledStatement : public Filled {
protected:
    /// Of the only hole.
    const pipeline::FilledArea& area() const { return cleaned_.report.fill.areas.front(); }

    void clean_with(std::string_view enhance) {
        rules_ = rule("fill = \"require\"\n" + std::string{enhance});
        clean_it(file());
        ASSERT_TRUE(was_cleaned()) << cleaned_.report.reason;
        ASSERT_EQ(cleaned_.report.fill.areas.size(), 1U);
    }

    /// The element without its header.
    std::string comment() const {
        WrittenFile written{cleaned_.written};
        return written.at(kImageComments).substr(8);
    }

    std::string with_comment(std::string_view value) const {
        WrittenFile written{cleaned_.written};
        return written.put(kImageComments, Vr::LT, value).text();
    }
};

INSTANTIATE_TEST_SUITE_P(
    Every, FilledStatement, ::testing::Values(Depth{12, 1, "MONOCHROME2"}, Depth{8, 3, "RGB"}),
    [](const auto& tested) { return std::string{tested.param.photometric}; }
);

TEST_P(FilledStatement, AConfidenceStandsInTheReport) {
    generator_.say_confidence();
    clean_with("");

    EXPECT_EQ(area().outcome, "filled and marked");
    ASSERT_TRUE(area().confidence_permille);
    EXPECT_GT(*area().confidence_permille, 0U);
    EXPECT_LT(*area().confidence_permille, 1000U);
    EXPECT_EQ(judged(), "");
}

TEST_P(FilledStatement, AModelThatSaysNoneLeavesItOut) {
    clean_with("");

    EXPECT_TRUE(area().filled);
    EXPECT_FALSE(area().confidence_permille);
}

TEST_P(FilledStatement, OtherHiddenFacesGiveTheSameConfidence) {
    generator_.say_confidence();
    clean_with("");
    const auto first = area().confidence_permille;
    const std::string written = cleaned_.written;
    for (std::uint32_t k = 0; k < 4; ++k) {
        const std::vector<float> content =
            pipeline::CounterNoise{pipeline::seed_of(9)}.field(kSide, kSide, k);
        clean_it(file([&](std::size_t x, std::size_t y) {
            return std::clamp(0.5 + 0.15 * static_cast<double>(content[y * kSide + x]), 0.05, 0.95);
        }));
        ASSERT_TRUE(was_cleaned());
        EXPECT_EQ(area().confidence_permille, first) << k;
        EXPECT_EQ(cleaned_.written, written) << k;
    }
}

TEST_P(FilledStatement, BelowTheThresholdItStaysBlackAndTheGateAgrees) {
    generator_.say_confidence();
    clean_with("confidence_min = 100");

    EXPECT_FALSE(area().filled);
    EXPECT_EQ(area().outcome, "confidence below the rule's 100 %");
    EXPECT_TRUE(area().confidence_permille);
    EXPECT_EQ(cleaned_.report.fill.refused, 1U);
    EXPECT_FALSE(says("RESEARCH"));
    EXPECT_EQ(judged(), "");

    rules_ = rule("fill = \"require\"\nunfilled = \"quarantine\"\nconfidence_min = 100");
    EXPECT_EQ(judged(), "gate: an occluded area is not filled, and the rule holds such (7FE0,0010)");
    clean_it(file());
    EXPECT_EQ(cleaned_.report.outcome, CleanReport::Outcome::kQuarantined);
}

TEST_P(FilledStatement, AFillThatTheThresholdForbidsIsHeld) {
    generator_.say_confidence();
    clean_with("");
    ASSERT_EQ(judged(), "");

    rules_ = rule("fill = \"require\"\nconfidence_min = 100");
    EXPECT_NE(judged(), "");
}

TEST_P(FilledStatement, AThresholdAndAModelThatSaysNoneLeaveItBlack) {
    clean_with("confidence_min = 1");

    EXPECT_FALSE(area().filled);
    EXPECT_EQ(area().outcome, "the model says no confidence, and the rule asks for one");
    EXPECT_FALSE(area().confidence_permille);
    EXPECT_EQ(judged(), "");
}

TEST_P(FilledStatement, TheCommentIsInTheRulesLanguageWhereTheCharacterSetHoldsIt) {
    struct Case {
        const char* language;
        const char* character_set;
        rules::FillLanguage written;
    };

    using enum rules::FillLanguage;
    for (const Case& one :
         {Case{"zh", "ISO_IR 192", kChinese}, Case{"zh", "GB18030", kChinese},
          Case{"zh", "ISO_IR 100", kEnglish}, Case{"zh", "", kEnglish}, Case{"de", "ISO_IR 100", kGerman},
          Case{"de", "", kEnglish}, Case{"ja", "\\ISO 2022 IR 87", kJapanese}}) {
        SCOPED_TRACE(std::string{one.language} + " in " + one.character_set);
        character_set_ = one.character_set;
        clean_with("language = \"" + std::string{one.language} + "\"");

        const std::vector<std::string_view> sets = rules::split_character_sets(character_set_);
        const auto shown = rules::decode(sets, comment(), Vr::LT);
        ASSERT_TRUE(shown);
        const std::string expected{pipeline::fill_comment_text(one.written)};
        EXPECT_TRUE(*shown == expected || *shown == expected + " ") << *shown;
        WrittenFile written{cleaned_.written};
        EXPECT_EQ(written.has(0x00080005), !character_set_.empty());
        EXPECT_TRUE(
            character_set_.empty() || written.at(0x00080005).find(character_set_) != std::string::npos
        );
        EXPECT_EQ(judged(), "");
    }
}

TEST_P(FilledStatement, TheGateHoldsEveryOtherComment) {
    constexpr std::string_view kNotStated = "gate: a fill is not stated as it must be (0020,4000)";
    character_set_ = "ISO_IR 192";
    clean_with("language = \"zh\"");
    ASSERT_EQ(judged(), "");
    const std::string chinese{pipeline::fill_comment_text(rules::FillLanguage::kChinese)};

    EXPECT_EQ(judged(with_comment(chinese), &generator_), "");
    for (const auto language : {rules::FillLanguage::kEnglish, rules::FillLanguage::kJapanese}) {
        EXPECT_EQ(judged(with_comment(pipeline::fill_comment_text(language)), &generator_), kNotStated);
    }
    EXPECT_EQ(judged(with_comment(chinese + "!"), &generator_), kNotStated);
    EXPECT_EQ(
        judged(with_comment(pipeline::fill_comment(rules::FillLanguage::kChinese, "GB18030")), &generator_),
        kNotStated
    );
    WrittenFile without{cleaned_.written};
    EXPECT_NE(judged(without.erase(kImageComments).text(), &generator_), "");
}

}  // namespace
}  // namespace efface::testing::filled
