// Goal: samples that come out of a JPEG 2000 decoder as RGB are called RGB, and nothing else is.
// Method: frames of OpenJPEG's encoder with and without the reversible component transformation, under
// each Photometric Interpretation, through the real cleaner; then the attribute is planted wrong.
#include "tests/unit/pipeline/codec/encoders.h"
#include "tests/unit/pipeline/gate/gate_fixture.h"
#include "tests/unit/pipeline/gate/written_file.h"

#include <gtest/gtest.h>

namespace efface::testing {
namespace {

using rules::Vr;

constexpr std::string_view kSecondaryCapture = "1.2.840.10008.5.1.4.1.1.7";
constexpr std::string_view kJpeg2000 = "1.2.840.10008.1.2.4.90";
constexpr std::uint32_t kPhotometric = 0x00280004;
constexpr std::uint16_t kEdge = 8;

Picture rainbow() {
    Picture picture;
    picture.shape = {kEdge, kEdge, 3, 8, 8, 7, false};
    for (std::int32_t i = 0; i < kEdge * kEdge * 3; ++i) {
        picture.samples.push_back(i * 41 % 256);
    }
    return picture;
}

std::string file_of(const Bytes& frame, std::string_view photometric) {
    DicomWriter data;
    data.element(0x00080016, Vr::UI, kSecondaryCapture)
        .element(0x00080018, Vr::UI, "1.2.276.0.99.2.1")
        .element(0x00080060, Vr::CS, "OT")
        .element(0x0020000D, Vr::UI, "1.2.276.0.99.2.2")
        .element(0x0020000E, Vr::UI, "1.2.276.0.99.2.3")
        .us(0x00280002, 3)
        .element(kPhotometric, Vr::CS, photometric)
        .us(0x00280006, 0)
        .us(0x00280010, kEdge)
        .us(0x00280011, kEdge)
        .us(0x00280100, 8)
        .us(0x00280101, 8)
        .us(0x00280102, 7)
        .us(0x00280103, 0)
        .header(0x7FE00010, Vr::OB, 0xFFFFFFFFU)
        .fragment("")
        .fragment({reinterpret_cast<const char*>(frame.data()), frame.size()})
        .end_sequence();
    return part10_file(data.text(), kJpeg2000, kSecondaryCapture, "1.2.276.0.99.2.1");
}

class GateDecodedColour : public ::testing::Test {
protected:
    Cleaned cleaned(const std::string& original) { return clean(original, rules_, order_of(original)); }

    std::string judged(const std::string& original, const std::string& written) {
        return judge(original, written, *rules_.find("all-header-only"), order_of(original)).reason;
    }

    static pipeline::WorkOrder order_of(const std::string& original) {
        pipeline::WorkOrder order = order_for(original);
        order.transcode_to = rules::kExplicitVrLittleEndian;
        return order;
    }

    rules::RuleSet rules_ = rules_of(kHeaderOnlyRules);
    const Bytes transformed_ = encode_jpeg2000(rainbow(), {.colour_transform = true});
    const Bytes plain_ = encode_jpeg2000(rainbow());
};

TEST_F(GateDecodedColour, BecomesRgbWhereTheTransformationWasUndone) {
    for (const auto& [frame, photometric] :
         {std::pair{&transformed_, "YBR_RCT "}, {&transformed_, "RGB "}, {&plain_, "RGB "}}) {
        const std::string original = file_of(*frame, photometric);

        const Cleaned made = cleaned(original);

        ASSERT_EQ(made.report.reason, "") << photometric;
        EXPECT_EQ(judged(original, made.written), "") << photometric;
        EXPECT_EQ(WrittenFile{made.written}.at(kPhotometric).substr(8), "RGB ");
    }
    const std::string as_is = file_of(plain_, "YBR_FULL");
    EXPECT_EQ(WrittenFile{cleaned(as_is).written}.at(kPhotometric).substr(8), "YBR_FULL");
}

TEST_F(GateDecodedColour, IsHeldWhereItIsNotRgbThen) {
    const std::string original = file_of(transformed_, "YBR_RCT");
    for (const char* wrong : {"YBR_RCT ", "YBR_FULL", "YBR_ICT ", "RGB  "}) {
        WrittenFile file{cleaned(original).written};
        file.put(kPhotometric, Vr::CS, wrong);
        EXPECT_EQ(
            judged(original, file.text()),
            "gate: Photometric Interpretation is not that of the decoded samples (0028,0004)"
        ) << wrong;
    }
}

// The gate is shown what a cleaner would write that believed the attribute instead of the frame.
TEST_F(GateDecodedColour, IsHeldWhereAttributeAndFrameContradict) {
    for (const auto& [frame, photometric] : {std::pair{&plain_, "YBR_RCT "}, {&transformed_, "YBR_FULL"}}) {
        const std::string original = file_of(*frame, photometric);
        WrittenFile file{cleaned(file_of(*frame, "RGB ")).written};
        file.put(kPhotometric, Vr::CS, photometric == std::string_view{"YBR_RCT "} ? "RGB " : photometric);

        EXPECT_EQ(cleaned(original).report.outcome, pipeline::CleanReport::Outcome::kQuarantined);
        EXPECT_EQ(
            judged(original, file.text()),
            "gate: Photometric Interpretation is not that of the frames (0028,0004)"
        ) << photometric;
    }
}

}  // namespace
}  // namespace efface::testing
