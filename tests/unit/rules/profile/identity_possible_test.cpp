// Goal: pixels count as free of text or face only where that is known of such images; every doubt is a yes.
#include "rules/profile/identity_possible.h"

#include "rules/vocabulary/sop_class.h"

#include <gtest/gtest.h>

namespace efface::rules {
namespace {

constexpr std::string_view kRoot = "1.2.840.10008.5.1.4.1.1.";

struct Case {
    std::string_view uid;  ///< Below kRoot.
    std::string_view modality;
    std::vector<std::string_view> image_type;
    std::string_view body_part;
    bool text;
    bool face;
};

PixelIdentity ask(const Case& c) {
    const std::string uid = std::string{kRoot} + std::string{c.uid};
    return identity_possible(
        {.sop_class_uid = uid, .modality = c.modality, .image_type = c.image_type, .body_part = c.body_part}
    );
}

TEST(IdentityPossible, ByClassImageTypeAndBodyPart) {
    const std::vector<std::string_view> axial{"ORIGINAL", "PRIMARY", "AXIAL"};
    const std::vector<std::string_view> plain{"ORIGINAL", "PRIMARY", "M", "NORM"};
    const std::vector<Case> cases{
        {"2", "CT", axial, "CHEST", false, false},
        {"2", "CT", axial, "chest ", false, false},
        {"2", "CT", axial, "HEAD", false, true},
        {"2", "CT", axial, "", false, true},
        {"2", "CT", axial, "WHOLEBODY", false, true},
        {"2", "CT", axial, "CSPINE", false, true},
        {"2", "MR", axial, "CHEST", true, true},
        {"2", "CT", {"ORIGINAL", "PRIMARY", "LOCALIZER"}, "CHEST", true, false},
        {"2", "CT", {"ORIGINAL", "PRIMARY", "OTHER"}, "CHEST", true, false},
        {"2", "CT", {"ORIGINAL", "PRIMARY"}, "CHEST", true, false},
        {"2", "CT", {"DERIVED", "SECONDARY", "AXIAL"}, "CHEST", true, false},
        {"2", "CT", {"ORIGINAL", "PRIMARY", "AXIAL", "SCREEN SAVE"}, "CHEST", true, false},
        {"2", "CT", {}, "CHEST", true, false},
        {"4", "MR", plain, "KNEE", false, false},
        {"4", "MR", plain, "BRAIN", false, true},
        {"4", "MR", {"ORIGINAL", "PRIMARY", "PROJECTION IMAGE"}, "KNEE", true, false},
        {"128", "PT", {"ORIGINAL", "PRIMARY"}, "ABDOMEN", false, false},
        {"128", "PT", {"ORIGINAL", "PRIMARY"}, "", false, true},
        {"1", "CR", plain, "CHEST", true, false},
        {"1.1", "DX", plain, "SKULL", true, true},
        {"1.2", "MG", plain, "BREAST", true, false},
        {"6.1", "US", plain, "ABDOMEN", true, false},
        {"7", "OT", axial, "CHEST", true, true},
        {"7.4", "OT", axial, "CHEST", true, true},
        {"12.1", "XA", plain, "HEART", true, false},
        {"77.1.4", "XC", plain, "FOOT", true, true},
        {"77.1.6", "SM", plain, "", true, false},
        {"66.4", "SEG", {}, "", false, true},
        {"66.4", "SEG", {}, "LIVER", false, false},
        {"481.2", "RTDOSE", {}, "HEAD", false, false},
        {"481.3", "RTSTRUCT", {}, "HEAD", false, false},
        {"88.11", "SR", {}, "", false, false},
        {"9.1.1", "ECG", {}, "", false, false},
        {"9.4.1", "AU", {}, "", true, false},
        {"66", "CT", axial, "CHEST", true, true},
        {"999", "CT", axial, "CHEST", true, true},
    };
    for (const Case& c : cases) {
        const PixelIdentity identity = ask(c);
        const std::string name = std::string{c.uid} + " " + std::string{c.body_part};
        EXPECT_EQ(identity.text, c.text) << name;
        EXPECT_EQ(identity.face, c.face) << name;
        EXPECT_FALSE(identity.why.empty()) << name;
    }
}

TEST(IdentityPossible, UnknownAndPrivateClassesMayShowBoth) {
    for (const std::string_view uid :
         {"", "1.2.3", "1.2.840.10008.5.1.4.1.1.501.1", "1.2.840.10008.5.1.1.29"}) {
        const PixelIdentity identity =
            identity_possible({.sop_class_uid = uid, .modality = "CT", .image_type = {}});
        EXPECT_TRUE(identity.text && identity.face) << uid;
    }
}

TEST(IdentityPossible, ASendersYesIsBelieved) {
    const std::vector<std::string_view> axial{"ORIGINAL", "PRIMARY", "AXIAL"};
    const PixelIdentity identity = identity_possible(
        {.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2",
         .modality = "CT",
         .image_type = axial,
         .body_part = "CHEST",
         .claims_text = true,
         .claims_face = false}
    );

    EXPECT_TRUE(identity.text);
    EXPECT_FALSE(identity.face);
}

/// A class that nobody looked at falls to "anything"; these are the ones meant to.
TEST(IdentityPossible, OnlyTheMeantPatientClassesAreUnknown) {
    const std::set<std::string_view> meant{"7", "7.1", "7.2", "7.3", "7.4", "66"};
    for (const SopClass& row : storage_sop_classes()) {
        if (row.kind != SopClassKind::kPatientStorage) {
            continue;
        }
        const auto identity = identity_possible({.sop_class_uid = row.uid, .modality = "", .image_type = {}});
        const bool unknown = identity.why == "nothing is known of what this SOP class shows";
        EXPECT_EQ(unknown, meant.contains(row.uid.substr(std::min(kRoot.size(), row.uid.size()))))
            << row.name;
    }
}

}  // namespace
}  // namespace efface::rules
