// Goal: the attestation states what was done, to the letter. The expected values are written out here
// on purpose: a change of the constants must be seen by a person.
#include "tests/unit/pipeline/header/header_fixture.h"

namespace efface::pipeline {
namespace {

using rules::Tag;
using rules::Vr;

constexpr std::string_view kEnhancedCtImageStorage = "1.2.840.10008.5.1.4.1.1.2.1";

std::string code_at(const Item& item, Tag sequence, std::size_t index) {
    const std::vector<Item> items = item.find(sequence)->items();
    const Item& code = items.at(index);
    return code.text(Tag{0x0008, 0x0102}).value() + ":" + code.text(Tag{0x0008, 0x0100}).value() + ":" +
           code.text(Tag{0x0008, 0x0104}).value();
}

TEST(Stamp, StatesWhatWasDoneToThisInstance) {
    const Bench bench;
    DataSet data_set = small_ct();

    ASSERT_TRUE(bench.clean(data_set).has_value());

    EXPECT_EQ(text(data_set, 0x00120062), "YES");
    EXPECT_EQ(text(data_set, 0x00120063), "Efface: PS3.15 Table E.1-1 applied to all attributes");
    EXPECT_EQ(data_set.root().find(Tag{0x0012, 0x0064})->items().size(), 1U);
    EXPECT_EQ(
        code_at(data_set.root(), Tag{0x0012, 0x0064}, 0),
        "DCM:113100:Basic Application Confidentiality Profile"
    );
    EXPECT_EQ(text(data_set, 0x00280303), "REMOVED");
    const auto equipment = data_set.root().find(Tag{0x0018, 0xA001})->items();
    ASSERT_EQ(equipment.size(), 1U);
    EXPECT_EQ(equipment[0].elements().size(), 5U);
    EXPECT_EQ(equipment[0].text(Tag{0x0008, 0x0070}).value(), "Efface");
    EXPECT_EQ(equipment[0].text(Tag{0x0008, 0x1090}).value(), "Efface");
    EXPECT_EQ(equipment[0].text(Tag{0x0018, 0x1020}).value(), "0.1.0");
    EXPECT_EQ(equipment[0].text(Tag{0x0018, 0xA002}).value(), "2026");
    EXPECT_EQ(code_at(equipment[0], Tag{0x0040, 0xA170}, 0), "DCM:109104:De-identifying Equipment");
    EXPECT_FALSE(has(data_set, 0x00280301));
    EXPECT_FALSE(has(data_set, 0x00280302));
}

TEST(Stamp, ReplacesWhatTheSenderSaidInAnyVr) {
    const Bench bench;
    DataSet data_set = small_ct();
    put(data_set.root(), 0x00120062, Vr::LT, "yes, by hand, ask Erika");
    put(data_set.root(), 0x00280303, Vr::SH, "REMOVED");

    ASSERT_TRUE(bench.clean(data_set).has_value());

    EXPECT_EQ(data_set.root().find(Tag{0x00120062})->vr(), Vr::CS);
    EXPECT_EQ(data_set.root().find(Tag{0x00280303})->vr(), Vr::CS);
    EXPECT_EQ(text(data_set, 0x00120062), "YES");
}

TEST(Stamp, SaysNoWherePixelsMayIdentify) {
    Bench bench;
    bench.pixels = {.treatment = rules::PixelTreatment::kNotExamined};
    DataSet data_set = small_ct();

    ASSERT_TRUE(bench.clean(data_set).has_value());

    EXPECT_EQ(text(data_set, 0x00120062), "NO");
    EXPECT_EQ(
        text(data_set, 0x00120063),
        "Efface: PS3.15 Table E.1-1 applied to all attributes\\Efface: Pixel Data not examined for text or "
        "faces"
    );
    EXPECT_EQ(data_set.root().find(Tag{0x0012, 0x0064})->items().size(), 1U);
}

DataSet with_history() {
    DataSet data_set = small_ct();
    put(data_set.root(), 0x00120062, Vr::CS, "YES");
    put(data_set.root(), 0x00120063, Vr::LO, "Somebody's tool");
    Item code = data_set.root().append_item(Tag{0x0012, 0x0064}).value();
    put(code, 0x00080100, Vr::SH, "113101");
    put(code, 0x00080102, Vr::SH, "DCM");
    put(code, 0x00080104, Vr::LO, "Clean Pixel Data Option");
    Item equipment = data_set.root().append_item(Tag{0x0018, 0xA001}).value();
    put(equipment, 0x00080080, Vr::LO, "General Hospital");
    return data_set;
}

TEST(Stamp, ForgetsTheHistoryOfASenderThatNobodyTrusts) {
    const Bench bench;
    DataSet data_set = with_history();

    const auto outcome = bench.clean(data_set);

    ASSERT_TRUE(outcome.has_value());
    EXPECT_EQ(text(data_set, 0x00120063), "Efface: PS3.15 Table E.1-1 applied to all attributes");
    EXPECT_EQ(data_set.root().find(Tag{0x0012, 0x0064})->items().size(), 1U);
    EXPECT_EQ(outcome->facts.size(), 1U);
    // Other equipment is no claim: its item is cleaned as every item, and ours is the last.
    const auto equipment = data_set.root().find(Tag{0x0018, 0xA001})->items();
    ASSERT_EQ(equipment.size(), 2U);
    EXPECT_EQ(equipment[0].text(Tag{0x0008, 0x0080}).value(), "");
    EXPECT_EQ(equipment[1].text(Tag{0x0008, 0x0070}).value(), "Efface");
}

TEST(Stamp, KeepsTrustedHistoryBeforeItsOwn) {
    Bench bench;
    bench.rule.trust_sender_history = true;
    DataSet data_set = with_history();

    ASSERT_TRUE(bench.clean(data_set).has_value());

    EXPECT_EQ(
        text(data_set, 0x00120063), "Somebody's tool\\Efface: PS3.15 Table E.1-1 applied to all attributes"
    );
    ASSERT_EQ(data_set.root().find(Tag{0x0012, 0x0064})->items().size(), 2U);
    EXPECT_EQ(code_at(data_set.root(), Tag{0x0012, 0x0064}, 0), "DCM:113101:Clean Pixel Data Option");
    EXPECT_EQ(
        code_at(data_set.root(), Tag{0x0012, 0x0064}, 1),
        "DCM:113100:Basic Application Confidentiality Profile"
    );
}

TEST(Stamp, TreatsClaimsAboutPixelsAsClaims) {
    Bench bench;
    DataSet says_yes = small_ct();
    put(says_yes.root(), 0x00280301, Vr::CS, "YES");
    DataSet says_no = small_ct();
    put(says_no.root(), 0x00280301, Vr::CS, "NO");
    put(says_no.root(), 0x00280302, Vr::CS, "NO");

    ASSERT_TRUE(bench.clean(says_yes).has_value());
    ASSERT_TRUE(bench.clean(says_no).has_value());

    EXPECT_EQ(text(says_yes, 0x00280301), "YES");
    EXPECT_FALSE(has(says_no, 0x00280301));
    EXPECT_FALSE(has(says_no, 0x00280302));
}

TEST(Stamp, TurnsAnUnprovenNoIntoYesWhereTheAttributeIsRequired) {
    Bench bench;
    bench.sop_class_uid = kEnhancedCtImageStorage;
    DataSet data_set = small_ct();
    put(data_set.root(), 0x00080016, Vr::UI, kEnhancedCtImageStorage);
    put(data_set.root(), 0x00280301, Vr::CS, "NO");

    ASSERT_TRUE(bench.clean(data_set).has_value());

    EXPECT_EQ(text(data_set, 0x00280301), "YES");
}

TEST(Stamp, TakesTheYearFromTheWorkOrderInUtc) {
    const Bench bench;
    DataSet data_set = small_ct();
    put(data_set.root(), 0x00080020, Vr::DA, "20190310");

    ASSERT_TRUE(bench.clean(data_set).has_value());

    const auto* syntax = rules::find_transfer_syntax(rules::kExplicitVrLittleEndian);
    EXPECT_EQ(data_set.serialise(*syntax)->find("20190310"), std::string::npos);
}

}  // namespace
}  // namespace efface::pipeline
