// Goal: no known string of identity survives anywhere in what is written.
// Method: plant one marker in every VR's attributes that the table touches, at three depths and in
// private groups, clean, and search the encoded bytes for the markers.
#include "rules/profile/table.h"
#include "rules/vocabulary/dictionary.h"
#include "tests/unit/pipeline/header/header_fixture.h"

namespace efface::pipeline {
namespace {

using rules::Tag;
using rules::Vr;

constexpr std::string_view kMarker = "QZMARKER";
constexpr std::string_view kDate = "19431127";
constexpr std::string_view kTime = "234317";
constexpr std::string_view kUid = "1.2.3.99876.55443";
constexpr std::string_view kNumber = "98713";

std::string planted_value(Vr vr) {
    switch (vr) {
        case Vr::DA:
            return std::string{kDate};
        case Vr::DT:
            return std::string{kDate} + std::string{kTime};
        case Vr::TM:
            return std::string{kTime};
        case Vr::UI:
            return std::string{kUid};
        case Vr::AS:
            return "087Y";
        case Vr::IS:
        case Vr::DS:
            return std::string{kNumber};
        default:
            return std::string{kMarker};
    }
}

/// Attributes whose identity is in their bytes as text or bytes; what a number hides is another test's.
bool plantable(const rules::TableRow& row) {
    const rules::DictionaryEntry* entry = rules::find_attribute(row.tag);
    return row.family.empty() && entry != nullptr && entry->vr != Vr::SQ && row.tag.group() > 4 &&
           row.tag != Tag{0x0008, 0x0016} && (rules::is_text(entry->vr) || rules::unit_bytes(entry->vr) == 1);
}

void plant_table(Item item) {
    for (const rules::TableRow& row : rules::table_rows()) {
        // An encapsulated document without a known type is quarantine, not an edit: tested elsewhere.
        if (plantable(row) && row.tag != Tag{0x0042, 0x0011}) {
            const Vr vr = rules::find_attribute(row.tag)->vr;
            put(item, row.tag.value, vr, planted_value(vr));
        }
    }
}

void plant_private(Item item) {
    put(item, 0x00090010, Vr::LO, kMarker);
    for (int i = 0; i <= static_cast<int>(Vr::UV); ++i) {
        const Vr vr = static_cast<Vr>(i);
        if (vr != Vr::SQ) {
            put(item, 0x00091000U + static_cast<std::uint32_t>(i), vr, kMarker);
        }
    }
}

void plant_unknown(Item item) {
    put(item, 0x000800FE, Vr::LO, kMarker);  // Even group, in no dictionary.
    put(item, 0x50000010, Vr::LO, kMarker);  // Curves and overlays, retired or not.
    put(item, 0x60000022, Vr::LO, kMarker);
    put(item, 0x60003000, Vr::OW, kMarker);
    put(item, 0x60004000, Vr::LT, kMarker);
}

void plant_all(Item item) {
    plant_table(item);
    plant_private(item);
    plant_unknown(item);
}

void expect_no_trace(const std::string& bytes, const std::string& where) {
    for (const std::string_view planted : {kMarker, kDate, kTime, kUid, kNumber, std::string_view{"087Y"}}) {
        EXPECT_EQ(bytes.find(planted), std::string::npos) << planted << " survives in " << where;
    }
}

TEST(PlantedIdentity, SurvivesNowhereInAnySyntax) {
    const Bench bench;
    DataSet data_set;
    plant_all(data_set.root());
    put(data_set.root(), 0x00080016, Vr::UI, kCtImageStorage);
    Item first = data_set.root().append_item(Tag{0x0008, 0x1115}).value();
    plant_all(first);
    Item second = first.append_item(Tag{0x0040, 0xA170}).value();
    plant_all(second);
    Item third = second.append_item(Tag{0x0008, 0x1199}).value();
    plant_all(third);

    const auto outcome = bench.clean(data_set);

    ASSERT_TRUE(outcome.has_value()) << outcome.error().message();
    for (const std::string_view uid :
         {rules::kExplicitVrLittleEndian, rules::kImplicitVrLittleEndian, rules::kExplicitVrBigEndian}) {
        const auto bytes = data_set.serialise(*rules::find_transfer_syntax(uid));
        ASSERT_TRUE(bytes.has_value());
        expect_no_trace(*bytes, std::string{uid});
    }
}

TEST(PlantedIdentity, WouldBeSeenIfItSurvived) {
    DataSet data_set;
    plant_all(data_set.root());

    const auto bytes = data_set.serialise(*rules::find_transfer_syntax(rules::kExplicitVrLittleEndian));

    for (const std::string_view planted : {kMarker, kDate, kTime, kUid, kNumber}) {
        EXPECT_NE(bytes->find(planted), std::string::npos);
    }
}

// Every row alone, so that no row hides behind another.
TEST(PlantedIdentity, SurvivesInNoRowAlone) {
    const Bench bench;
    const auto& syntax = *rules::find_transfer_syntax(rules::kExplicitVrLittleEndian);
    for (const rules::TableRow& row : rules::table_rows()) {
        if (!plantable(row) || row.tag == Tag{0x0042, 0x0011}) {
            continue;
        }
        DataSet data_set;
        put(data_set.root(), 0x00080016, Vr::UI, kCtImageStorage);
        const Vr vr = rules::find_attribute(row.tag)->vr;
        put(data_set.root(), row.tag.value, vr, planted_value(vr));
        const auto outcome = bench.clean(data_set);
        if (!outcome) {
            EXPECT_EQ(outcome.error().fault, Fault::kQuarantine) << row.keyword;
            continue;
        }
        expect_no_trace(data_set.serialise(syntax).value(), std::string{row.keyword});
    }
}

}  // namespace
}  // namespace efface::pipeline
