// Goal: Pixel Data of the two files may differ only in what carries no samples, and the written one may
// hold nothing else. Method: codestreams written by hand through the real cleaner, then changed.
#include "pipeline/gate/frame_tokens.h"
#include "pipeline/gate/sample_bits.h"
#include "tests/unit/pipeline/gate/gate_fixture.h"
#include "tests/unit/pipeline/gate/written_file.h"

#include <gtest/gtest.h>

namespace efface::testing {
namespace {

using rules::Vr;

constexpr std::string_view kSecondaryCapture = "1.2.840.10008.5.1.4.1.1.7";
constexpr std::string_view kJpeg = "1.2.840.10008.1.2.4.50";
constexpr std::uint32_t kPixelData = 0x7FE00010;

struct Image {
    std::string syntax{rules::kExplicitVrLittleEndian};
    std::string frames = "1";
    std::uint16_t allocated = 16;
    std::uint16_t stored = 12;
    std::uint16_t high = 11;
    std::uint16_t is_signed = 0;
    std::string element;
    std::string tables;
    int overlay_bit = -1;
};

std::string file_of(const Image& image) {
    DicomWriter data;
    data.element(0x00080016, Vr::UI, kSecondaryCapture)
        .element(0x00080018, Vr::UI, "1.2.276.0.99.2.1")
        .element(0x00080060, Vr::CS, "OT")
        .element(0x0020000D, Vr::UI, "1.2.276.0.99.2.2")
        .element(0x0020000E, Vr::UI, "1.2.276.0.99.2.3")
        .us(0x00280002, 1)
        .element(0x00280004, Vr::CS, "MONOCHROME2")
        .element(0x00280008, Vr::IS, image.frames)
        .us(0x00280010, 2)
        .us(0x00280011, 2)
        .us(0x00280100, image.allocated)
        .us(0x00280101, image.stored)
        .us(0x00280102, image.high)
        .us(0x00280103, image.is_signed);
    if (image.overlay_bit >= 0) {
        data.us(0x60000102, static_cast<std::uint16_t>(image.overlay_bit));
    }
    data.raw(image.tables).raw(image.element);
    return part10_file(data.text(), image.syntax, kSecondaryCapture, "1.2.276.0.99.2.1");
}

std::string native(std::string_view bytes) {
    DicomWriter element;
    element.header(kPixelData, Vr::OW, static_cast<std::uint32_t>(bytes.size())).raw(bytes);
    return element.text();
}

std::string encapsulated(const std::vector<std::string>& items) {
    DicomWriter element;
    element.header(kPixelData, Vr::OB, 0xFFFFFFFFU);
    for (const std::string& item : items) {
        element.fragment(item);
    }
    element.end_sequence();
    return element.text();
}

const std::string kFrame{
    "\xFF\xD8\xFF\xC0\0\x0B\x08\0\2\0\2\1\1\x11\0\xFF\xDA\0\x08\1\1\0\0\x3F\0"
    "abcd\xFF\xD9\0",
    32};
const std::string kComment{"\xFF\xFE\0\x0AJOHN DOE", 12};
const std::string kDirty = kFrame.substr(0, 2) + kComment + kFrame.substr(2);

class GatePixels : public ::testing::Test {
protected:
    std::string judge_with(const std::string& original, const std::string& element) {
        WrittenFile file = cleaned(original);
        file.put_raw(kPixelData, element);
        return judge_text(original, file.text());
    }

    WrittenFile cleaned(const std::string& original) {
        const Cleaned result = clean(original, rules_, order_for(original));
        EXPECT_EQ(result.report.reason, "");
        return WrittenFile{result.written};
    }

    std::string judge_text(const std::string& original, const std::string& written) {
        return judge(original, written, rules_.rules().front(), order_for(original)).reason;
    }

