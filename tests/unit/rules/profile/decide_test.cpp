// Goal: one decision per attribute, as PS3.15 Table E.1-1 and Annex E have it, at every path.
#include "rules/profile/table.h"
#include "rules/vocabulary/dictionary.h"

#include <gtest/gtest.h>

namespace efface::rules {
namespace {

constexpr std::string_view kCt = "1.2.840.10008.5.1.4.1.1.2";
constexpr std::string_view kPet = "1.2.840.10008.5.1.4.1.1.128";
constexpr std::string_view kDx = "1.2.840.10008.5.1.4.1.1.1.1";
constexpr std::string_view kEnhancedXa = "1.2.840.10008.5.1.4.1.1.12.1.1";
constexpr std::string_view kPresentationState = "1.2.840.10008.5.1.4.1.1.11.1";
constexpr std::string_view kEncapsulatedPdf = "1.2.840.10008.5.1.4.1.1.104.1";
constexpr std::string_view kEncapsulatedStl = "1.2.840.10008.5.1.4.1.1.104.3";
constexpr std::string_view kUnknownClass = "1.2.3";

Tag tag_of(std::string_view keyword) {
    const DictionaryEntry* entry = find_attribute(keyword);
    return entry != nullptr ? entry->tag : Tag{};
}

Decision decide(std::string_view keyword, std::string_view sop_class, std::span<const Tag> path = {}) {
    const DictionaryEntry* entry = find_attribute(keyword);
    return Profile{}.decide(
        {.tag = entry->tag, .vr = entry->vr, .path = path, .private_creator = {}, .sop_class_uid = sop_class}
    );
}

Decision decide_tag(Tag tag) {
    return Profile{}.decide({.tag = tag, .path = {}, .private_creator = {}, .sop_class_uid = kCt});
}

struct Compound {
    std::string_view keyword;
    std::string_view enclosing;
    std::string_view sop_class;
    char type;
    Action action;
};

class CompoundCode : public ::testing::TestWithParam<Compound> {};

TEST_P(CompoundCode, IsResolvedByTheTypeInThatClass) {
    const Compound& param = GetParam();
    std::vector<Tag> path;
    if (!param.enclosing.empty()) {
        path.push_back(tag_of(param.enclosing));
    }

    const Decision decision = decide(param.keyword, param.sop_class, path);

    EXPECT_EQ(decision.attribute_type, param.type) << param.keyword;
    EXPECT_EQ(static_cast<char>(decision.action), static_cast<char>(param.action)) << param.keyword;
    EXPECT_EQ(decision.source, DecisionSource::kTableRow);
}

constexpr std::string_view kParametricMap = "1.2.840.10008.5.1.4.1.1.30";
constexpr std::string_view kRtIntent = "1.2.840.10008.5.1.4.1.1.481.10";

INSTANTIATE_TEST_SUITE_P(
    Profile, CompoundCode,
    ::testing::Values(
        Compound{"AcquisitionDate", "", kCt, '3', Action::X},
        Compound{"AcquisitionDate", "", kPet, '2', Action::Z},
        Compound{"AcquisitionDate", "", kUnknownClass, '?', Action::Z},
        Compound{"AcquisitionContextSequence", "", kDx, '2', Action::Z},
        Compound{"SeriesDate", "", kCt, '3', Action::X}, Compound{"SeriesDate", "", kPet, '1', Action::D},
        Compound{"SeriesDate", "", kUnknownClass, '?', Action::D},
        Compound{"IntendedPhaseStartDate", "IntendedRTTreatmentPhaseSequence", kRtIntent, '2', Action::D},
        Compound{"PatientID", "", kCt, '2', Action::Z},
        Compound{"PatientID", "OtherPatientIDsSequence", kCt, '1', Action::D},
        Compound{"PatientID", "", kUnknownClass, '?', Action::D},
        Compound{"ContentCreatorName", "", kPresentationState, '3', Action::Z},
        Compound{"InstitutionName", "", kCt, '3', Action::X},
        Compound{"AcquisitionDateTime", "", kEncapsulatedPdf, '2', Action::Z},
        Compound{"AcquisitionDateTime", "", kEnhancedXa, '1', Action::D},
        Compound{"DeviceSerialNumber", "", kEncapsulatedStl, '1', Action::D},
        Compound{"InstitutionName", "", kUnknownClass, '?', Action::D},
        Compound{"ReferencedImageSequence", "", kCt, '3', Action::X},
        Compound{"ReferencedImageSequence", "PerFrameFunctionalGroupsSequence", kEnhancedXa, '2', Action::U},
        Compound{"ReferencedImageSequence", "ReferencedSeriesSequence", kPresentationState, '1', Action::U},
        Compound{"ReferencedImageSequence", "", kUnknownClass, '?', Action::U}
    )
);

// A reference of Type 3: kept where the IOD must list it once more, so that the list has something to list.
TEST(Profile, OptionalReferencesStayWhereTheIodListsThem) {
    const Decision decision = decide("SourceImageSequence", kParametricMap);
    EXPECT_EQ(decision.attribute_type, '3');
    EXPECT_EQ(decision.action, Action::U);
    EXPECT_TRUE(lists_references(kParametricMap));
    EXPECT_FALSE(lists_references(kCt));
    EXPECT_EQ(decide("SourceImageSequence", kCt).action, Action::X);
}

TEST(Profile, SimpleCodesHoldEverywhere) {
    const std::array path{tag_of("ReferencedSeriesSequence")};

    EXPECT_EQ(decide("PatientBirthDate", kCt).action, Action::Z);
    EXPECT_EQ(decide("PatientAddress", kCt).action, Action::X);
    EXPECT_EQ(decide("PatientAddress", kUnknownClass, path).action, Action::X);
    EXPECT_EQ(decide("SOPInstanceUID", kCt, path).action, Action::U);
    EXPECT_EQ(decide("FrameOfReferenceUID", kCt).action, Action::U);
    EXPECT_EQ(decide("ContainerIdentifier", kCt).action, Action::D);
}

TEST(Profile, RemovalNeverBreaksWhatTheIodDemands) {
    const std::array request{tag_of("ReferencedRequestSequence")};

    EXPECT_EQ(decide("PresentationCreationDate", kPresentationState).action, Action::D);
    EXPECT_EQ(decide("PresentationCreationDate", kCt).action, Action::X);
    EXPECT_EQ(decide("RequestedProcedureID", "1.2.840.10008.5.1.4.1.1.88.11", request).action, Action::Z);
    EXPECT_EQ(decide("ResponsiblePerson", kCt).action, Action::X);  // Type 2C: may be absent.
}

TEST(Profile, KeepsStandardAttributesOutsideTheTable) {
    EXPECT_EQ(decide("Modality", kCt).action, Action::K);
    EXPECT_EQ(decide("Modality", kCt).source, DecisionSource::kNotInTable);
    EXPECT_EQ(decide("ConceptNameCodeSequence", kCt).action, Action::K);
    EXPECT_EQ(decide("SOPClassUID", kCt).source, DecisionSource::kStructural);
    EXPECT_EQ(decide("ReferencedSOPClassUID", kCt).action, Action::K);
    EXPECT_EQ(decide("PixelData", kCt).source, DecisionSource::kStructural);
}

TEST(Profile, MapsReferencesThatTheTableForgot) {
    for (const char* keyword :
         {"SOPInstanceUIDOfConcatenationSource", "MultiFrameSourceSOPInstanceUID",
          "VolumeFrameOfReferenceUID", "ReferencedFiducialUID"}) {
        EXPECT_EQ(decide(keyword, kCt).action, Action::U) << keyword;
    }
}

TEST(Profile, RemovesHousekeepingUnknownAndPrivate) {
    const std::array<std::pair<Tag, DecisionSource>, 13> removed{{
        {Tag{0x0010, 0x0000}, DecisionSource::kGroupRule},
        {Tag{0x0000, 0x1001}, DecisionSource::kGroupRule},
        {Tag{0x0002, 0x0003}, DecisionSource::kGroupRule},
        {Tag{0x0004, 0x1511}, DecisionSource::kGroupRule},
        {Tag{0xFFFA, 0xFFFA}, DecisionSource::kGroupRule},
        {Tag{0x4FFE, 0x0001}, DecisionSource::kGroupRule},
        {Tag{0x0400, 0x0500}, DecisionSource::kGroupRule},
        {Tag{0x0009, 0x0010}, DecisionSource::kTableRow},
        {Tag{0x0029, 0x1010}, DecisionSource::kTableRow},
        {Tag{0xFFFC, 0xFFFC}, DecisionSource::kTableRow},
        {Tag{0x0008, 0x0007}, DecisionSource::kUnknownAttribute},
        {Tag{0x6020, 0x3001}, DecisionSource::kGroupRule},
        {Tag{0x5020, 0x3000}, DecisionSource::kUnknownAttribute},
    }};
    for (const auto& [tag, source] : removed) {
        EXPECT_EQ(decide_tag(tag).action, Action::X) << to_string(tag);
        EXPECT_EQ(decide_tag(tag).source, source) << to_string(tag);
    }
}

TEST(Profile, RemovesOverlaysAndCurvesAsAWhole) {
    for (const Tag tag :
         {Tag{0x6000, 0x0010}, Tag{0x6002, 0x3000}, Tag{0x6000, 0x4000}, Tag{0x6000, 0x1500},
          Tag{0x5000, 0x3000}, Tag{0x501E, 0x2500}}) {
        EXPECT_EQ(decide_tag(tag).action, Action::X) << to_string(tag);
    }
}

/// What the option says of the row, or what the Basic code says where its cell is empty.
TEST(Profile, EveryOptionColumnOverridesTheBasicCode) {
    for (std::size_t i = 0; i < kOptionCount; ++i) {
        SCOPED_TRACE(i);
        const auto option = static_cast<Option>(i);
        const Profile with{ProfileOptions{.options = {option}, .overrides = {}}};
        int decided = 0;
        for (const TableRow& row : table_rows()) {
            if (row.tag.group() <= 0x0004 || !row.family.empty() || row.tag == Tag{0xFFFA, 0xFFFA}) {
                continue;
            }
            const AttributeContext attribute{
                .tag = row.tag, .path = {}, .private_creator = {}, .sop_class_uid = kCt};
            const Decision decision = with.decide(attribute);
            if (row.option(option) == ' ') {
                EXPECT_EQ(decision.action, Profile{}.decide(attribute).action) << row.keyword;
                EXPECT_FALSE(decision.option);
                continue;
            }
            ++decided;
            EXPECT_EQ(static_cast<char>(decision.action), row.option(option)) << row.keyword;
            EXPECT_EQ(decision.option, option);
        }
        EXPECT_GT(decided + (option == Option::kRetainSafePrivate ? 1 : 0), 0);
    }
}

TEST(Profile, OptionsReachTheFamilies) {
    const Profile graphics{ProfileOptions{.options = {Option::kCleanGraphics}, .overrides = {}}};
    const Profile safe_private{ProfileOptions{.options = {Option::kRetainSafePrivate}, .overrides = {}}};
    const auto action = [](const Profile& profile, Tag tag) {
        return profile.decide({.tag = tag, .path = {}, .private_creator = {}, .sop_class_uid = kCt}).action;
    };

    EXPECT_EQ(action(graphics, Tag{0x6000, 0x3000}), Action::C);
    EXPECT_EQ(action(graphics, Tag{0x5000, 0x3000}), Action::C);
    EXPECT_EQ(action(safe_private, Tag{0x0029, 0x1010}), Action::C);
}

TEST(Profile, WhereTwoOptionsDisagreeCleaningGoesBeforeKeeping) {
    const Profile profile{ProfileOptions{
        .options = {Option::kRetainLongitudinalFullDates, Option::kRetainLongitudinalModifiedDates},
        .overrides = {}}};

    const Decision decision =
        profile.decide({.tag = Tag{0x0008, 0x0020}, .path = {}, .private_creator = {}, .sop_class_uid = kCt});

    EXPECT_EQ(decision.action, Action::C);
}

TEST(Profile, EveryDecisionSaysWhy) {
    for (const TableRow& row : table_rows()) {
        if (row.family.empty()) {
            EXPECT_FALSE(decide_tag(row.tag).why.empty()) << row.keyword;
        }
    }
    EXPECT_FALSE(decide_tag(Tag{0x0008, 0x0060}).why.empty());
}

}  // namespace
}  // namespace efface::rules
