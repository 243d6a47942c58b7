// Goal: a rule's override names exactly the attributes it says, and never what no rule may decide.
#include "rules/profile/profile.h"

#include <gtest/gtest.h>

namespace efface::rules {
namespace {

constexpr std::string_view kCt = "1.2.840.10008.5.1.4.1.1.2";

Profile with(std::map<std::string, Action> overrides) {
    return Profile{ProfileOptions{.options = {}, .overrides = std::move(overrides)}};
}

Decision decide(
    const Profile& profile, Tag tag, std::span<const Tag> path = {}, std::string_view creator = {}
) {
    return profile.decide({.tag = tag, .path = path, .private_creator = creator, .sop_class_uid = kCt});
}

TEST(Override, OfATagHoldsAtAnyDepth) {
    const Profile profile = with({{"PatientSex", Action::K}, {"(0008,0060)", Action::X}});
    const std::array path{Tag{0x0008, 0x1115}};

    EXPECT_EQ(decide(profile, Tag{0x0010, 0x0040}).action, Action::K);
    EXPECT_EQ(decide(profile, Tag{0x0010, 0x0040}, path).action, Action::K);
    EXPECT_EQ(decide(profile, Tag{0x0008, 0x0060}).source, DecisionSource::kOverride);
    EXPECT_EQ(decide(profile, Tag{0x0010, 0x0010}).source, DecisionSource::kTableRow);
}

TEST(Override, OfAPathHoldsThereOnlyAndGoesFirst) {
    const Profile profile = with(
        {{"RequestAttributesSequence/ScheduledProcedureStepID", Action::K},
         {"ScheduledProcedureStepID", Action::X}}
    );
    const std::array request{Tag{0x0040, 0x0275}};
    const std::array deeper{Tag{0x0008, 0x1115}, Tag{0x0040, 0x0275}};

    EXPECT_EQ(decide(profile, Tag{0x0040, 0x0009}, request).action, Action::K);
    EXPECT_EQ(decide(profile, Tag{0x0040, 0x0009}, deeper).action, Action::X);
    EXPECT_EQ(decide(profile, Tag{0x0040, 0x0009}).action, Action::X);
}

TEST(Override, OfAPrivateAttributeNeedsItsCreatorAndIgnoresTheBlock) {
    const Profile profile = with({{"(7053,xx00,Philips PET Private Group)", Action::K}});
    constexpr std::string_view kCreator = "Philips PET Private Group";

    EXPECT_EQ(decide(profile, Tag{0x7053, 0x1000}, {}, kCreator).action, Action::K);
    EXPECT_EQ(decide(profile, Tag{0x7053, 0x1100}, {}, kCreator).action, Action::K);
    EXPECT_EQ(decide(profile, Tag{0x7053, 0x0010}, {}, kCreator).action, Action::K);  // The creator itself.
    EXPECT_EQ(decide(profile, Tag{0x7053, 0x1001}, {}, kCreator).action, Action::X);
    EXPECT_EQ(decide(profile, Tag{0x7053, 0x1000}, {}, "Somebody else").action, Action::X);
    EXPECT_EQ(decide(profile, Tag{0x7055, 0x1000}, {}, kCreator).action, Action::X);
    EXPECT_EQ(decide(profile, Tag{0x7053, 0x1000}).action, Action::X);
}

TEST(OverrideKey, ReadsTheFourForms) {
    EXPECT_EQ(parse_override_key("PatientName")->path, std::vector{Tag(0x0010, 0x0010)});
    EXPECT_EQ(parse_override_key("(0010,0010)")->path, std::vector{Tag(0x0010, 0x0010)});
    EXPECT_EQ(parse_override_key("OtherPatientIDsSequence/PatientID")->path.size(), 2U);
    EXPECT_EQ(parse_override_key("(0029,1008,A (B), C/D)")->creator, "A (B), C/D");
    EXPECT_EQ(parse_override_key("(0029,xx08,CSA)")->path, parse_override_key("(0029,1008,CSA)")->path);
}

TEST(OverrideKey, RefusesWhatNamesNothing) {
    for (const char* wrong :
         {"", "NoSuchKeyword", "PatientName/", "/PatientName", "(0009,1001)", "(0010,0010,X)",
          "(0029,0008,CSA)", "(0029,1008,)", "(6020,3001)", "PatientName/NoSuchKeyword"}) {
        EXPECT_FALSE(parse_override_key(wrong)) << wrong;
    }
}

TEST(OverrideKey, SomeAttributesAreNoRulesBusiness) {
    for (const char* key :
         {"SpecificCharacterSet", "SOPClassUID", "PixelData", "PatientIdentityRemoved", "BurnedInAnnotation",
          "DeidentificationMethod", "SOPInstanceUID", "StudyInstanceUID"}) {
        EXPECT_FALSE(may_override(*parse_override_key(key), Action::K)) << key;
    }
    EXPECT_TRUE(may_override(*parse_override_key("SOPInstanceUID"), Action::U));
    EXPECT_TRUE(may_override(*parse_override_key("PatientSex"), Action::K));
    EXPECT_TRUE(may_override(*parse_override_key("(0029,1008,CSA)"), Action::K));
}

}  // namespace
}  // namespace efface::rules
