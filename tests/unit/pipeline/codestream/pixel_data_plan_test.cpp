// Goal: the planned element holds every sample of the original and nothing beside them, with offset
// tables that point at its frames. Method: synthetic data sets; the plan's pieces are put together.
#include "pipeline/codestream/pixel_data_plan.h"

#include "tests/unit/pipeline/scan/dicom_writer.h"

#include <gtest/gtest.h>

namespace efface::pipeline {
namespace {

using efface::testing::DicomWriter;
using rules::Vr;

struct Shape {
    std::uint16_t rows = 2;
    std::uint16_t columns = 2;
    std::uint16_t allocated = 16;
    std::uint16_t stored = 12;
    std::uint16_t high = 11;
    std::uint16_t is_signed = 0;
    std::string frames = "1";
    int overlay_bit = -1;
};

DicomWriter image(const Shape& shape, bool big_endian = false) {
    DicomWriter data{true, big_endian};
    data.us(0x00280002, 1)
        .element(0x00280004, Vr::CS, "MONOCHROME2")
        .element(0x00280008, Vr::IS, shape.frames)
        .us(0x00280010, shape.rows)
        .us(0x00280011, shape.columns)
        .us(0x00280100, shape.allocated)
        .us(0x00280101, shape.stored)
        .us(0x00280102, shape.high)
        .us(0x00280103, shape.is_signed);
    if (shape.overlay_bit >= 0) {
        data.us(0x60000102, static_cast<std::uint16_t>(shape.overlay_bit));
    }
    return data;
}

constexpr std::string_view kExplicit = rules::kExplicitVrLittleEndian;
constexpr std::string_view kJpegBaseline = "1.2.840.10008.1.2.4.50";

Result<PixelDataPlan> plan_of(const DicomWriter& data, std::string_view syntax) {
    return plan_pixel_data(data.bytes(), *rules::find_transfer_syntax(syntax));
}

std::string put_together(const DicomWriter& data, const PixelDataPlan& plan) {
    std::string text;
    for (const Piece& piece : plan.pieces) {
        if (piece.patched) {
            text.append(reinterpret_cast<const char*>(plan.patch.data()) + piece.offset, piece.length);
        } else {
            text.append(data.text(), piece.offset, piece.length);
        }
    }
    EXPECT_EQ(text.size(), plan.new_bytes);
    return text;
}

std::string reason(const Result<PixelDataPlan>& plan) {
    return plan ? "planned" : std::string{plan.error().text.view()};
}

DicomWriter native_element(const std::string& value) {
    DicomWriter element;
    element.header(0x7FE00010, Vr::OW, static_cast<std::uint32_t>(value.size())).raw(value);
    return element;
}

TEST(PixelDataPlan, CopiesCleanNativePixelDataAsItStands) {
    DicomWriter data = image({});
    data.raw(native_element(std::string(8, '\1')).text());

    const Result<PixelDataPlan> plan = plan_of(data, kExplicit);

    ASSERT_TRUE(plan);
    EXPECT_TRUE(plan->identical);
    EXPECT_EQ(put_together(data, *plan), native_element(std::string(8, '\1')).text());
}

TEST(PixelDataPlan, CutsBytesBehindTheLastNativeFrame) {
    DicomWriter data = image({.frames = "2"});
    data.raw(native_element(efface::testing::joined({std::string(16, '\1'), "JOHN DOE"})).text());

    const Result<PixelDataPlan> plan = plan_of(data, kExplicit);

    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->trailing_bytes, 8u);
    EXPECT_EQ(put_together(data, *plan), native_element(std::string(16, '\1')).text());
}

TEST(PixelDataPlan, ReplacesAPadByteThatIsNotZero) {
    DicomWriter data = image({.rows = 1, .columns = 3, .allocated = 8, .stored = 8, .high = 7});
    data.raw(native_element("abcX").text());

    const Result<PixelDataPlan> plan = plan_of(data, kExplicit);

    ASSERT_TRUE(plan);
    EXPECT_EQ(put_together(data, *plan), native_element(std::string{"abc\0", 4}).text());
}

TEST(PixelDataPlan, QuarantinesNativePixelDataShorterThanItsFrames) {
    DicomWriter data = image({.frames = "3"});
    data.raw(native_element(std::string(16, '\1')).text());

    EXPECT_EQ(reason(plan_of(data, kExplicit)), "Pixel Data is shorter than its frames");
}

TEST(PixelDataPlan, CountsOneBitFramesWithoutGaps) {
    DicomWriter data =
        image({.rows = 3, .columns = 3, .allocated = 1, .stored = 1, .high = 0, .frames = "3"});
    data.raw(native_element(std::string(4, '\1')).text());

    const Result<PixelDataPlan> plan = plan_of(data, kExplicit);

    ASSERT_TRUE(plan);
    EXPECT_TRUE(plan->identical);
}

TEST(PixelDataPlan, FindsOverlayBitsInUnsignedSamples) {
    for (const bool big_endian : {false, true}) {
        DicomWriter data = image({}, big_endian);
        data.header(0x7FE00010, Vr::OW, 8).u16(0x0FFF).u16(0x8001).u16(0).u16(0);
        const auto& syntax = big_endian ? rules::kExplicitVrBigEndian : kExplicit;

        const Result<PixelDataPlan> plan = plan_of(data, syntax);

        ASSERT_TRUE(plan);
        ASSERT_TRUE(plan->clear_bits);
        std::vector<std::byte> samples{data.bytes().end() - 8, data.bytes().end()};
        clear_unused_bits(samples, *plan->clear_bits);
        DicomWriter expected{true, big_endian};
        expected.u16(0x0FFF).u16(0x0001).u16(0).u16(0);
        EXPECT_TRUE(std::ranges::equal(samples, expected.bytes()));
    }
}

TEST(PixelDataPlan, KnowsSignExtensionFromAnOverlay) {
    DicomWriter extended = image({.is_signed = 1});
    extended.header(0x7FE00010, Vr::OW, 8).u16(0xFFFF).u16(0x0001).u16(0xF800).u16(0x0800);
    DicomWriter overlay = image({.is_signed = 1});
    overlay.header(0x7FE00010, Vr::OW, 8).u16(0xFFFF).u16(0x1001).u16(0).u16(0);

    EXPECT_FALSE(plan_of(extended, kExplicit)->clear_bits);
    EXPECT_TRUE(plan_of(overlay, kExplicit)->clear_bits);
}

const std::string kFrame{
    "\xFF\xD8\xFF\xC0\0\x0B\x08\0\2\0\2\1\1\x11\0\xFF\xDA\0\x08\1\1\0\0\x3F\0"
    "abcd\xFF\xD9\0",
    32};
const std::string kDirty = kFrame.substr(0, 2) + std::string{"\xFF\xFE\0\x0AJOHN DOE", 12} + kFrame.substr(2);

DicomWriter encapsulated(const std::vector<std::string>& items, const Shape& shape = {}) {
    DicomWriter data = image(shape);
    data.header(0x7FE00010, Vr::OB, 0xFFFFFFFFU);
    for (const std::string& item : items) {
        data.fragment(item);
    }
    data.end_sequence();
    return data;
}

std::string element_of(const DicomWriter& data) {
    return data.text().substr(data.text().find(std::string{"\xE0\x7F\x10\0OB", 6}));
}

std::string table(std::initializer_list<std::uint32_t> offsets) {
    DicomWriter writer;
    for (const std::uint32_t offset : offsets) {
        writer.u32(offset);
    }
    return writer.text();
}

TEST(PixelDataPlan, CopiesCleanFragmentsAsTheyStand) {
    const DicomWriter data = encapsulated({"", kFrame, kFrame}, {.frames = "2"});

    const Result<PixelDataPlan> plan = plan_of(data, kJpegBaseline);

    ASSERT_TRUE(plan) << reason(plan);
    EXPECT_TRUE(plan->identical);
    EXPECT_EQ(put_together(data, *plan), element_of(data));
}

TEST(PixelDataPlan, RebuildsTheBasicOffsetTable) {
    const DicomWriter data = encapsulated({table({0, 52, 92}), kDirty, kFrame, kDirty}, {.frames = "3"});

    const Result<PixelDataPlan> plan = plan_of(data, kJpegBaseline);

    ASSERT_TRUE(plan) << reason(plan);
    EXPECT_EQ(plan->segments_cut, 2u);
    EXPECT_EQ(
        put_together(data, *plan),
        element_of(encapsulated({table({0, 40, 80}), kFrame, kFrame, kFrame}, {.frames = "3"}))
    );
}

TEST(PixelDataPlan, MakesOneFragmentOfAFrameThatIsCutAndLeavesTheOthers) {
    const std::vector<std::string> items{
        "", kDirty.substr(0, 10), kDirty.substr(10), kFrame.substr(0, 20), kFrame.substr(20)};
    const DicomWriter data = encapsulated(items, {.frames = "2"});

    const Result<PixelDataPlan> plan = plan_of(data, kJpegBaseline);

    ASSERT_TRUE(plan) << reason(plan);
    EXPECT_EQ(
        put_together(data, *plan),
        element_of(encapsulated({"", kFrame, kFrame.substr(0, 20), kFrame.substr(20)}))
    );
}

TEST(PixelDataPlan, GivesNewExtendedOffsets) {
    DicomWriter data = image({.frames = "2"});
    DicomWriter offsets;
    offsets.u32(0).u32(0).u32(52).u32(0);
    DicomWriter lengths;
    lengths.u32(44).u32(0).u32(32).u32(0);
    data.element(0x7FE00001, Vr::OV, offsets.text()).element(0x7FE00002, Vr::OV, lengths.text());
    data.header(0x7FE00010, Vr::OB, 0xFFFFFFFFU)
        .fragment("")
        .fragment(kDirty)
        .fragment(kFrame)
        .end_sequence();

    const Result<PixelDataPlan> plan = plan_of(data, kJpegBaseline);

    ASSERT_TRUE(plan) << reason(plan);
    EXPECT_EQ(plan->extended_offsets, (std::vector<std::uint64_t>{0, 40}));
    EXPECT_EQ(plan->extended_lengths, (std::vector<std::uint64_t>{32, 32}));
}

TEST(PixelDataPlan, QuarantinesFramesThatCannotBeToldApart) {
    EXPECT_EQ(
        reason(plan_of(encapsulated({"", kFrame, kFrame, kFrame}, {.frames = "2"}), kJpegBaseline)),
        "frames cannot be told apart without an offset table"
    );
    EXPECT_EQ(
        reason(plan_of(encapsulated({table({0, 41}), kFrame, kFrame}, {.frames = "2"}), kJpegBaseline)),
        "an offset table does not point at fragments"
    );
    EXPECT_EQ(
        reason(plan_of(encapsulated({table({0}), kFrame, kFrame}, {.frames = "2"}), kJpegBaseline)),
        "an offset table does not count Number of Frames"
    );
    EXPECT_EQ(
        reason(plan_of(encapsulated({"", kFrame}, {.frames = "2"}), kJpegBaseline)),
        "Pixel Data has fewer fragments than frames"
    );
}

TEST(PixelDataPlan, QuarantinesAnOverlayInCompressedSamplesAndAWrongEncoding) {
    EXPECT_EQ(
        reason(plan_of(encapsulated({"", kFrame}, {.overlay_bit = 12}), kJpegBaseline)),
        "a retired overlay lies in compressed samples"
    );
    EXPECT_EQ(
        reason(plan_of(encapsulated({"", kFrame}), kExplicit)),
        "Pixel Data is not as the transfer syntax says"
    );
}

TEST(PixelDataPlan, QuarantinesAMissingShape) {
    DicomWriter data;
    data.raw(native_element("abcd").text());

    EXPECT_EQ(
        reason(plan_of(data, kExplicit)), "Rows, Columns, Samples or Bits are missing or contradictory"
    );
}

TEST(PixelDataPlan, SaysThatThereIsNone) {
    EXPECT_FALSE(plan_of(image({}), kExplicit)->present);
}

}  // namespace
}  // namespace efface::pipeline
