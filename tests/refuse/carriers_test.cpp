// Goal: identity that rides beside the samples or under tags that nothing should have does not arrive.
// Method: each carrier holds a planted text; the delivered bytes are searched for it.
#include "config/json.h"
#include "tests/refuse/refuse_fixture.h"

namespace efface::testing {
namespace {

using db::JobState;
using rules::Vr;

constexpr std::string_view kPlanted = "Planted^Identity";

struct Carrier {
    const char* name;
    Instance (*instance)();
};

void PrintTo(const Carrier& carrier, std::ostream* out) {
    *out << carrier.name;
}

class CleanedCarrier : public ::testing::TestWithParam<Carrier> {};

TEST_P(CleanedCarrier, ArrivesWithoutIt) {
    RunningNode node;
    const Instance instance = GetParam().instance();
    ASSERT_EQ(node.store(instance), 0x0000);

    node.wait_for(instance.uid, JobState::kDelivered);

    ASSERT_EQ(node.archive_files().size(), 1U);
    EXPECT_EQ(node.archive_bytes().find(kPlanted), std::string::npos);
}

Instance ct_with(std::uint32_t tag, Vr vr, std::string_view value) {
    Elements ct = ct_elements();
    ct.put(tag, vr, value);
    return ct_of(ct);
}

/// A JPEG Baseline codestream of 8x8 grey samples, with `segments` behind SOI.
std::string jpeg_frame(std::string_view segments) {
    std::string frame{"\xFF\xD8", 2};
    frame += segments;
    frame += std::string_view{"\xFF\xDB\x00\x43\x00", 5};
    frame += std::string(64, '\x10');
    frame += std::string_view{"\xFF\xC0\x00\x0B\x08\x00\x08\x00\x08\x01\x01\x11\x00", 13};
    frame += std::string_view{
        "\xFF\xC4\x00\x14\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 22};
    frame += std::string_view{
        "\xFF\xC4\x00\x14\x10\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 22};
    frame += std::string_view{"\xFF\xDA\x00\x08\x01\x01\x00\x00\x3F\x00\x3F\xFF\xD9", 13};
    return frame;
}

std::string segment(char marker, std::string_view text) {
    std::string out{'\xFF', marker, '\0', static_cast<char>(text.size() + 2)};
    out += text;
    return out;
}

Instance jpeg_with(std::string_view segments, std::string_view behind = "") {
    Elements ct = ct_elements();
    ct.put_us(0x00280010, 8)
        .put_us(0x00280011, 8)
        .put_us(0x00280100, 8)
        .put_us(0x00280101, 8)
        .put_us(0x00280102, 7);
    ct.put_bytes(
        0x7FE00010, DicomWriter{}
                        .header(0x7FE00010, Vr::OB, 0xFFFFFFFF)
                        .item(0)
                        .fragment(jpeg_frame(segments) + std::string{behind})
                        .end_sequence()
                        .text()
    );
    Instance instance = ct_of(ct);
    instance.transfer_syntax_uid = kJpegBaseline;
    return instance;
}

const Carrier kCarriers[]{
    {"PrivateGroup",
     [] {
         Elements ct = ct_elements();
         ct.put(0x00290010, Vr::LO, "SOMEONE").put(0x00291001, Vr::LO, kPlanted);
         return ct_of(ct);
     }},
    {"GroupOfADicomDir", [] { return ct_with(0x00041130, Vr::CS, kPlanted); }},
    {"GroupOfFileMeta", [] { return ct_with(0x00020016, Vr::AE, kPlanted); }},
    {"UnknownAttribute", [] { return ct_with(0x00189FFE, Vr::LO, kPlanted); }},
    {"AttributeOfVrUn", [] { return ct_with(0x00102154, Vr::UN, kPlanted); }},
    {"OddLengthName",
     [] {
         Elements ct = ct_elements();
         ct.put_bytes(0x00100010, DicomWriter{}.header(0x00100010, Vr::PN, 17).raw(kPlanted).raw("x").text());
         return ct_of(ct);
     }},
    {"OverlayGroup", [] { return ct_with(0x60004000, Vr::LT, kPlanted); }},
    {"CurveGroup", [] { return ct_with(0x50002600, Vr::LO, kPlanted); }},
    {"DigitalSignature",
     [] {
         Elements ct = ct_elements();
         const std::string signature = DicomWriter{}
                                           .sequence(0xFFFAFFFA)
                                           .item()
                                           .element(0x04000120, Vr::OB, kPlanted)
                                           .end_item()
                                           .end_sequence()
                                           .text();
         ct.put_bytes(0xFFFAFFFA, signature);
         return ct_of(ct);
     }},
    {"CharacterSetThatDoesNotExist",
     [] {
         Elements ct = ct_elements();
         ct.put(0x00080005, Vr::CS, "ISO_IR 9999").put(0x00100010, Vr::PN, kPlanted);
         return ct_of(ct);
     }},
    {"DataSetTrailingPadding", [] { return ct_with(0xFFFCFFFC, Vr::OB, kPlanted); }},
    {"JpegComment", [] { return jpeg_with(segment('\xFE', kPlanted)); }},
    {"JpegApplicationSegment", [] { return jpeg_with(segment('\xE1', kPlanted)); }},
    {"BytesBehindTheJpeg", [] { return jpeg_with("", kPlanted); }},
    {"BytesBehindTheSamples",
     [] {
         Elements ct = ct_elements();
         ct.put(0x7FE00010, Vr::OW, std::string(32, '\x2A') + std::string{kPlanted});
         return ct_of(ct);
     }},
};

INSTANTIATE_TEST_SUITE_P(Carrier, CleanedCarrier, ::testing::ValuesIn(kCarriers), [](const auto& carrier) {
    return std::string{carrier.param.name};
});

TEST(RefuseCarrier, OverlayInUnusedBitsIsCleared) {
    Elements ct = ct_elements();
    ct.put_us(0x00280101, 12).put_us(0x00280102, 11);
    std::string samples;
    for (int i = 0; i < 16; ++i) {
        samples += '\x2A';
        samples += '\xF1';  // Four bits above High Bit (11) hold the overlay.
    }
    ct.put_us(0x60000100, 16).put_us(0x60000102, 12).put(0x7FE00010, Vr::OW, samples);
    RunningNode node;
    ASSERT_EQ(node.store(ct_of(ct)), 0x0000);

    node.wait_for(kInstanceUid, JobState::kDelivered);

    const std::string delivered = node.archive_bytes();
    EXPECT_EQ(delivered.find(samples.substr(0, 8)), std::string::npos);
    EXPECT_EQ(delivered.substr(delivered.size() - 4), (std::string{'\x2A', '\x01', '\x2A', '\x01'}));
}

}  // namespace
}  // namespace efface::testing
