// Goal: a data set that is broken, nested, contradictory or not what its command said either never gets in
// (C000, A900) or stays in quarantine with a reason that says why. One offence each; the service stays up.
// Method: what routing reads (to group 0020) is judged at the door, the rest by a worker.
#include "config/json.h"
#include "tests/refuse/refuse_fixture.h"

namespace efface::testing {
namespace {

using db::AuditEvent;
using db::JobState;
using rules::Vr;

constexpr std::uint32_t kUndefined = 0xFFFFFFFF;
constexpr std::uint32_t kFourGigabytes = 0xFFFFFFFE;
constexpr std::size_t kLevels = 20'000;
/// Sequences that a CT may have: before the end of group 0020, and behind it.
constexpr std::uint32_t kReferencedStudySequence = 0x00081110;
constexpr std::uint32_t kRequestAttributesSequence = 0x00400275;

/// `kLevels` sequences, each in an item of the one around it, all closed.
std::string nested_sequences(std::uint32_t tag) {
    std::string open;
    std::string close;
    for (std::size_t i = 0; i < kLevels; ++i) {
        open += DicomWriter{}.sequence(tag).item().text();
        close += DicomWriter{}.end_item().end_sequence().text();
    }
    return open + close;
}

Instance ct_with_bytes(std::uint32_t tag, const DicomWriter& bytes) {
    Elements ct = ct_elements();
    ct.put_bytes(tag, bytes.text());
    return ct_of(ct);
}

/// The elements of `first` and `second` change places.
Instance ct_swapped(std::uint32_t first, std::uint32_t second) {
    Elements ct = ct_elements();
    const std::string kept = ct.bytes_at(first);
    ct.put_bytes(first, ct.bytes_at(second)).put_bytes(second, kept);
    return ct_of(ct);
}

Instance ct_with_twice(std::uint32_t tag) {
    Elements ct = ct_elements();
    ct.put_bytes(tag, ct.bytes_at(tag) + ct.bytes_at(tag));
    return ct_of(ct);
}

Instance ct_cut_to(std::size_t bytes) {
    Instance ct = ct_instance();
    ct.data_set.resize(bytes);
    return ct;
}

Instance ct_followed_by(std::string_view bytes) {
    Instance ct = ct_instance();
    ct.data_set += bytes;
    return ct;
}

struct AtTheDoor {
    const char* name;
    std::uint16_t status;
    Instance (*instance)();
};

void PrintTo(const AtTheDoor& offence, std::ostream* out) {
    *out << offence.name;
}

class RefusedAtTheDoor : public ::testing::TestWithParam<AtTheDoor> {};

TEST_P(RefusedAtTheDoor, AndNothingIsKept) {
    RunningNode node;
    const Instance instance = GetParam().instance();
    RawScu scu{node.port()};
    ASSERT_TRUE(scu.associate(request_for(instance)).is(node::PduType::kAssociateAc));

    EXPECT_EQ(scu.store(instance), GetParam().status);

    EXPECT_EQ(scu.store(ct_instance("1.2.3.1")), 0x0000) << "the association goes on";
    EXPECT_TRUE(scu.release());
    EXPECT_EQ(node.jobs().size(), 1U);
    ASSERT_EQ(node.audit_count(AuditEvent::kRefused), 1U);
    EXPECT_NE(node.audit(AuditEvent::kRefused).front().entry.reason, "");
    node.wait_for("1.2.3.1", JobState::kDelivered);
    EXPECT_EQ(node.spool_files("originals").size(), 1U);
}

const AtTheDoor kAtTheDoor[]{
    {"EmptyDataSet", 0xC000, [] { return ct_cut_to(0); }},
    {"CutInsideItsFirstHeader", 0xC000, [] { return ct_cut_to(4); }},
    {"CutInsideItsSopInstanceUid", 0xC000,
     [] {
         Elements ct = ct_elements();
         return ct_cut_to(ct.bytes_at(0x00080008).size() + ct.bytes_at(0x00080016).size() + 12);
     }},
    {"LengthBeyondTheEnd", 0xC000,
     [] { return ct_with_bytes(0x00081030, DicomWriter{}.header(0x00081030, Vr::LO, 0xFFF0).raw("short")); }},
    {"TextThatClaimsFourGigabytes", 0xC000,
     [] { return ct_with_bytes(0x00081030, DicomWriter{}.header(0x00081030, Vr::UT, kFourGigabytes)); }},
    {"SequenceThatClaimsFourGigabytes", 0xC000,
     [] {
         return ct_with_bytes(
             kReferencedStudySequence, DicomWriter{}.sequence(kReferencedStudySequence, kFourGigabytes)
         );
     }},
    {"TwentyThousandNestedSequences", 0xC000,
     [] {
         return ct_with_bytes(
             kReferencedStudySequence, DicomWriter{}.raw(nested_sequences(kReferencedStudySequence))
         );
     }},
    {"SequenceWithoutItsDelimiter", 0xC000,
     [] {
         Elements ct = ct_elements();
         ct.put_bytes(kReferencedStudySequence, DicomWriter{}.sequence(kReferencedStudySequence).text());
         return ct_of(ct);
     }},
    {"UnknownVr", 0xC000,
     [] { return ct_with_bytes(0x00081030, DicomWriter{}.u16(0x0008).u16(0x1030).raw("ZZ").u16(0)); }},
    {"PatientIdTwice", 0xC000, [] { return ct_with_twice(0x00100020); }},
    {"SopInstanceUidTwice", 0xC000, [] { return ct_with_twice(0x00080018); }},
    {"StudyAndSeriesOutOfOrder", 0xC000, [] { return ct_swapped(0x0020000D, 0x0020000E); }},
    {"ItemDelimiterAtTheTop", 0xC000, [] { return ct_with_bytes(0x00081030, DicomWriter{}.end_item()); }},
    {"WebRequest", 0xC000,
     [] {
         Instance ct = ct_instance();
         ct.data_set = "POST /studies HTTP/1.1\r\nHost: efface\r\n\r\n";
         return ct;
     }},
    {"PreambleAndFileMeta", 0xC000,
     [] {
         Instance ct = ct_instance();
         ct.data_set = part10_file(ct.data_set, kExplicitLittle, kCtClass, kInstanceUid);
         return ct;
     }},
    {"ImplicitUnderAnExplicitContext", 0xC000,
     [] {
         Instance ct = ct_instance();
         ct.data_set = DicomWriter{/*explicit_vr=*/false}
                           .element(0x00080016, Vr::UI, kCtClass)
                           .element(0x00080018, Vr::UI, kInstanceUid)
                           .text();
         return ct;
     }},
    {"BigEndianUnderALittleEndianContext", 0xC000,
     [] {
         Instance ct = ct_instance();
         ct.data_set = DicomWriter{/*explicit_vr=*/true, /*big_endian=*/true}
                           .element(0x00080016, Vr::UI, kCtClass)
                           .element(0x00080018, Vr::UI, kInstanceUid)
                           .text();
         return ct;
     }},
    {"AnotherInstanceThanItsCommand", 0xA900, [] { return ct_of(ct_elements("1.2.3.99")); }},
    {"AnotherSopClassThanItsCommand", 0xA900,
     [] {
         Elements ct = ct_elements();
         ct.put(0x00080016, Vr::UI, kMrClass);
         return ct_of(ct);
     }},
    {"PrivateSopClassUnderACtCommand", 0xA900,
     [] {
         Elements ct = ct_elements();
         ct.put(0x00080016, Vr::UI, kPrivateClass);
         return ct_of(ct);
     }},
    {"DicomDirUnderACtCommand", 0xA900,
     [] {
         Elements ct = ct_elements();
         ct.put(0x00080016, Vr::UI, kDicomDirClass);
         return ct_of(ct);
     }},
    {"NoSopClass", 0xA900, [] { return ct_of(ct_elements().drop(0x00080016)); }},
    {"NoSopInstanceUid", 0xA900, [] { return ct_of(ct_elements().drop(0x00080018)); }},
};

INSTANTIATE_TEST_SUITE_P(DataSet, RefusedAtTheDoor, ::testing::ValuesIn(kAtTheDoor), [](const auto& offence) {
    return std::string{offence.param.name};
});

struct Quarantined {
    const char* name;
    const char* reason;  ///< The beginning of it.
    Instance (*instance)();
};

void PrintTo(const Quarantined& offence, std::ostream* out) {
    *out << offence.name;
}

class RefusedInQuarantine : public ::testing::TestWithParam<Quarantined> {};

TEST_P(RefusedInQuarantine, AndNoCommandSendsIt) {
    RunningNode node;
    const Instance instance = GetParam().instance();

    ASSERT_EQ(node.store(instance), 0x0000);

    const db::Job job = node.wait_for(instance.uid, JobState::kQuarantined);
    EXPECT_EQ(job.reason.substr(0, std::string_view{GetParam().reason}.size()), GetParam().reason);
    EXPECT_EQ(job.attempts, 1U) << "no worker died of it";
    EXPECT_EQ(node.audit_count(AuditEvent::kQuarantined, job.id), 1U);
    EXPECT_EQ(node.store(instance), 0x0000) << "an identical duplicate is acknowledged and nothing else";
    EXPECT_EQ(node.jobs().size(), 1U);
    expect_no_way_out(node, job.id);
    EXPECT_TRUE(node.answers());
}

/// JPEG Baseline of one frame whose codestream is `frame`.
Instance jpeg_of(std::string_view frame) {
    Elements ct = ct_elements();
    ct.put_us(0x00280100, 8).put_us(0x00280101, 8).put_us(0x00280102, 7);
    ct.put_bytes(
        0x7FE00010,
        DicomWriter{}.header(0x7FE00010, Vr::OB, kUndefined).item(0).fragment(frame).end_sequence().text()
    );
    Instance instance = ct_of(ct);
    instance.transfer_syntax_uid = kJpegBaseline;
    return instance;
}

const Quarantined kQuarantined[]{
    {"CutInsidePixelData", "an element ends behind the data (7FE0,0010)",
     [] { return ct_cut_to(ct_instance().data_set.size() - 10); }},
    {"PixelDataThatClaimsFourGigabytes", "an element ends behind the data (7FE0,0010)",
     [] { return ct_with_bytes(0x7FE00010, DicomWriter{}.header(0x7FE00010, Vr::OW, kFourGigabytes)); }},
    {"TextThatClaimsFourGigabytes", "an element ends behind the data (0040,A160)",
     [] { return ct_with_bytes(0x0040A160, DicomWriter{}.header(0x0040A160, Vr::UT, kFourGigabytes)); }},
    {"TextOfUndefinedLength", "undefined length of a VR that has none (0040,A160)",
     [] { return ct_with_bytes(0x0040A160, DicomWriter{}.header(0x0040A160, Vr::UT, kUndefined)); }},
    {"LengthBeyondTheEnd", "an element ends behind the data (0040,0254)",
     [] { return ct_with_bytes(0x00400254, DicomWriter{}.header(0x00400254, Vr::LO, 0xFFF0)); }},
    {"UnknownVr", "an unknown VR (0040,0254)",
     [] { return ct_with_bytes(0x00400254, DicomWriter{}.u16(0x0040).u16(0x0254).raw("ZZ").u16(0)); }},
    {"TwentyThousandNestedSequences", "sequences nested deeper than sequence_depth_max",
     [] {
         return ct_with_bytes(
             kRequestAttributesSequence, DicomWriter{}.raw(nested_sequences(kRequestAttributesSequence))
         );
     }},
    {"AMillionItems", "more items than items_max",
     [] {
         std::string items;
         for (int i = 0; i < 1'000'001; ++i) {
             items.append("\xFE\xFF\x00\xE0\x00\x00\x00\x00", 8);
         }
         return ct_with_bytes(
             kRequestAttributesSequence,
             DicomWriter{}.sequence(kRequestAttributesSequence).raw(items).end_sequence()
         );
     }},
    {"SequenceWithoutItsDelimiter", "a sequence holds what is not an item (0040,0275)",
     [] {
         return ct_with_bytes(kRequestAttributesSequence, DicomWriter{}.sequence(kRequestAttributesSequence));
     }},
    {"ItemLongerThanItsSequence", "an item ends behind its sequence (0040,0275)",
     [] {
         return ct_with_bytes(
             kRequestAttributesSequence, DicomWriter{}.sequence(kRequestAttributesSequence, 8).item(1000)
         );
     }},
    {"ElementLongerThanItsItem", "an element ends behind the data (0040,0007)",
     [] {
         return ct_with_bytes(
             kRequestAttributesSequence,
             DicomWriter{}.sequence(kRequestAttributesSequence, 16).item(8).header(0x00400007, Vr::LO, 50)
         );
     }},
    {"SequenceDelimiterWithALength", "a sequence delimiter has a length (0040,0275)",
     [] {
         return ct_with_bytes(
             kRequestAttributesSequence,
             DicomWriter{}.sequence(kRequestAttributesSequence).header(0xFFFEE0DD, Vr::UN, 4)
         );
     }},
    {"SequenceDelimiterAtTheTop", "a delimiter at the wrong place",
     [] { return ct_with_bytes(0x00400254, DicomWriter{}.end_sequence()); }},
    {"RowsTwice", "an attribute stands twice in one data set or item",
     [] { return ct_with_twice(0x00280010); }},
    {"PixelDataTwice", "an attribute stands twice in one data set or item",
     [] { return ct_with_twice(0x7FE00010); }},
    {"RowsAndColumnsOutOfOrder", "attributes are not in the order of their tags",
     [] { return ct_swapped(0x00280010, 0x00280011); }},
    {"BytesBehindTheLastElement", "bytes behind the last element", [] { return ct_followed_by("\1"); }},
    {"FileOfAnotherKindBehindPixelData", "", [] { return ct_followed_by("PK\3\4 something zipped"); }},
    {"FewerSamplesThanRowsAndColumns", "Pixel Data is shorter than its frames",
     [] {
         Elements ct = ct_elements();
         ct.put_us(0x00280010, 4000);
         return ct_of(ct);
     }},
    {"NoRows", "Rows, Columns, Samples or Bits are missing or contradictory",
     [] { return ct_of(ct_elements().drop(0x00280010)); }},
    {"MoreBitsStoredThanAllocated", "Rows, Columns, Samples or Bits are missing or contradictory",
     [] {
         Elements ct = ct_elements();
         ct.put_us(0x00280101, 40);
         return ct_of(ct);
     }},
    {"FragmentsUnderAnUncompressedSyntax", "Pixel Data is not as the transfer syntax says",
     [] {
         Elements ct = ct_elements();
         ct.put_bytes(
             0x7FE00010, DicomWriter{}
                             .header(0x7FE00010, Vr::OB, kUndefined)
                             .item(0)
                             .fragment("frame")
                             .end_sequence()
                             .text()
         );
         return ct_of(ct);
     }},
    {"SamplesUnderACompressedSyntax", "Pixel Data is not as the transfer syntax says",
     [] {
         Instance ct = ct_instance();
         ct.transfer_syntax_uid = kJpegBaseline;
         return ct;
     }},
    {"CodestreamThatIsNone", "a JPEG frame does not begin with SOI",
     [] { return jpeg_of("this is no JPEG!"); }},
    {"CodestreamThatEndsInASegment", "a JPEG segment",
     [] {
         return jpeg_of(std::string_view{"\xFF\xD8\xFF\xE1\x40\x00 cut", 10});
     }},
    {"FragmentBeyondTheEnd", "a fragment ends behind the data (7FE0,0010)",
     [] {
         Instance ct = ct_with_bytes(
             0x7FE00010, DicomWriter{}.header(0x7FE00010, Vr::OB, kUndefined).item(0).item(5000).raw("cut")
         );
         ct.transfer_syntax_uid = kJpegBaseline;
         return ct;
     }},
    {"CompressedWithoutAnOffsetTable", "encapsulated Pixel Data has no offset table (7FE0,0010)",
     [] {
         Instance ct =
             ct_with_bytes(0x7FE00010, DicomWriter{}.header(0x7FE00010, Vr::OB, kUndefined).end_sequence());
         ct.transfer_syntax_uid = kJpegBaseline;
         return ct;
     }},
    {"VideoThatNobodyCanWalk", "video streams cannot be walked for what is hidden beside the samples",
     [] {
         Instance ct = jpeg_of("no film");
         ct.transfer_syntax_uid = "1.2.840.10008.1.2.4.100";
         return ct;
     }},
    {"HeadThatMayShowAFace", "pixels may show a face",
     [] {
         Elements ct = ct_elements();
         ct.put(0x00180015, Vr::CS, "HEAD");
         return ct_of(ct);
     }},
    {"UltrasoundThatMayShowText", "pixels may show text",
     [] {
         Elements us = ct_elements();
         us.put(0x00080016, Vr::UI, kUltrasoundClass).put(0x00080060, Vr::CS, "US");
         Instance instance = ct_of(us);
         instance.sop_class_uid = kUltrasoundClass;
         return instance;
     }},
};

INSTANTIATE_TEST_SUITE_P(
    DataSet, RefusedInQuarantine, ::testing::ValuesIn(kQuarantined),
    [](const auto& offence) { return std::string{offence.param.name}; }
);

}  // namespace
}  // namespace efface::testing
