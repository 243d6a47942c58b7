// Goal: whatever the bytes are, the scanner terminates, every span lies inside them and offsets never
// go back. Method: synthetic data sets, a few bytes changed at random places; the seed is printed.
#include "pipeline/scan/part10.h"
#include "pipeline/scan/routing.h"
#include "pipeline/scan/scanner.h"
#include "tests/unit/pipeline/scan/dicom_writer.h"
#include "tests/unit/pipeline/scan/sound_walk.h"

#include <gtest/gtest.h>

#include <random>

namespace efface::pipeline {
namespace {

using efface::testing::bytes_of;
using efface::testing::DicomWriter;
using rules::Vr;

constexpr int kMutationsPerSyntax = 40'000;
constexpr int kBytesChangedMax = 6;

std::string synthetic(const rules::TransferSyntax& syntax) {
    DicomWriter data{syntax.explicit_vr, syntax.big_endian};
    DicomWriter implicit{false};
    implicit.item().element(0x00100010, Vr::PN, "A^B").end_item().end_sequence();
    data.element(0x00080005, Vr::CS, "ISO_IR 100")
        .element(0x00080018, Vr::UI, "1.2.3")
        .element(0x00090010, Vr::LO, "ACME")
        .header(0x00091001, Vr::UN, 0xFFFFFFFFU)
        .raw(implicit.text())
        .sequence(0x00081140)
        .item()
        .element(0x00081150, Vr::UI, "1.2.840.10008.5.1.4.1.1.2")
        .sequence(0x00081199, 8)
        .item(0)
        .end_item()
        .item(0)
        .end_sequence()
        .us(0x00280010, 2)
        .element(0x00420011, Vr::OB, std::string(64, 'x'));
    if (syntax.encapsulated) {
        data.header(0x7FE00010, Vr::OB, 0xFFFFFFFFU).fragment("").fragment("abcdef").end_sequence();
    } else {
        data.element(0x7FE00010, Vr::OW, std::string(32, 'p'));
    }
    return data.text();
}

TEST(ScannerMutation, StaysInsideTheBytesAndTerminates) {
    constexpr std::string_view kSyntaxes[] = {
        rules::kImplicitVrLittleEndian, rules::kExplicitVrLittleEndian, rules::kExplicitVrBigEndian,
        "1.2.840.10008.1.2.4.50"};
    const std::uint32_t seed = std::random_device{}();
    RecordProperty("seed", std::to_string(seed));
    SCOPED_TRACE(::testing::Message() << "seed=" << seed);
    std::mt19937 random{seed};
    for (const std::string_view uid : kSyntaxes) {
        const rules::TransferSyntax& syntax = *rules::find_transfer_syntax(uid);
        const std::string original = synthetic(syntax);
        ASSERT_EQ(sound_walk(bytes_of(original), syntax), "") << "the unchanged data set is sound";
        for (int round = 0; round < kMutationsPerSyntax; ++round) {
            std::string bytes = original;
            const auto changes = 1 + random() % kBytesChangedMax;
            for (unsigned i = 0; i < changes; ++i) {
                bytes[random() % bytes.size()] = static_cast<char>(random());
            }
            bytes.resize(bytes.size() - (random() % 4 == 0 ? random() % bytes.size() : 0));

            ASSERT_EQ(sound_walk(bytes_of(bytes), syntax), "") << "round " << round;
            (void)routing_attributes(bytes_of(bytes), syntax);
        }
    }
}

TEST(ScannerMutation, Part10FrameStaysInsideTheBytes) {
    const std::uint32_t seed = std::random_device{}();
    SCOPED_TRACE(::testing::Message() << "seed=" << seed);
    std::mt19937 random{seed};
    const std::string original =
        efface::testing::part10_file("\x08", rules::kExplicitVrLittleEndian, "1.2.3", "1.2.3.4");
    for (int round = 0; round < kMutationsPerSyntax; ++round) {
        std::string bytes = original;
        for (int i = 0; i < 3; ++i) {
            bytes[kFileMetaOffset + random() % (bytes.size() - kFileMetaOffset)] =
                static_cast<char>(random());
        }
        bytes.resize(kPreambleBytes + random() % (bytes.size() - kPreambleBytes));
        const Result<Part10> part10 = parse_part10(bytes_of(bytes));
        if (part10) {
            ASSERT_LE(part10->data_set_offset, bytes.size());
        }
        (void)classify(bytes_of(bytes));
    }
}

}  // namespace
}  // namespace efface::pipeline
