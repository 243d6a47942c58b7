// Goal: every defined term of Specific Character Set is read and written as its standard says.
// Method: byte strings of PS3.5 annexes H to K and of the code tables, checked with other software.
#include "rules/text/character_set.h"

#include "rules/vocabulary/vr.h"

#include <gtest/gtest.h>

namespace efface::rules {
namespace {

using namespace std::string_literals;

struct Known {
    std::string charset;  ///< (0008,0005) as it stands.
    std::string bytes;
    std::string utf8;
};

class CharacterSet : public ::testing::TestWithParam<Known> {};

TEST_P(CharacterSet, DecodesAndEncodes) {
    const auto sets = split_character_sets(GetParam().charset);

    const auto decoded = decode(sets, GetParam().bytes, Vr::PN);

    ASSERT_TRUE(decoded) << decoded.error().message();
    EXPECT_EQ(*decoded, GetParam().utf8);
    EXPECT_EQ(encode(sets, GetParam().utf8), GetParam().bytes);
}

INSTANTIATE_TEST_SUITE_P(
    SingleSet, CharacterSet,
    ::testing::Values(
        Known{"", "Doe^Jane", "Doe^Jane"}, Known{"ISO_IR 6", "Doe^Jane", "Doe^Jane"},
        Known{
            "ISO_IR 100",
            "\xC4neas^R\xFC"
            "diger",
            "Äneas^Rüdiger"},
        Known{"ISO_IR 101", "Wa\xB3\xEAsa", "Wałęsa"}, Known{"ISO_IR 109", "ant\xB1nis", "antħnis"},
        Known{"ISO_IR 110", "\xA9\xF3\xBAle", "Šķēle"},
        Known{
            "ISO_IR 144",
            "\xBB\xEE\xDA"
            "ce\xDC\xD1yp\xD3",
            "Люкceмбypг"},
        Known{"ISO_IR 127", "\xE2\xC8\xC7\xE6\xEA^\xE4\xE6\xD2\xC7\xD1", "قباني^لنزار"},
        Known{"ISO_IR 126", "\xC4\xE9\xEF\xED\xF5\xF3\xE9\xEF\xF2", "Διονυσιος"},
        Known{"ISO_IR 138", "\xF9\xF8\xE5\xEF^\xE3\xE1\xE5\xF8\xE4", "שרון^דבורה"},
        Known{
            "ISO_IR 148",
            "\xC7"
            "avu\xFEo\xF0lu",
            "Çavuşoğlu"},
        Known{"ISO_IR 203", "\xB4ofie \xA4", "Žofie €"},
        Known{"ISO_IR 166", "\xB9\xD2\xC1\xCA\xA1\xD8\xC5", "นามสกุล"},
        Known{"ISO_IR 13", "\xD4\xCF\xC0\xDE^\xC0\xDB\xB3", "ﾔﾏﾀﾞ^ﾀﾛｳ"},
        Known{"ISO_IR 192", "Wang^XiaoDong=王^小东", "Wang^XiaoDong=王^小东"},
        Known{"GB18030", "Wang=\xCD\xF5^\xD0\xA1\xB6\xAB", "Wang=王^小东"},
        Known{"GBK", "Wang=\xCD\xF5^\xD0\xA1\xB6\xAB", "Wang=王^小东"}
    )
);

INSTANTIATE_TEST_SUITE_P(
    CodeExtensions, CharacterSet,
    ::testing::Values(
        // PS3.5 H.3.1
        Known{
            "\\ISO 2022 IR 87",
            "Yamada^Tarou=\033$B;3ED\033(B^\033$BB@O:\033(B=\033$B$d$^$@\033(B^\033$B$?$m$&\033(B",
            "Yamada^Tarou=山田^太郎=やまだ^たろう"},
        // PS3.5 H.3.2
        Known{
            "ISO 2022 IR 13\\ISO 2022 IR 87",
            "\xD4\xCF\xC0\xDE^\xC0\xDB\xB3=\033$B;3ED\033(J^\033$BB@O:\033(J=\033$B$d$^$@\033(J^\033$B$?$m$&"
            "\033(J",
            "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう"},
        // PS3.5 I.2
        Known{
            "\\ISO 2022 IR 149",
            "Hong^Gildong=\033$)C\xFB\xF3^\033$)C\xD1\xCE\xD4\xD7=\033$)C\xC8\xAB^\033$)C\xB1\xE6\xB5\xBF",
            "Hong^Gildong=洪^吉洞=홍^길동"},
        // PS3.5 K.2
        Known{
            "\\ISO 2022 IR 58", "Zhang^XiaoDong=\033$)A\xD5\xC5^\033$)A\xD0\xA1\xB6\xAB",
            "Zhang^XiaoDong=张^小东"},
        Known{"\\ISO 2022 IR 159", "\033$(D\x30\x21\033(B", "丂"},
        Known{
            "ISO 2022 IR 100\\ISO 2022 IR 144",
            "B\xFC"
            "c^\033-L\xBB\xEE\xDA",
            "Büc^Люк"},
        Known{"ISO 2022 IR 100\\ISO 2022 IR 126", "Dionysios=\033-F\xC4\xE9\xEF\xED", "Dionysios=Διον"},
        Known{"ISO 2022 IR 6\\ISO 2022 IR 203", "\033-b\xA4", "€"}
    )
);

TEST(CharacterSetDecode, DelimitersGoBackToTheFirstSet) {
    const auto sets = split_character_sets("ISO 2022 IR 100\\ISO 2022 IR 144");

    EXPECT_EQ(*decode(sets, "\033-L\xBB\xEE^\xFC", Vr::PN), "Лю^ü");
    EXPECT_EQ(*decode(sets, "\033-L\xBB\xEE^\xD3", Vr::LO), "Лю^г");  // "^" is no delimiter outside PN.
    EXPECT_EQ(*decode(sets, "\033-L\xBB\xEE\\\xFC", Vr::LO), "Лю\\ü");
    EXPECT_EQ(*decode(sets, "\033-L\xBB\xEE\r\n\xFC", Vr::LT), "Лю\r\nü");
}

TEST(CharacterSetDecode, BytesWithoutMeaningBecomeTheReplacement) {
    const auto plain = [](const char* charset) { return split_character_sets(charset); };

    EXPECT_EQ(*decode(plain(""), "J\xFCrgen", Vr::PN), "J\uFFFDrgen");
    EXPECT_EQ(
        *decode(
            plain("ISO_IR 192"),
            "a\xFF"
            "b",
            Vr::LO
        ),
        "a\uFFFDb"
    );
    EXPECT_EQ(*decode(plain("ISO_IR 126"), "\xFF", Vr::LO), "\uFFFD");
    EXPECT_EQ(*decode(plain("\\ISO 2022 IR 149"), "\xC8\xAB", Vr::LO), "\uFFFD\uFFFD");
    EXPECT_EQ(*decode(plain("ISO_IR 100"), "A\xFC", Vr::CS), "A\uFFFD");
}

TEST(CharacterSetDecode, RefusesWhatItCannotRead) {
    for (const char* charset :
         {"ISO_IR 99", "UTF-8", "iso_ir 100", "ISO IR 100", "ISO 2022 IR 192", "ISO_IR 87", "ISO_IR GBK",
          "ISO_IR 192\\ISO 2022 IR 87", "\\GB18030"}) {
        const auto decoded = decode(split_character_sets(charset), "x", Vr::PN);
        ASSERT_FALSE(decoded) << charset;
        EXPECT_EQ(decoded.error().fault, Fault::kQuarantine);
        EXPECT_FALSE(encode(split_character_sets(charset), "ü")) << charset;
    }
    const auto sets = split_character_sets("\\ISO 2022 IR 87");
    EXPECT_FALSE(decode(sets, "\033$)C\xC8\xAB", Vr::PN));
    EXPECT_FALSE(decode(sets, "\033", Vr::PN));
    EXPECT_FALSE(decode(sets, "\033(Z", Vr::PN));
    const std::vector<std::string_view> many(17, "ISO 2022 IR 100");
    EXPECT_FALSE(decode(many, "x", Vr::PN));
}

TEST(CharacterSetDecode, SurvivesAnyBytes) {
    std::uint32_t state = 7;
    const auto sets =
        split_character_sets("ISO 2022 IR 13\\ISO 2022 IR 87\\ISO 2022 IR 159\\ISO 2022 IR 149");
    for (int round = 0; round < 2000; ++round) {
        std::string bytes;
        for (int i = 0; i < 24; ++i) {
            state = state * 1664525U + 1013904223U;
            const std::uint32_t pick = state >> 24U;
            bytes += pick < 40   ? "\033$B"s
                     : pick < 60 ? "\033(J"s
                     : pick < 80 ? "\033$(D"s
                                 : std::string(1, static_cast<char>(pick));
        }
        static_cast<void>(decode(sets, bytes, Vr::PN));
    }
}

TEST(CharacterSetEncode, SaysWhenACharacterHasNoCode) {
    EXPECT_FALSE(encode(split_character_sets(""), "Jürgen"));
    EXPECT_FALSE(encode(split_character_sets("ISO_IR 100"), "山"));
    EXPECT_FALSE(encode(split_character_sets("\\ISO 2022 IR 87"), "한"));
    EXPECT_TRUE(encode(split_character_sets("ISO_IR 192"), "山 한"));
}

TEST(AllEncodings, HoldEveryWayANameMayStand) {
    const auto holds = [](const std::vector<std::string>& all, const std::string& bytes) {
        return std::find(all.begin(), all.end(), bytes) != all.end();
    };
    const auto german = all_encodings("Jürgen");
    const auto japanese = all_encodings("山田");

    EXPECT_TRUE(holds(german, "Jürgen"));
    EXPECT_TRUE(holds(german, "J\xFCrgen"));
    EXPECT_TRUE(holds(japanese, "\033$B;3ED\033(B"));
    EXPECT_TRUE(holds(japanese, "\033$B;3ED\033(J"));
    EXPECT_TRUE(holds(japanese, ";3ED"));
    EXPECT_TRUE(holds(japanese, "\xC9\xBD\xCC\xEF"));  // GBK
    EXPECT_TRUE(holds(japanese, "山田"));
    EXPECT_EQ(all_encodings("Miller"), std::vector<std::string>{"Miller"});
}

TEST(TextCase, CoversMoreThanAscii) {
    EXPECT_EQ(to_upper("Jürgen łęč"), "JÜRGEN ŁĘČ");
    EXPECT_EQ(to_lower("JÜRGEN ΔΙΟΝ"), "jürgen διον");
    EXPECT_EQ(to_upper("straße"), "STRASSE");
}

}  // namespace
}  // namespace efface::rules
