// Goal: whatever bytes an original or a written file holds, the gate answers and never passes a file
// whose readable attributes changed. Method: random bytes changed in either file; the seed is printed.
#include "pipeline/codestream/pixel_data_plan.h"
#include "tests/unit/pipeline/gate/gate_fixture.h"

#include <gtest/gtest.h>

#include <random>

namespace efface::testing {
namespace {

using rules::Vr;

constexpr int kRounds = 20'000;
constexpr std::string_view kJpeg = "1.2.840.10008.1.2.4.50";

std::string original_file() {
    const std::string frame{
        "\xFF\xD8\xFF\xFE\0\x0AJOHN DOE\xFF\xC0\0\x0B\x08\0\2\0\2\1\1\x11\0\xFF\xDA\0\x08\1\1\0\0\x3F\0"
        "abcd\xFF\xD9\0",
        44};
    DicomWriter data;
    data.element(0x00080016, Vr::UI, "1.2.840.10008.5.1.4.1.1.7")
        .element(0x00080018, Vr::UI, "1.2.276.0.99.4.1")
        .element(0x00080060, Vr::CS, "OT")
        .sequence(0x00082218)
        .item()
        .element(0x00080104, Vr::LO, "Head")
        .end_item()
        .end_sequence()
        .element(0x00100010, Vr::PN, "Panza^Sancho")
        .element(0x00100020, Vr::LO, "PID-27182")
        .element(0x0020000D, Vr::UI, "1.2.276.0.99.4.2")
        .element(0x0020000E, Vr::UI, "1.2.276.0.99.4.3")
        .us(0x00280002, 1)
        .us(0x00280010, 2)
        .us(0x00280011, 2)
        .us(0x00280100, 8)
        .us(0x00280101, 8)
        .us(0x00280102, 7)
        .us(0x00280103, 0)
        .header(0x7FE00010, Vr::OB, 0xFFFFFFFFU)
        .fragment("")
        .fragment(frame)
        .end_sequence();
    return part10_file(data.text(), kJpeg, "1.2.840.10008.5.1.4.1.1.7", "1.2.276.0.99.4.1");
}

std::string mutated(std::string bytes, std::mt19937& random) {
    for (unsigned i = 0; i < 1 + random() % 4; ++i) {
        bytes[132 + random() % (bytes.size() - 132)] = static_cast<char>(random());
    }
    bytes.resize(bytes.size() - (random() % 8 == 0 ? random() % bytes.size() : 0));
    return bytes;
}

// One byte makes OW of OB, and nothing else changes.
TEST(GateMutation, CompressedFramesInAnotherVrAreHeld) {
    const std::string original = original_file();
    const rules::RuleSet rules = rules_of(kHeaderOnlyRules);
    const pipeline::WorkOrder order = order_for(original);
    std::string written = clean(original, rules, order).written;
    const std::size_t at = written.find(std::string{"\xE0\x7F\x10\0OB", 6});
    ASSERT_NE(at, std::string::npos);
    written[at + 5] = 'W';

    EXPECT_EQ(
        judge(original, written, rules.rules().front(), order).reason,
        "gate: Pixel Data changed its VR (7FE0,0010)"
    );
}

TEST(GateMutation, AnswersWhateverTheBytesAre) {
    const std::uint32_t seed = std::random_device{}();
    SCOPED_TRACE(::testing::Message() << "seed=" << seed);
    std::mt19937 random{seed};
    const std::string original = original_file();
    const rules::RuleSet rules = rules_of(kHeaderOnlyRules);
    const rules::Rule& rule = rules.rules().front();
    pipeline::WorkOrder order = order_for(original);
    order.original_bytes = 0;
    const std::string written = clean(original, rules, order).written;
    ASSERT_EQ(judge(original, written, rule, order).reason, "");
    const auto& syntax = *rules::find_transfer_syntax(kJpeg);
    for (int round = 0; round < kRounds; ++round) {
        const std::string other_original = mutated(original, random);
        const std::string other_written = mutated(written, random);

        (void)judge(other_original, written, rule, order);
        EXPECT_TRUE(
            other_written == written || !judge(original, other_written, rule, order).passed
        ) << "round "
          << round << ", first changed byte "
          << std::mismatch(written.begin(), written.end(), other_written.begin(), other_written.end()).first -
                 written.begin();
        (void)judge(other_original, other_written, rule, order);
        const auto data_set = bytes_of(other_original);
        if (const auto part10 = pipeline::parse_part10(data_set)) {
            (void)pipeline::plan_pixel_data(data_set.subspan(part10->data_set_offset), syntax);
        }
    }
}

}  // namespace
}  // namespace efface::testing
