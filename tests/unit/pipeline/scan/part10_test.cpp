// Goal: the frame around a data set is read as it stands, and what is no DICOM file is named.
#include "pipeline/scan/part10.h"

#include "pipeline/scan/routing.h"
#include "tests/unit/pipeline/scan/dicom_writer.h"

#include <gtest/gtest.h>

namespace efface::pipeline {
namespace {

using efface::testing::bytes_of;
using efface::testing::DicomWriter;
using efface::testing::part10_file;
using rules::Vr;

constexpr std::string_view kCt = "1.2.840.10008.5.1.4.1.1.2";

TEST(Part10, ReadsTheMetaElements) {
    const std::string file = part10_file("", rules::kExplicitVrLittleEndian, kCt, "1.2.3.4");

    const Result<Part10> part10 = parse_part10(bytes_of(file));

    ASSERT_TRUE(part10);
    EXPECT_EQ(part10->media_storage_sop_class_uid, kCt);
    EXPECT_EQ(part10->media_storage_sop_instance_uid, "1.2.3.4");
    EXPECT_EQ(part10->transfer_syntax_uid, rules::kExplicitVrLittleEndian);
    EXPECT_EQ(part10->implementation_version_name, "TEST");
    EXPECT_EQ(part10->elements.size(), 7u);
    EXPECT_TRUE(part10->group_length_right);
    EXPECT_EQ(part10->data_set_offset, file.size());
}

TEST(Part10, EndsTheMetaAtTheFirstOtherGroupWhateverTheLengthClaims) {
    DicomWriter data;
    data.element(0x00080060, Vr::CS, "CT");
    std::string file = part10_file(data.text(), rules::kExplicitVrLittleEndian, kCt, "1.2.3.4");
    file[kFileMetaOffset + 8] = 4;

    const Result<Part10> part10 = parse_part10(bytes_of(file));

    ASSERT_TRUE(part10);
    EXPECT_FALSE(part10->group_length_right);
    EXPECT_EQ(part10->data_set_offset, file.size() - data.size());
}

TEST(Part10, RefusesAFileWithoutMagicOrSyntax) {
    std::string no_magic = part10_file("", rules::kExplicitVrLittleEndian, kCt, "1.2.3.4");
    no_magic[128] = 'X';
    std::string no_syntax(128, '\0');
    no_syntax += "DICM";

    EXPECT_FALSE(parse_part10(bytes_of(no_magic)));
    EXPECT_FALSE(parse_part10(bytes_of(no_syntax)));
    EXPECT_FALSE(parse_part10({}));
}

TEST(Part10, RefusesAnUnknownOrDeflatedSyntax) {
    for (const std::string_view uid : {"1.2.3.4.5", "1.2.840.10008.1.2.1.99"}) {
        const std::string file = part10_file("", uid, kCt, "1.2.3.4");
        const Result<Part10> part10 = parse_part10(bytes_of(file));
        ASSERT_TRUE(part10);
        EXPECT_FALSE(scannable_syntax(*part10));
    }
}

TEST(Classify, TellsTheKindsApart) {
    DicomWriter bare;
    bare.element(0x00080005, Vr::CS, "ISO_IR 100").element(0x00080060, Vr::CS, "CT");
    DicomWriter bare_implicit{false};
    bare_implicit.element(0x00080005, Vr::CS, "ISO_IR 100").element(0x00080060, Vr::CS, "CT");
    const std::string file = part10_file("", rules::kExplicitVrLittleEndian, kCt, "1.2.3.4");
    const std::string directory =
        part10_file("", rules::kExplicitVrLittleEndian, "1.2.840.10008.1.3.10", "1.2.3.4");

    EXPECT_EQ(classify(bytes_of(file)), FileKind::kPart10);
    EXPECT_EQ(classify(bytes_of(directory)), FileKind::kDicomDir);
    EXPECT_EQ(classify(bare.bytes()), FileKind::kBareDataSet);
    EXPECT_EQ(classify(bare_implicit.bytes()), FileKind::kBareDataSet);
    EXPECT_EQ(classify(bytes_of("just a text file, longer than 16")), FileKind::kNotDicom);
    EXPECT_EQ(classify({}), FileKind::kNotDicom);
}

TEST(Routing, ReadsTopLevelAttributesOnlyAndStopsAfterGroup0020) {
    DicomWriter data;
    data.element(0x00080016, Vr::UI, kCt)
        .element(0x00080018, Vr::UI, "1.2.3.4")
        .element(0x00080060, Vr::CS, "CT")
        .sequence(0x00081140)
        .item()
        .element(0x00100020, Vr::LO, "nested")
        .end_item()
        .end_sequence()
        .element(0x00100020, Vr::LO, "PID ")
        .element(0x0020000D, Vr::UI, "1.2.5")
        .element(0x0020000E, Vr::UI, "1.2.6")
        .element(0x00280004, Vr::CS, "X")
        .raw("broken behind what routing reads");

    const Result<Routing> routing =
        routing_attributes(data.bytes(), *rules::find_transfer_syntax(rules::kExplicitVrLittleEndian));

    ASSERT_TRUE(routing);
    EXPECT_EQ(routing->sop_class_uid, kCt);
    EXPECT_EQ(routing->sop_instance_uid, "1.2.3.4");
    EXPECT_EQ(routing->modality, "CT");
    EXPECT_EQ(routing->patient_id, "PID");
    EXPECT_EQ(routing->study_instance_uid, "1.2.5");
    EXPECT_EQ(routing->series_instance_uid, "1.2.6");
}

TEST(Routing, RefusesATagThatStandsTwice) {
    DicomWriter data;
    data.element(0x00080018, Vr::UI, "1.2.3.4").element(0x00080018, Vr::UI, "1.2.3.5");

    EXPECT_FALSE(
        routing_attributes(data.bytes(), *rules::find_transfer_syntax(rules::kExplicitVrLittleEndian))
    );
}

}  // namespace
}  // namespace efface::pipeline
