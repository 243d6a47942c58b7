// Goal: each action means what Table E.1-1a says, and a dummy is valid for its VR and never the original.
#include "rules/actions/edit.h"
#include "rules/vocabulary/dictionary.h"
#include "rules/vocabulary/uid.h"

#include <gtest/gtest.h>

namespace efface::rules {
namespace {

ProjectKey test_key() {
    std::array<std::uint8_t, kKeyBytes> bytes{};
    bytes[0] = 1;
    return *ProjectKey::from_bytes(bytes);
}

struct Planner {
    ProjectKey key = test_key();
    PlanContext context{
        .key = key,
        .patient_pseudonym = "EFF-0123456789ABCDEF",
        .patient_prefix = "EFF-",
        .original_patient_id = "4711",
        .original_sop_instance_uid = {},
        .new_sop_instance_uid = {},
        .encapsulated_mime_type = {},
        .clean = {},
    };

    Result<Edit> plan(
        Action action, std::string_view keyword, std::string_view value, char type = '?', bool nested = false
    ) {
        const DictionaryEntry* entry = find_attribute(keyword);
        return plan_edit(
            action,
            {.tag = entry->tag,
             .vr = entry->vr,
             .attribute_type = type,
             .is_empty = value.empty(),
             .is_nested = nested,
             .value = value},
            context
        );
    }
};

TEST(PlanEdit, KeepAndRemove) {
    Planner planner;

    EXPECT_EQ(planner.plan(Action::K, "Modality", "CT")->kind, Edit::Kind::kKeep);
    EXPECT_EQ(planner.plan(Action::K, "ConceptNameCodeSequence", "x")->kind, Edit::Kind::kEnter);
    EXPECT_EQ(planner.plan(Action::X, "PatientAddress", "x")->kind, Edit::Kind::kRemove);
}

TEST(PlanEdit, ZeroIsEmptyWhereTheTypeAllows) {
    Planner planner;

    EXPECT_EQ(planner.plan(Action::Z, "AccessionNumber", "A1", '2')->kind, Edit::Kind::kEmpty);
    EXPECT_EQ(planner.plan(Action::Z, "StudyID", "S1", '2')->kind, Edit::Kind::kEmpty);
    EXPECT_EQ(planner.plan(Action::Z, "PatientSex", "F", '?')->kind, Edit::Kind::kEmpty);
    EXPECT_EQ(planner.plan(Action::Z, "AcquisitionContextSequence", "x", '?')->kind, Edit::Kind::kEmpty);
    EXPECT_EQ(planner.plan(Action::Z, "StudyDate", "", '1')->kind, Edit::Kind::kEmpty);
    EXPECT_EQ(planner.plan(Action::Z, "StudyDate", "20240102", '1')->value, "19000101");
    EXPECT_EQ(planner.plan(Action::Z, "StudyDate", "20240102", '?')->value, "19000101");
}

TEST(PlanEdit, NameAndIdBecomeThePseudonymWhateverTheirCode) {
    Planner planner;

    EXPECT_EQ(planner.plan(Action::Z, "PatientName", "Doe^Jane", '2')->value, "EFF-0123456789ABCDEF");
    EXPECT_EQ(planner.plan(Action::Z, "PatientID", "4711", '2')->value, "EFF-0123456789ABCDEF");
    EXPECT_EQ(planner.plan(Action::D, "PatientID", "4711 ", '1', true)->value, "EFF-0123456789ABCDEF");
    const std::string other = planner.plan(Action::D, "PatientID", "4712", '1', true)->value;
    EXPECT_NE(other, "EFF-0123456789ABCDEF");
    EXPECT_EQ(other.substr(0, 4), "EFF-");
    EXPECT_EQ(planner.plan(Action::Z, "PatientName", "Roe^Richard", '2', true)->value, "Anonymous");
}

TEST(PlanEdit, UidsAreMappedValueByValueAndRegisteredOnesStay) {
    Planner planner;
    const std::string one = planner.key.map_uid("1.2.3");

    EXPECT_EQ(planner.plan(Action::U, "SOPInstanceUID", std::string_view{"1.2.3\0", 6})->value, one);
    EXPECT_EQ(
        planner.plan(Action::U, "FailedSOPInstanceUIDList", "1.2.3\\1.2.840.10008.1.4.1.1\\\\1.2.3")->value,
        one + "\\1.2.840.10008.1.4.1.1\\\\" + one
    );
    EXPECT_EQ(planner.plan(Action::U, "SOPInstanceUID", "")->kind, Edit::Kind::kKeep);
    EXPECT_EQ(planner.plan(Action::U, "ReferencedImageSequence", "x")->kind, Edit::Kind::kEnter);
    EXPECT_TRUE(Uid::parse(planner.plan(Action::D, "AnnotationGroupUID", "1.2.3")->value));
}

TEST(PlanEdit, AUidInTheGuiseOfAnotherVrIsForAPerson) {
    Planner planner;

    for (const Vr vr : {Vr::LO, Vr::SH, Vr::UT, Vr::OB, Vr::CS, Vr::US}) {
        const auto edit =
            plan_edit(Action::U, {.tag = Tag{0x0020, 0x000D}, .vr = vr, .value = "1.2.3"}, planner.context);
        ASSERT_FALSE(edit) << vr_name(vr);
        EXPECT_EQ(edit.error().fault, Fault::kQuarantine);
    }
    // A rule's override on a private UID, met in implicit VR where nothing says that it is one.
    EXPECT_FALSE(
        plan_edit(Action::U, {.tag = Tag{0x0009, 0x1010}, .vr = Vr::UN, .value = "1.2.3"}, planner.context)
    );
}

TEST(PlanEdit, WhatIsKeptHasAVrThatTheDictionaryAllows) {
    Planner planner;
    const auto keep = [&](std::string_view keyword, Vr vr, std::string_view value = "1") {
        return plan_edit(
                   Action::K, {.tag = find_attribute(keyword)->tag, .vr = vr, .value = value}, planner.context
        )
            .has_value();
    };

    EXPECT_TRUE(keep("Rows", Vr::US));
    EXPECT_TRUE(keep("Rows", Vr::UN));
    EXPECT_TRUE(keep("SmallestImagePixelValue", Vr::SS));
    EXPECT_TRUE(keep("LUTData", Vr::OW));
    EXPECT_TRUE(keep("BodyPartExamined", Vr::CS));
    EXPECT_TRUE(keep("KVP", Vr::IS)) << "one code for another";
    EXPECT_TRUE(keep("CodeMeaning", Vr::SH)) << "one text for another";
    EXPECT_FALSE(keep("BodyPartExamined", Vr::AE, "Schmidt, Hans")) << "another code of a wider form";
    EXPECT_FALSE(keep("Rows", Vr::LT));
    EXPECT_FALSE(keep("Rows", Vr::OB));
    EXPECT_FALSE(keep("BodyPartExamined", Vr::UT));
    EXPECT_FALSE(keep("CodeMeaning", Vr::PN));
    EXPECT_FALSE(keep("CodeMeaning", Vr::OB));
    EXPECT_FALSE(keep("ConceptNameCodeSequence", Vr::OB)) << "a sequence that nobody looks into";
    EXPECT_FALSE(keep("ConceptNameCodeSequence", Vr::LT));
}

TEST(PlanEdit, WhatIsKeptHasTheFormOfItsVr) {
    Planner planner;

    EXPECT_TRUE(planner.plan(Action::K, "BodyPartExamined", "HEAD_NECK "));
    EXPECT_TRUE(planner.plan(Action::K, "SeriesNumber", " 12"));
    EXPECT_TRUE(planner.plan(Action::K, "Manufacturer", "M\xFCller & S\xF6hne"));
    EXPECT_TRUE(planner.plan(Action::U, "SOPInstanceUID", "no form asked: it is replaced"));
    for (const auto& [keyword, value] : std::initializer_list<std::pair<const char*, const char*>>{
             {"BodyPartExamined", "SCHMIDT HANS 1961 BERLIN"},
             {"BodyPartExamined", "HEAD\\Schmidt"},
             {"SeriesNumber", "Hans"},
             {"KVP", "120 Hans"}}) {
        const auto kept = planner.plan(Action::K, keyword, value);
        ASSERT_FALSE(kept) << value;
        EXPECT_EQ(kept.error().fault, Fault::kQuarantine);
    }
}

TEST(PlanEdit, NewInstanceReplacesEveryOccurrenceOfItsUid) {
    Planner planner;
    planner.context.original_sop_instance_uid = "1.2.3";
    planner.context.new_sop_instance_uid = "2.25.7";

    EXPECT_EQ(planner.plan(Action::U, "ReferencedSOPInstanceUID", "1.2.3")->value, "2.25.7");
    EXPECT_EQ(
        planner.plan(Action::U, "ReferencedSOPInstanceUID", "1.2.4")->value, planner.key.map_uid("1.2.4")
    );
}

TEST(PlanEdit, DummiesAreValidForTheirVr) {
    Planner planner;
    const std::map<std::string_view, std::string_view> expected{
        {"ContentDate", "19000101"},
        {"ContentTime", "000000"},
        {"AcquisitionDateTime", "19000101000000"},
        {"InstitutionName", "Anonymous"},
        {"StationName", "Anonymous"},
        {"OperatorsName", "Anonymous"},
        {"SelectorASValue", "000Y"},
        {"DestinationAE", "ANON"},
        {"SelectorURValue", "about:blank"},
    };
    for (const auto& [keyword, value] : expected) {
        EXPECT_EQ(planner.plan(Action::D, keyword, "whatever", '1')->value, value) << keyword;
    }
    for (const char* keyword :
         {"InterlockDescription", "UnformattedTextValue", "SelectorUTValue", "RTPlanLabel"}) {
        const DictionaryEntry* entry = find_attribute(keyword);
        const std::string value = planner.plan(Action::D, keyword, "Jane Doe", '1')->value;
        EXPECT_FALSE(value.empty()) << keyword;
        const std::uint32_t most = value_characters_max(entry->vr);
        EXPECT_TRUE(most == 0 || value.size() <= most) << keyword;
        EXPECT_EQ(value.find("Jane"), std::string::npos);
    }
    EXPECT_EQ(planner.plan(Action::D, "CertificateOfSigner", "xx", '1')->value, std::string(2, '\0'));
}

TEST(PlanEdit, IdentifiersStayApartWithoutSayingWhatTheyWere) {
    Planner planner;
    const std::string one = planner.plan(Action::D, "ContainerIdentifier", "S24-1", '1')->value;

    EXPECT_EQ(one, planner.plan(Action::D, "ContainerIdentifier", "S24-1 ", '1')->value);
    EXPECT_NE(one, planner.plan(Action::D, "ContainerIdentifier", "S24-2", '1')->value);
    EXPECT_EQ(one.size(), 16U);
}

TEST(PlanEdit, DummyItemsHoldNothingOfTheOriginal) {
    Planner planner;
    for (const char* keyword :
         {"ContentSequence", "GraphicAnnotationSequence", "VerifyingObserverSequence",
          "PersonIdentificationCodeSequence", "InstitutionCodeSequence", "WaveformAnnotationSequence",
          "OperatorIdentificationSequence", "ReferencedPerformedProcedureStepSequence",
          "ReferencedStudySequence"}) {
        const auto edit = planner.plan(Action::D, keyword, "Jane Doe", '1');
        ASSERT_TRUE(edit) << keyword;
        EXPECT_EQ(edit->kind, Edit::Kind::kReplaceItem) << keyword;
        ASSERT_FALSE(edit->item.empty()) << keyword;
        EXPECT_TRUE(std::is_sorted(edit->item.begin(), edit->item.end(), [](const auto& a, const auto& b) {
            return a.tag < b.tag;
        })) << keyword;
        for (const DummyElement& element : edit->item) {
            const DictionaryEntry* entry = find_attribute(element.tag);
            ASSERT_NE(entry, nullptr) << to_string(element.tag);
            EXPECT_EQ(entry->vr, element.vr) << entry->keyword;
        }
    }
}

TEST(PlanEdit, QuarantinesWhatItCannotReplace) {
    Planner planner;
    for (const auto& [keyword, action] : std::map<std::string_view, Action>{
             {"FlowIdentifierSequence", Action::D},
             {"StudyDescription", Action::C},
             {"EncapsulatedDocument", Action::D}}) {
        const auto edit = planner.plan(action, keyword, "xx", '1');
        ASSERT_FALSE(edit) << keyword;
        EXPECT_EQ(edit.error().fault, Fault::kQuarantine);
    }
}

TEST(PlanEdit, ACleanerSuppliesTheText) {
    Planner planner;
    planner.context.clean = [](const ElementFacts&) { return std::optional<std::string>{"CHEST CT"}; };

    EXPECT_EQ(planner.plan(Action::C, "StudyDescription", "CHEST CT Doe")->value, "CHEST CT");
}

TEST(PlanEdit, SequenceStandingAsUnIsQuarantinedWhereItWouldStay) {
    Planner planner;
    const ElementFacts element{
        .tag = find_attribute("ConceptNameCodeSequence")->tag, .vr = Vr::UN, .value = "xx"};

    EXPECT_EQ(plan_edit(Action::K, element, planner.context).error().fault, Fault::kQuarantine);
    EXPECT_EQ(plan_edit(Action::X, element, planner.context)->kind, Edit::Kind::kRemove);
}

TEST(DummyDocument, TakesThePlaceOfAPdfWithItsLength) {
    Planner planner;
    planner.context.encapsulated_mime_type = "application/pdf ";

    EXPECT_EQ(planner.plan(Action::D, "EncapsulatedDocument", "xx", '1')->value, dummy_pdf());
    const std::string length = planner.plan(Action::D, "EncapsulatedDocumentLength", "xxxx", '1')->value;
    ASSERT_EQ(length.size(), 4U);
    EXPECT_EQ(
        static_cast<unsigned char>(length[0]) + 256U * static_cast<unsigned char>(length[1]),
        dummy_pdf().size()
    );
}

TEST(DummyDocument, CrossReferencesPointAtTheirObjects) {
    const std::string_view pdf = dummy_pdf();
    const std::size_t table = pdf.find("xref\n");
    const std::size_t start = pdf.find("startxref\n") + 10;

    EXPECT_EQ(std::stoul(std::string{pdf.substr(start)}), table);
    for (std::size_t number = 1; number <= 5; ++number) {
        const std::size_t entry = table + 9 + 20 * number;
        const std::size_t offset = std::stoul(std::string{pdf.substr(entry, 10)});
        const std::string head = std::to_string(number) + " 0 obj\n";
        EXPECT_EQ(pdf.substr(offset, head.size()), head);
    }
}

}  // namespace
}  // namespace efface::rules
