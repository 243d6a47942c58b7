// Goal: a second output of decoded samples passes only if every sample and every attribute that says
// what a sample means is right. Method: RLE images written by hand through the real cleaner with
// `transcode_to`, then one bug planted at a time.
#include "tests/unit/pipeline/gate/gate_fixture.h"
#include "tests/unit/pipeline/gate/written_file.h"

#include <gtest/gtest.h>

namespace efface::testing {
namespace {

using rules::Vr;

constexpr std::string_view kSecondaryCapture = "1.2.840.10008.5.1.4.1.1.7";
constexpr std::string_view kRle = "1.2.840.10008.1.2.5";
constexpr std::uint32_t kPhotometric = 0x00280004;
constexpr std::uint32_t kPlanar = 0x00280006;
constexpr std::uint32_t kPixelData = 0x7FE00010;
constexpr std::uint16_t kRows = 3;
constexpr std::uint16_t kColumns = 3;

struct Image {
    std::string syntax{kRle};
    std::string photometric = "MONOCHROME2";
    std::uint16_t samples = 1;
    std::uint16_t allocated = 16;
    std::uint16_t stored = 12;
    std::uint16_t is_signed = 0;
    std::uint16_t planar = 1;
    std::vector<std::string> frames;  ///< Native samples, colour by pixel, little endian.
    bool extended_table = false;
};

// One literal run a segment: nine bytes fit.
std::string rle_frame(const std::string& native, std::size_t pixel_bytes, std::size_t sample_bytes) {
    DicomWriter header;
    std::string segments;
    header.u32(static_cast<std::uint32_t>(pixel_bytes));
    for (std::size_t segment = 0; segment < 15; ++segment) {
        if (segment >= pixel_bytes) {
            header.u32(0);
            continue;
        }
        header.u32(static_cast<std::uint32_t>(64 + segments.size()));
        const std::size_t place =
            segment / sample_bytes * sample_bytes + sample_bytes - 1 - segment % sample_bytes;
        segments += static_cast<char>(kRows * kColumns - 1);
        for (std::size_t at = place; at < native.size(); at += pixel_bytes) {
            segments += native[at];
        }
        segments += segments.size() % 2 == 0 ? "" : std::string(1, '\x80');  // An idle control byte.
    }
    return header.text() + segments;
}

std::string file_of(const Image& image) {
    DicomWriter data;
    data.element(0x00080016, Vr::UI, kSecondaryCapture)
        .element(0x00080018, Vr::UI, "1.2.276.0.99.2.1")
        .element(0x00080060, Vr::CS, "OT")
        .element(0x0020000D, Vr::UI, "1.2.276.0.99.2.2")
        .element(0x0020000E, Vr::UI, "1.2.276.0.99.2.3")
        .us(0x00280002, image.samples)
        .element(kPhotometric, Vr::CS, image.photometric);
    if (image.samples == 3) {
        data.us(kPlanar, image.planar);
    }
    data.element(0x00280008, Vr::IS, std::to_string(image.frames.size()))
        .us(0x00280010, kRows)
        .us(0x00280011, kColumns)
        .us(0x00280100, image.allocated)
        .us(0x00280101, image.stored)
        .us(0x00280102, static_cast<std::uint16_t>(image.stored - 1))
        .us(0x00280103, image.is_signed);
    DicomWriter pixels;
    DicomWriter offsets;
    DicomWriter lengths;
    pixels.header(kPixelData, Vr::OB, 0xFFFFFFFFU).fragment("");
    std::uint32_t at = 0;
    for (const std::string& native : image.frames) {
        const std::size_t sample_bytes = image.allocated / 8U;
        const std::string frame = rle_frame(native, image.samples * sample_bytes, sample_bytes);
        pixels.fragment(frame);
        offsets.u32(at).u32(0);
        lengths.u32(static_cast<std::uint32_t>(frame.size())).u32(0);
        at += static_cast<std::uint32_t>(frame.size()) + 8;
    }
    pixels.end_sequence();
    if (image.extended_table) {
        data.element(0x7FE00001, Vr::OV, offsets.text()).element(0x7FE00002, Vr::OV, lengths.text());
    }
    data.raw(pixels.text());
    return part10_file(data.text(), image.syntax, kSecondaryCapture, "1.2.276.0.99.2.1");
}

// Two frames of nine 12-bit samples.
Image grey() {
    Image image;
    for (const std::uint32_t base : {0x0100U, 0x0A00U}) {
        DicomWriter native;
        for (std::uint16_t i = 0; i < kRows * kColumns; ++i) {
            native.u16(static_cast<std::uint16_t>(base + 17U * i));
        }
        image.frames.push_back(native.text());
    }
    return image;
}

// One frame of 27 bytes, an odd number.
Image colour(std::string photometric = "RGB") {
    Image image{.photometric = std::move(photometric), .samples = 3, .allocated = 8, .stored = 8};
    std::string native;
    for (int i = 0; i < kRows * kColumns * 3; ++i) {
        native += static_cast<char>(i * 9);
    }
    image.frames.push_back(native);
    return image;
}

class GateDecoded : public ::testing::Test {
protected:
    Cleaned cleaned(const std::string& original, std::string_view target = rules::kExplicitVrLittleEndian) {
        return clean(original, rules_, order_of(original, target));
    }

