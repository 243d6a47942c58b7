// Goal: a [rule.enhance] says what its author wrote, or is refused with the place. Method: every key with
// another value than its default, and each with one that it has not.
#include "rules/matching/rule_set.h"

#include <gtest/gtest.h>

namespace efface::rules {
namespace {

constexpr std::string_view kHead =
    "[[rule]]\nname = 'r'\npixel_policy = 'remove-found'\ndestinations = ['a']\n[rule.enhance]\n";

EnhanceRules enhance_of(std::string_view text) {
    const auto rules = RuleSet::parse(std::string{kHead} + std::string{text}, "f.toml");
    EXPECT_TRUE(rules) << text;
    return rules ? rules->rules().front().enhance : EnhanceRules{};
}

TEST(EnhanceRules, EveryKeyIsRead) {
    const EnhanceRules read = enhance_of(R"toml(
fill = "require"
unfilled = "quarantine"
regions = true
strength = 1
mode = "strong"
denoise = 2
sharpen = 3
detail = false
skin_protection = true
confidence_min = 60
language = "ja"
)toml");

    const EnhanceRules expected{
        .fill = FillPolicy::kRequire,
        .unfilled = UnfilledPolicy::kQuarantine,
        .regions = true,
        .settings =
            {.strength = 1,
             .mode = EnhanceMode::kStrong,
             .denoise = 2,
             .sharpen = 3,
             .detail = false,
             .skin_protection = true,
             .confidence_min = 60},
        .language = FillLanguage::kJapanese};
    EXPECT_EQ(read, expected);
}

TEST(EnhanceRules, NoConfidenceIsAskedForAndEnglishIsWrittenByDefault) {
    const EnhanceRules read = enhance_of("");

    EXPECT_EQ(read, EnhanceRules{});
    EXPECT_EQ(read.settings.confidence_min, 0);
    EXPECT_EQ(read.language, FillLanguage::kEnglish);
}

TEST(EnhanceRules, EveryLanguageHasItsWord) {
    for (std::size_t i = 0; i < kFillLanguages.size(); ++i) {
        const std::string line = "language = '" + std::string{kFillLanguages.at(i)} + "'\n";
        EXPECT_EQ(enhance_of(line).language, static_cast<FillLanguage>(i)) << line;
    }
}

TEST(EnhanceRules, WhatAKeyHasNotIsRefused) {
    for (const std::string_view line :
         {"confidence_min = 101", "confidence_min = -1", "confidence_min = 0.6", "confidence_min = 'high'",
          "language = 'tlh'", "language = ''", "language = 1", "confidence = 60"}) {
        const auto rules = RuleSet::parse(std::string{kHead} + std::string{line}, "f.toml");
        ASSERT_FALSE(rules) << line;
        EXPECT_NE(rules.error().message().find("f.toml:6:"), std::string::npos) << rules.error().message();
    }
}

}  // namespace
}  // namespace efface::rules
