// Goal: the nouns of the standard are read and refused as PS3.5 says, and the generated tables are whole.
#include "rules/vocabulary/ae_title.h"
#include "rules/vocabulary/dictionary.h"
#include "rules/vocabulary/sop_class.h"
#include "rules/vocabulary/tag.h"
#include "rules/vocabulary/transfer_syntax.h"
#include "rules/vocabulary/uid.h"
#include "rules/vocabulary/vr.h"

#include <gtest/gtest.h>

namespace efface::rules {
namespace {

TEST(Tag, TextAndBack) {
    EXPECT_EQ(to_string(Tag{0x0010, 0x00FA}), "(0010,00FA)");
    EXPECT_EQ(parse_tag("(0010,00fa)"), Tag(0x0010, 0x00FA));
    EXPECT_EQ(parse_tag("0010,00FA"), Tag(0x0010, 0x00FA));
    EXPECT_EQ(parse_tag("001000FA"), Tag(0x0010, 0x00FA));
    for (const char* wrong : {"", "0010", "(0010,00FA", "0010-00FA", "0010,00FG", "001000FA0", "00100,0FA"}) {
        EXPECT_FALSE(parse_tag(wrong)) << wrong;
    }
}

TEST(Vr, NamesAndKinds) {
    EXPECT_EQ(parse_vr("SQ"), Vr::SQ);
    EXPECT_EQ(vr_name(Vr::UV), "UV");
    for (const char* wrong : {"", "sq", "XX", "S", "SQX", "ZZ"}) {
        EXPECT_FALSE(parse_vr(wrong)) << wrong;
    }
    EXPECT_TRUE(has_long_length(Vr::UC));
    EXPECT_FALSE(has_long_length(Vr::US));
    EXPECT_TRUE(is_text(Vr::PN) && is_charset_text(Vr::PN) && !is_ascii_text(Vr::PN));
    EXPECT_TRUE(is_multi_valued_text(Vr::CS));
    EXPECT_FALSE(is_multi_valued_text(Vr::LT));
    EXPECT_EQ(value_characters_max(Vr::SH), 16U);
    EXPECT_EQ(unit_bytes(Vr::FD), 8U);
    EXPECT_EQ(unit_bytes(Vr::AT), 2U);
}

TEST(Uid, AcceptsWhatTheStandardAllows) {
    const std::string longest = "1." + std::string(62, '2');
    for (const std::string& text : {std::string{"1.2.840.10008.1.2"}, std::string{"0.0"}, longest}) {
        const auto uid = Uid::parse(text);
        ASSERT_TRUE(uid) << text;
        EXPECT_EQ(uid->text(), text);
    }
    EXPECT_EQ(Uid::parse(std::string_view{"1.2\0", 4})->text(), "1.2");
    EXPECT_EQ(Uid::parse("1.2 ")->text(), "1.2");
}

TEST(Uid, RefusesWhatTheStandardForbids) {
    const std::string too_long = "1." + std::string(63, '2');
    for (const std::string& text :
         {std::string{}, std::string{"1..2"}, std::string{".1"}, std::string{"1."}, std::string{"1.02"},
          std::string{"1.a"}, std::string{" 1.2"}, too_long}) {
        EXPECT_FALSE(Uid::parse(text)) << text;
    }
}

TEST(Uid, RegisteredByExactValueOnly) {
    EXPECT_TRUE(is_registered_uid("1.2.840.10008.1.2.1"));
    EXPECT_TRUE(is_registered_uid("1.2.840.10008.1.4.1.1"));  // Talairach Brain Atlas Frame of Reference
    EXPECT_TRUE(is_registered_uid("1.2.840.10008.15.1.1"));   // Universal Coordinated Time
    EXPECT_TRUE(is_registered_uid("1.2.840.10008.2.16.4"));   // DICOM Controlled Terminology
    EXPECT_FALSE(is_registered_uid("1.2.840.10008.1.2.1.12345"));
    EXPECT_FALSE(is_registered_uid("1.2.840.10008"));
    EXPECT_FALSE(is_registered_uid(""));
}

TEST(AeTitle, TrimsSpacesAndRefusesControls) {
    EXPECT_EQ(AeTitle::parse("  CT ONE ")->text(), "CT ONE");
    EXPECT_TRUE(AeTitle::parse("ABCDEFGHIJKLMNOP"));
    for (const char* wrong : {"", "    ", "ABCDEFGHIJKLMNOPQ", "A\\B", "A\nB", "\xC4"}) {
        EXPECT_FALSE(AeTitle::parse(wrong)) << wrong;
    }
}

TEST(TransferSyntax, TableIsWholeAndOrdered) {
    const auto table = transfer_syntaxes();

    EXPECT_EQ(table.size(), 63U);
    EXPECT_TRUE(std::is_sorted(table.begin(), table.end(), [](const auto& a, const auto& b) {
        return a.uid < b.uid;
    }));
    EXPECT_EQ(
        std::count_if(table.begin(), table.end(), [](const auto& row) { return row.storable; }), 63 - 12
    );
    for (const auto& row : table) {
        EXPECT_EQ(find_transfer_syntax(row.uid), &row);
        EXPECT_TRUE(is_registered_uid(row.uid)) << row.uid;
    }
    EXPECT_EQ(find_transfer_syntax("1.2.3"), nullptr);
}

TEST(TransferSyntax, FlagsOfTheCommonOnes) {
    EXPECT_FALSE(find_transfer_syntax(kImplicitVrLittleEndian)->explicit_vr);
    EXPECT_TRUE(find_transfer_syntax(kExplicitVrBigEndian)->big_endian);
    EXPECT_FALSE(find_transfer_syntax("1.2.840.10008.1.2.1.99")->storable);
    EXPECT_EQ(find_transfer_syntax("1.2.840.10008.1.2.4.70")->family, SyntaxFamily::kJpeg);
    EXPECT_TRUE(find_transfer_syntax("1.2.840.10008.1.2.4.100.1")->storable);
}

TEST(SopClass, TableIsWhole) {
    const auto table = storage_sop_classes();

    EXPECT_EQ(table.size(), 213U);
    EXPECT_EQ(
        std::count_if(
            table.begin(), table.end(),
            [](const auto& row) { return row.kind == SopClassKind::kPatientStorage; }
        ),
        173
    );
    for (const auto& row : table) {
        EXPECT_EQ(find_storage_sop_class(row.uid), &row);
    }
    EXPECT_EQ(find_storage_sop_class("1.2.840.10008.5.1.4.1.1.2")->name, "CT Image Storage");
    EXPECT_EQ(find_storage_sop_class(kVerificationSopClass), nullptr);
}

TEST(Dictionary, FindsByTagAndByKeyword) {
    const DictionaryEntry* name = find_attribute(Tag{0x0010, 0x0010});

    ASSERT_NE(name, nullptr);
    EXPECT_EQ(name->keyword, "PatientName");
    EXPECT_EQ(name->vr, Vr::PN);
    EXPECT_EQ(find_attribute("PatientName"), name);
    EXPECT_EQ(find_attribute("DoseCalculationModelName")->tag, Tag(0x3004, 0x007F));
    EXPECT_EQ(find_attribute(Tag{0x0028, 0x0106})->vr_text, "US or SS");
    EXPECT_EQ(find_attribute("NoSuchKeyword"), nullptr);
    EXPECT_EQ(find_attribute(""), nullptr);
}

TEST(Dictionary, AVrMayStandWhereItSaysNoMoreThanTheAttributeCan) {
    const auto may = [](std::string_view keyword, Vr vr) {
        return may_stand_as(*find_attribute(keyword), vr);
    };

    EXPECT_TRUE(may("PixelPaddingValue", Vr::SS));
    EXPECT_TRUE(may("KVP", Vr::IS));
    EXPECT_TRUE(may("StudyDescription", Vr::CS));
    EXPECT_TRUE(may("Rows", Vr::UN));
    EXPECT_FALSE(may("Rows", Vr::UT));
    EXPECT_FALSE(may("KVP", Vr::OB));
    EXPECT_FALSE(may("CodeMeaning", Vr::PN));
    EXPECT_FALSE(may("ReferencedImageSequence", Vr::LT));
    for (const DictionaryEntry& entry : dictionary()) {
        EXPECT_TRUE(may_stand_as(entry, entry.vr)) << entry.keyword;
    }
}

TEST(Dictionary, RepeatingGroupsAreEvenAndEndAt1E) {
    EXPECT_EQ(keyword_of(Tag{0x6000, 0x3000}), "OverlayData");
    EXPECT_EQ(keyword_of(Tag{0x601E, 0x3000}), "OverlayData");
    EXPECT_EQ(keyword_of(Tag{0x5002, 0x3000}), "CurveData");
    EXPECT_EQ(find_attribute(Tag{0x6020, 0x3000}), nullptr);
    EXPECT_EQ(find_attribute(Tag{0x6001, 0x3000}), nullptr);
    EXPECT_EQ(find_attribute("OverlayData")->tag, Tag(0x6000, 0x3000));
}

TEST(Dictionary, KnowsNoPrivateTags) {
    EXPECT_EQ(find_attribute(Tag{0x0009, 0x0010}), nullptr);
    EXPECT_EQ(keyword_of(Tag{0x0009, 0x0010}), "");
}

}  // namespace
}  // namespace efface::rules