    std::string judge_text(
        const std::string& original, const std::string& written,
        std::string_view target = rules::kExplicitVrLittleEndian
    ) {
        return judge(original, written, *rules_.find("all-header-only"), order_of(original, target)).reason;
    }

    // What the gate says of the cleaner's output with one thing changed.
    template <class Change>
    std::string judge_changed(const Image& image, Change&& change) {
        const std::string original = file_of(image);
        const Cleaned made = cleaned(original);
        EXPECT_EQ(made.report.reason, "");
        WrittenFile file{made.written};
        change(file);
        return judge_text(original, file.text());
    }

    static pipeline::WorkOrder order_of(const std::string& original, std::string_view target) {
        pipeline::WorkOrder order = order_for(original);
        order.transcode_to = target;
        return order;
    }

    rules::RuleSet rules_ = rules_of(kHeaderOnlyRules);
};

std::string native_element(const std::string& vr, std::string samples) {
    samples += samples.size() % 2 == 0 ? "" : std::string(1, '\0');
    DicomWriter element;
    element.header(kPixelData, vr == "OW" ? Vr::OW : Vr::OB, static_cast<std::uint32_t>(samples.size()))
        .raw(samples);
    return element.text();
}

TEST_F(GateDecoded, PassesTheSamplesThatWereCompressed) {
    Image image = grey();
    image.extended_table = true;
    const std::string original = file_of(image);

    const Cleaned made = cleaned(original);
    const Cleaned implicit = cleaned(original, rules::kImplicitVrLittleEndian);

    ASSERT_EQ(made.report.reason, "");
    EXPECT_EQ(judge_text(original, made.written), "");
    EXPECT_EQ(judge_text(original, implicit.written, rules::kImplicitVrLittleEndian), "");
    WrittenFile file{made.written};
    EXPECT_EQ(file.at(kPixelData), native_element("OW", joined({image.frames[0], image.frames[1]})));
    EXPECT_FALSE(file.has(0x7FE00001) || file.has(0x7FE00002));
}

TEST_F(GateDecoded, PassesColourByPixelWhateverItsPlanesWere) {
    for (const char* photometric : {"RGB", "YBR_FULL"}) {
        const Image image = colour(photometric);
        const std::string original = file_of(image);

        const Cleaned made = cleaned(original);

        ASSERT_EQ(made.report.reason, "");
        EXPECT_EQ(judge_text(original, made.written), "");
        WrittenFile file{made.written};
        EXPECT_EQ(file.at(kPixelData), native_element("OB", image.frames[0]));
        EXPECT_EQ(file.at(kPlanar).substr(8), std::string(2, '\0'));
        EXPECT_NE(file.at(kPhotometric).find(photometric), std::string::npos);
    }
}

TEST_F(GateDecoded, HoldsEveryChangedSample) {
    const Image image = grey();
    const std::string right = joined({image.frames[0], image.frames[1]});
    for (std::size_t at = 0; at < right.size(); ++at) {
        std::string wrong = right;
        wrong[at] = static_cast<char>(wrong[at] ^ 0x04);
        EXPECT_EQ(
            judge_changed(
                image, [&](WrittenFile& file) { file.put_raw(kPixelData, native_element("OW", wrong)); }
            ),
            "gate: samples of Pixel Data differ (7FE0,0010)"
        ) << at;
    }
}

TEST_F(GateDecoded, HoldsFramesInAnotherOrderAndAnotherNumberOfThem) {
    const Image image = grey();
    const auto with = [&](const std::string& samples) {
        return judge_changed(image, [&](WrittenFile& file) {
            file.put_raw(kPixelData, native_element("OW", samples));
        });
    };

    EXPECT_EQ(
        with(joined({image.frames[1], image.frames[0]})), "gate: samples of Pixel Data differ (7FE0,0010)"
    );
    EXPECT_EQ(with(image.frames[0]), "gate: Pixel Data has not the length of its samples (7FE0,0010)");
    EXPECT_EQ(
        with(joined({image.frames[0], image.frames[1], image.frames[1]})),
        "gate: Pixel Data has not the length of its samples (7FE0,0010)"
    );
}

TEST_F(GateDecoded, HoldsAnotherPhotometricInterpretation) {
    for (const char* wrong : {"YBR_FULL", "YBR_RCT ", "MONOCHROME2 ", "RGB\\DOE "}) {
        EXPECT_EQ(
            judge_changed(colour(), [&](WrittenFile& file) { file.put(kPhotometric, Vr::CS, wrong); }),
            "gate: Photometric Interpretation is not that of the decoded samples (0028,0004)"
        ) << wrong;
    }
    EXPECT_EQ(
        judge_changed(grey(), [](WrittenFile& file) { file.put(kPhotometric, Vr::CS, "MONOCHROME1 "); }),
        "gate: Photometric Interpretation is not that of the decoded samples (0028,0004)"
    );
    EXPECT_NE(judge_changed(grey(), [](WrittenFile& file) { file.erase(kPhotometric); }), "");
}

TEST_F(GateDecoded, HoldsAnotherPlanarConfiguration) {
    EXPECT_EQ(
        judge_changed(
            colour(),
            [](WrittenFile& file) {
                file.put(kPlanar, Vr::US, std::string_view{"\1\0", 2});
            }
        ),
        "gate: Planar Configuration is not that of the decoded samples (0028,0006)"
    );
    EXPECT_NE(judge_changed(colour(), [](WrittenFile& file) { file.erase(kPlanar); }), "");
}

TEST_F(GateDecoded, HoldsWhatStandsBesideTheSamples) {
    Image image = colour();
    std::string pad = native_element("OB", image.frames[0]);
    pad.back() = 'J';
    EXPECT_EQ(
        judge_changed(image, [&](WrittenFile& file) { file.put_raw(kPixelData, pad); }),
        "gate: the pad byte of Pixel Data is not zero (7FE0,0010)"
    );
    EXPECT_EQ(
        judge_changed(
            image, [&](WrittenFile& file) { file.put_raw(kPixelData, native_element("OW", image.frames[0])); }
        ),
        "gate: Pixel Data has not the length of its samples (7FE0,0010)"
    );
    image = grey();
    std::string high = joined({image.frames[0], image.frames[1]});
    high[1] = static_cast<char>(high[1] | 0x40);
    EXPECT_EQ(
        judge_changed(
            image, [&](WrittenFile& file) { file.put_raw(kPixelData, native_element("OW", high)); }
        ),
        "gate: bits outside the samples hold something (7FE0,0010)"
    );
    image.extended_table = true;
    EXPECT_NE(
        judge_changed(image, [](WrittenFile& file) { file.put(0x7FE00001, Vr::OV, std::string(16, '\0')); }),
        ""
    );
}

// A retired overlay that no attribute names: cleared as in native samples, and the gate allows that alone.
TEST_F(GateDecoded, PassesClearedUnusedBits) {
    Image image = grey();
    image.frames[0][1] = static_cast<char>(image.frames[0][1] | 0x40);
    const std::string original = file_of(image);

    const Cleaned made = cleaned(original);

    ASSERT_EQ(made.report.reason, "");
    EXPECT_EQ(judge_text(original, made.written), "");
    EXPECT_EQ(
        WrittenFile{made.written}.at(kPixelData),
        native_element("OW", joined({grey().frames[0], grey().frames[1]}))
    );
}

TEST_F(GateDecoded, NeverPassesADecodedLossySyntax) {
    const std::string lossless = file_of(grey());
    Image image = grey();
    image.syntax = "1.2.840.10008.1.2.4.50";

    const Cleaned refused = cleaned(file_of(image));

    EXPECT_EQ(refused.report.outcome, pipeline::CleanReport::Outcome::kQuarantined);
    // The RLE image's output in the lossy one's place: as if a cleaner had decoded it.
    EXPECT_EQ(
        judge_text(file_of(image), cleaned(lossless).written),
        "gate: this syntax is never decoded (7FE0,0010)"
    );
}

TEST_F(GateDecoded, TheCleanerRefusesColoursThatContradictTheFrames) {
    for (const char* photometric : {"YBR_RCT", "YBR_ICT", "YBR_FULL_422", "MONOCHROME2", "ARGB", ""}) {
        EXPECT_EQ(
            cleaned(file_of(colour(photometric))).report.outcome, pipeline::CleanReport::Outcome::kQuarantined
        ) << photometric;
    }
    Image image = grey();
    image.photometric = "RGB";
    EXPECT_EQ(cleaned(file_of(image)).report.outcome, pipeline::CleanReport::Outcome::kQuarantined);
}

TEST_F(GateDecoded, TheCleanerAsksForItsBudgetBeforeItDecodes) {
    const std::string original = file_of(grey());
    const rules::ProjectKey key = test_key();
    const pipeline::WorkOrder order = order_of(original, rules::kExplicitVrLittleEndian);
    const auto clean_within = [&](std::uint64_t output_bytes_max) {
        const int fd = memfd_create("written", MFD_CLOEXEC);
        const auto report =
            pipeline::clean_unit(bytes_of(original), fd, {order, rules_, key, output_bytes_max});
        const off_t written = lseek(fd, 0, SEEK_END);
        close(fd);
        return std::pair{report.value().reason, written};
    };
    const auto whole = static_cast<std::uint64_t>(clean_within(1U << 20U).second);

    EXPECT_EQ(clean_within(whole).first, "");
    const auto [reason, written] = clean_within(whole - 20);
    EXPECT_EQ(reason, "decoded Pixel Data is larger than a worker or the standard allows (7FE0,0010)");
    EXPECT_EQ(static_cast<std::uint64_t>(written), whole - 36 - 12) << "not even the element's header";
}

}  // namespace
}  // namespace efface::testing
