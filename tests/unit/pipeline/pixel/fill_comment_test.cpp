// Goal: Image Comments of a filled instance is in the language of its rule where the character set holds
// that, and in English else; the bytes are those of that character set. Method: every language in character
// sets that hold it and in ones that do not, read back by the code that reads originals.
#include "pipeline/pixel/fill_comment.h"

#include "rules/text/character_set.h"

#include <gtest/gtest.h>

#include <set>

namespace efface::pipeline {
namespace {

using enum rules::FillLanguage;

const std::string kEnglishText{fill_comment_text(kEnglish)};

std::string read_back(std::string_view character_set, std::string_view bytes) {
    const auto text = rules::decode(rules::split_character_sets(character_set), bytes, rules::Vr::LT);
    EXPECT_TRUE(text) << character_set;
    return text.value_or("");
}

void expect_held(rules::FillLanguage language, std::string_view character_set) {
    const std::string bytes = fill_comment(language, character_set);
    EXPECT_NE(bytes, kEnglishText) << character_set;
    EXPECT_EQ(read_back(character_set, bytes), fill_comment_text(language)) << character_set;
}

void expect_english(rules::FillLanguage language, std::string_view character_set) {
    EXPECT_EQ(fill_comment(language, character_set), kEnglishText) << character_set;
}

TEST(FillComment, EveryLanguageHasATextOfItsOwn) {
    std::set<std::string_view> texts;
    for (std::size_t i = 0; i < rules::kFillLanguages.size(); ++i) {
        const std::string_view text = fill_comment_text(static_cast<rules::FillLanguage>(i));
        EXPECT_GT(text.size(), 60U);
        EXPECT_TRUE(texts.insert(text).second) << text;
        EXPECT_EQ(text.find('\\'), std::string_view::npos);
    }
}

TEST(FillComment, UnicodeHoldsEveryLanguageAsItStands) {
    for (const auto language : {kChinese, kGerman, kFrench, kSpanish, kJapanese}) {
        EXPECT_EQ(fill_comment(language, "ISO_IR 192"), fill_comment_text(language));
    }
}

TEST(FillComment, ChineseStandsInWhatHoldsIt) {
    for (const std::string_view set : {"GB18030", "GBK", "\\ISO 2022 IR 58"}) {
        expect_held(kChinese, set);
    }
    // The first two characters, in two bytes each.
    EXPECT_TRUE(fill_comment(kChinese, "GB18030").starts_with("\xD5\xDA\xB5\xB2"));
}

TEST(FillComment, ChineseIsEnglishInWhatDoesNot) {
    for (const std::string_view set : {"", "ISO_IR 6", "ISO_IR 100", "ISO_IR 144", "\\ISO 2022 IR 87"}) {
        expect_english(kChinese, set);
    }
}

TEST(FillComment, GermanFrenchAndSpanishStandInLatin1) {
    for (const auto language : {kGerman, kFrench, kSpanish}) {
        expect_held(language, "ISO_IR 100");
        expect_held(language, "\\ISO 2022 IR 100");
        EXPECT_LT(fill_comment(language, "ISO_IR 100").size(), fill_comment_text(language).size());
    }
}

TEST(FillComment, WhatHasUmlautsOrAccentsIsEnglishWithoutACharacterSet) {
    for (const auto language : {kGerman, kFrench, kSpanish}) {
        expect_english(language, "");
        expect_english(language, "ISO_IR 6");
        expect_english(language, "ISO_IR 144");
    }
}

TEST(FillComment, JapaneseStandsInJisX0208) {
    expect_held(kJapanese, "\\ISO 2022 IR 87");
    expect_held(kJapanese, "ISO 2022 IR 13\\ISO 2022 IR 87");
    expect_english(kJapanese, "ISO_IR 13");
}

TEST(FillComment, IsEnglishWhereNobodyDefinesTheCharacterSet) {
    for (const std::string_view set : {"UTF-8", "ISO_IR 999", "ISO_IR 192\\ISO 2022 IR 87", "GB18030\\GBK"}) {
        expect_english(kChinese, set);
        expect_english(kGerman, set);
    }
}

TEST(FillComment, EnglishIsTheSameEverywhere) {
    for (const std::string_view set : {"", "ISO_IR 192", "GB18030", "\\ISO 2022 IR 87", "nonsense"}) {
        expect_english(kEnglish, set);
    }
}

}  // namespace
}  // namespace efface::pipeline