    const rules::RuleSet rules_ = rules_of(kHeaderOnlyRules);
};

TEST_F(GatePixels, PassesNativeSamplesAndHoldsEveryChange) {
    const std::string original = file_of({.element = native(std::string_view{"\1\1\2\2\3\3\4\4", 8})});

    EXPECT_EQ(judge_text(original, cleaned(original).text()), "");
    EXPECT_EQ(
        judge_with(original, native(std::string_view{"\1\1\2\2\3\3\4\5", 8})),
        "gate: samples of Pixel Data differ (7FE0,0010)"
    );
    EXPECT_EQ(
        judge_with(original, native(std::string_view{"\1\1\2\2\3\3\4\4QUIXOTE ", 16})),
        "gate: Pixel Data has not the length of its samples (7FE0,0010)"
    );
}

TEST_F(GatePixels, WantsBytesBehindTheLastFrameGone) {
    const std::string dirty = file_of({.element = native(std::string_view{"\1\1\2\2\3\3\4\4QUIXOTE ", 16})});

    EXPECT_EQ(judge_text(dirty, cleaned(dirty).text()), "");
    EXPECT_EQ(
        judge_with(dirty, native(std::string_view{"\1\1\2\2\3\3\4\4QUIXOTE ", 16})),
        "gate: Pixel Data has not the length of its samples (7FE0,0010)"
    );
}

TEST_F(GatePixels, WantsRetiredOverlayBitsGoneAndStoredBitsKept) {
    const std::string_view samples{"\1\xF1\2\2\3\3\4\4", 8};
    const std::string original = file_of({.element = native(samples)});

    EXPECT_EQ(judge_text(original, cleaned(original).text()), "");
    EXPECT_EQ(
        judge_with(original, native(samples)), "gate: bits outside the samples hold something (7FE0,0010)"
    );
    EXPECT_EQ(
        judge_with(original, native(std::string_view{"\1\0\2\2\3\3\4\4", 8})),
        "gate: samples of Pixel Data differ (7FE0,0010)"
    );
}

TEST_F(GatePixels, PassesSignExtension) {
    const std::string original =
        file_of({.is_signed = 1, .element = native(std::string_view{"\xFF\xFF\2\2\3\xF8\4\4", 8})});

    EXPECT_EQ(judge_text(original, cleaned(original).text()), "");
}

TEST_F(GatePixels, PassesCutCodestreamsWithRebuiltTables) {
    DicomWriter table;
    table.u32(0).u32(52);
    for (const std::string& element :
         {encapsulated({"", kDirty, kFrame}), encapsulated({table.text(), kDirty, kDirty}),
          encapsulated({"", kDirty.substr(0, 8), kDirty.substr(8), kFrame})}) {
        const std::string original = file_of(
            {.syntax = std::string{kJpeg},
             .frames = "2",
             .allocated = 8,
             .stored = 8,
             .high = 7,
             .element = element}
        );
        EXPECT_EQ(judge_text(original, cleaned(original).text()), "");
    }
}

TEST_F(GatePixels, PassesRebuiltExtendedOffsets) {
    DicomWriter tables;
    DicomWriter offsets;
    offsets.u32(0).u32(0).u32(52).u32(0);
    DicomWriter lengths;
    lengths.u32(44).u32(0).u32(32).u32(0);
    tables.element(0x7FE00001, Vr::OV, offsets.text()).element(0x7FE00002, Vr::OV, lengths.text());
    const std::string original = file_of(
        {.syntax = std::string{kJpeg},
         .frames = "2",
         .allocated = 8,
         .stored = 8,
         .high = 7,
         .element = encapsulated({"", kDirty, kFrame}),
         .tables = tables.text()}
    );

    WrittenFile file = cleaned(original);
    EXPECT_EQ(judge_text(original, file.text()), "");
    file.put(0x7FE00001, Vr::OV, offsets.text());
    EXPECT_EQ(judge_text(original, file.text()), "gate: an offset table misses its frames (7FE0,0010)");
    file = cleaned(original);
    file.put(0x7FE00002, Vr::OV, lengths.text());
    EXPECT_EQ(judge_text(original, file.text()), "gate: the Extended Offset Table is wrong (7FE0,0002)");
}

TEST_F(GatePixels, HoldsBugsInCodestreams) {
    const Image image{
        .syntax = std::string{kJpeg},
        .allocated = 8,
        .stored = 8,
        .high = 7,
        .element = encapsulated({"", kDirty})};
    const std::string original = file_of(image);
    std::string other_samples = kFrame;
    other_samples[26] = 'X';
    std::string other_table = kFrame;
    other_table[8] = '\3';

    EXPECT_EQ(judge_with(original, encapsulated({"", kFrame})), "");
    EXPECT_EQ(
        judge_with(original, encapsulated({"", kDirty})), "gate: a frame holds what is no samples (7FE0,0010)"
    );
    EXPECT_EQ(
        judge_with(original, encapsulated({"", kFrame.substr(0, 31) + "DOE"})),
        "gate: a frame holds what is no samples (7FE0,0010)"
    );
    EXPECT_EQ(
        judge_with(original, encapsulated({"", other_samples})),
        "gate: samples of Pixel Data differ (7FE0,0010)"
    );
    EXPECT_EQ(
        judge_with(original, encapsulated({"", other_table})),
        "gate: samples of Pixel Data differ (7FE0,0010)"
    );
    EXPECT_EQ(judge_with(original, encapsulated({"", "DOE "})), "gate: a JPEG frame has no start");
    EXPECT_EQ(
        judge_with(original, encapsulated({""})),
        "gate: Pixel Data has fewer fragments than frames (7FE0,0010)"
    );
    EXPECT_EQ(
        judge_with(original, encapsulated({std::string(4, '\0'), kFrame})),
        "gate: Pixel Data gained or lost its offset table (7FE0,0010)"
    );
    EXPECT_EQ(
        judge_with(original, native("abcd")),
        "gate: Pixel Data is not as its transfer syntax says (7FE0,0010)"
    );
    WrittenFile without = cleaned(original);
    without.erase(kPixelData);
    EXPECT_EQ(
        judge_text(original, without.text()),
        "gate: an attribute that must stand there is missing (7FE0,0010)"
    );
}

TEST_F(GatePixels, HoldsARetiredOverlayInCompressedSamples) {
    const Image image{.syntax = std::string{kJpeg}, .element = encapsulated({"", kFrame})};
    Image overlay = image;
    overlay.overlay_bit = 12;

    const WrittenFile written = cleaned(file_of(image));

    EXPECT_EQ(
        judge_text(file_of(overlay), written.text()),
        "gate: a retired overlay lies in compressed samples (7FE0,0010)"
    );
}

std::vector<std::string> token_texts(const pipeline::FrameTokens& found) {
    std::vector<std::string> texts;
    for (const pipeline::FrameToken& token : found.tokens) {
        texts.emplace_back(reinterpret_cast<const char*>(token.fields.data()), token.fields.size());
    }
    return texts;
}

// Main header comment, tile-part comment, bytes behind the end: the tokens are those of the bare frame.
TEST(FrameTokens, OfJpeg2000AreTheSameWithAndWithoutComments) {
    const auto frame = [](bool comments) {
        const std::string comment = comments ? std::string{"\xFF\x64\0\x0AJOHN DOE", 12} : std::string{};
        const std::string tile_header = comment +
                                        "\xFF\x93"
                                        "data";
        std::string made{"\xFF\x4F\xFF\x51\0\x29", 6};
        made += std::string(34, '\0');
        made += std::string{"\0\1\7\1\1", 5} + comment;
        made += std::string{"\xFF\x90\0\x0A\0\0\0\0\0", 9};
        made += static_cast<char>(12 + tile_header.size());
        made += std::string{"\0\1", 2} + tile_header + "\xFF\xD9" + (comments ? "DOE" : "");
        return made;
    };
    const std::string bare_frame = frame(false);
    const std::string dirty_frame = frame(true);

    const auto bare = pipeline::tokens_of_jpeg2000(bytes_of(bare_frame));
    const auto dirty = pipeline::tokens_of_jpeg2000(bytes_of(dirty_frame));

    ASSERT_TRUE(bare) << bare.error().message();
    ASSERT_TRUE(dirty) << dirty.error().message();
    EXPECT_FALSE(bare->carriers);
    EXPECT_TRUE(dirty->carriers);
    EXPECT_EQ(bare->tokens, dirty->tokens);
    EXPECT_EQ(token_texts(*bare).size(), 4u);
}

TEST(FrameTokens, OfRleStopWhereThePlanesEnd) {
    std::string frame{"\1\0\0\0\x40\0\0\0", 8};
    frame.resize(64, '\0');
    frame += "\3abcd";
    const std::string padded = frame + '\0';
    const std::string dirty = frame + "QUIXOTE";

    EXPECT_FALSE(pipeline::tokens_of_rle(bytes_of(padded), 4)->carriers);
    EXPECT_TRUE(pipeline::tokens_of_rle(bytes_of(dirty), 4)->carriers);
    EXPECT_EQ(
        pipeline::tokens_of_rle(bytes_of(padded), 4)->tokens,
        pipeline::tokens_of_rle(bytes_of(dirty), 4)->tokens
    );
    EXPECT_FALSE(pipeline::tokens_of_rle(bytes_of(padded), 3));
    EXPECT_FALSE(pipeline::tokens_of_rle(bytes_of(padded), 5));
}

TEST(FrameTokens, OfFamiliesWithoutAWalkAreRefused) {
    using enum rules::SyntaxFamily;
    for (const rules::SyntaxFamily family :
         {kMpeg2, kMpeg4, kHevc, kJpegXl, kDeflatedFrames, kOther, kNative}) {
        EXPECT_FALSE(pipeline::tokens_of_frame(family, bytes_of("anything"), {}));
    }
}

TEST(SampleBits, CompareAcrossByteOrders) {
    const pipeline::SampleBits words{16, 12, 11, false};
    const pipeline::SampleBits bytes{8, 8, 7, false};
    const auto little = bytes_of("\1\2\3\4");
    const auto big = bytes_of("\2\1\4\3");

    EXPECT_TRUE(words.same_samples({little, false, Vr::OW}, {big, true, Vr::OW}));
    EXPECT_FALSE(words.same_samples({little, false, Vr::OW}, {little, true, Vr::OW}));
    EXPECT_TRUE(bytes.same_samples({little, false, Vr::OW}, {big, true, Vr::OW}));
    EXPECT_FALSE(bytes.same_samples({little, false, Vr::OB}, {big, true, Vr::OB}));
}

}  // namespace
}  // namespace efface::testing
