// Goal: a frame decodes to the very samples it was made of, or not at all; nothing that is lossy,
// contradicts its attributes or is broken passes. Method: pictures of seeded noise through the
// libraries' own encoders, and the same streams with changed attributes and changed bytes.
#include "tests/unit/pipeline/codec/encoders.h"

#include <gtest/gtest.h>

#include <random>

namespace efface::testing {
namespace {

using pipeline::DecodedFrame;
using pipeline::SampleShape;

constexpr std::string_view kRle = "1.2.840.10008.1.2.5";
constexpr std::string_view kJpeg = "1.2.840.10008.1.2.4.57";
constexpr std::string_view kJpegFirstOrder = "1.2.840.10008.1.2.4.70";
constexpr std::string_view kJpegLs = "1.2.840.10008.1.2.4.80";
constexpr std::string_view kJpeg2000 = "1.2.840.10008.1.2.4.90";
constexpr std::uint32_t kSeed = 20260;

Result<DecodedFrame> decode(std::string_view syntax, const Bytes& frame, const SampleShape& shape) {
    return pipeline::decode_frame(*rules::find_transfer_syntax(syntax), frame, shape);
}

// Smooth with noise, so that every coding path of a predictor is taken.
Picture picture(
    std::uint64_t samples, std::uint64_t allocated, std::uint64_t stored, bool is_signed = false
) {
    Picture made;
    made.shape = {37, 41, samples, allocated, stored, stored - 1, is_signed};
    std::mt19937 random{kSeed};
    const auto range = static_cast<std::int32_t>(std::int64_t{1} << stored);
    for (std::int32_t i = 0; i < 37 * 41 * static_cast<std::int32_t>(samples); ++i) {
        const auto noise = static_cast<std::int32_t>(random() % 17);
        const bool flat = (i / 200) % 2 == 0;
        const std::int32_t sample = (flat ? range / 2 : (i * 29 + noise) % range);
        made.samples.push_back(is_signed ? sample - range / 2 : sample);
    }
    return made;
}

void expect_same(std::string_view syntax, const Bytes& frame, const Picture& expected) {
    const auto decoded = decode(syntax, frame, expected.shape);
    ASSERT_TRUE(decoded.has_value()) << syntax << ": " << decoded.error().message();
    EXPECT_TRUE(decoded->bytes == expected.words()) << syntax;
}

void expect_refused(std::string_view syntax, const Bytes& frame, const SampleShape& shape) {
    const auto decoded = decode(syntax, frame, shape);
    ASSERT_FALSE(decoded.has_value()) << syntax;
    EXPECT_EQ(decoded.error().fault, Fault::kQuarantine);
}

TEST(FrameDecoder, DecodesJpegLosslessOfEveryDepthAndPredictor) {
    for (const auto& [samples, allocated, stored] :
         {std::tuple{1, 8, 8}, {3, 8, 8}, {1, 16, 8}, {1, 16, 12}, {1, 16, 16}}) {
        const Picture made = picture(
            static_cast<std::uint64_t>(samples), static_cast<std::uint64_t>(allocated),
            static_cast<std::uint64_t>(stored)
        );
        for (int predictor = 1; predictor <= 7; ++predictor) {
            SCOPED_TRACE(::testing::Message() << samples << " x " << stored << " predictor " << predictor);
            expect_same(kJpeg, encode_jpeg(made, predictor), made);
        }
        expect_same(kJpegFirstOrder, encode_jpeg(made, 1), made);
    }
}

TEST(FrameDecoder, DecodesJpegLsOfEveryInterleaveMode) {
    for (const int interleave : {0, 1, 2}) {
        const Picture colour = picture(3, 8, 8);
        expect_same(kJpegLs, encode_jpeg_ls(colour, interleave), colour);
        const Picture deep = picture(3, 16, 12);
        expect_same(kJpegLs, encode_jpeg_ls(deep, interleave), deep);
    }
    for (const std::uint64_t stored : {7U, 8U, 10U, 16U}) {
        const Picture grey = picture(1, stored <= 8 ? 8 : 16, stored);
        expect_same(kJpegLs, encode_jpeg_ls(grey, 0), grey);
    }
}

TEST(FrameDecoder, DecodesJpeg2000WithSignsTilesAndColours) {
    for (const bool is_signed : {false, true}) {
        for (const std::uint64_t stored : {8U, 12U, 16U}) {
            const Picture grey = picture(1, 16, stored, is_signed);
            expect_same(kJpeg2000, encode_jpeg2000(grey), grey);
            expect_same(kJpeg2000, encode_jpeg2000(grey, {.tile = 16}), grey);
        }
    }
    const Picture colour = picture(3, 8, 8);
    for (const bool transformed : {false, true}) {
        const Bytes frame = encode_jpeg2000(colour, {.colour_transform = transformed});
        expect_same(kJpeg2000, frame, colour);
        EXPECT_EQ(decode(kJpeg2000, frame, colour.shape)->colour_transformed, transformed);
    }
}

// One segment a byte, the most significant first; runs of both kinds and the idle control byte.
TEST(FrameDecoder, DecodesRleSegmentsIntoWords) {
    const SampleShape shape{1, 4, 1, 16, 16, 15, false};
    Bytes frame(64);
    frame[0] = std::byte{2};
    frame[4] = std::byte{64};
    frame[8] = std::byte{68};
    for (const int byte : {0xFD, 0x12, 0x80, 0x00, /* second */ 0x01, 0xAA, 0xBB, 0x80, 0xFF, 0xCC}) {
        frame.push_back(static_cast<std::byte>(byte));
    }

    const auto decoded = decode(kRle, frame, shape);

    ASSERT_TRUE(decoded.has_value()) << decoded.error().message();
    const Bytes expected{std::byte{0xAA}, std::byte{0x12}, std::byte{0xBB}, std::byte{0x12},
                         std::byte{0xCC}, std::byte{0x12}, std::byte{0xCC}, std::byte{0x12}};
    EXPECT_TRUE(decoded->bytes == expected);
    frame[0] = std::byte{1};
    expect_refused(kRle, frame, shape);
    frame[0] = std::byte{2};
    frame.pop_back();
    expect_refused(kRle, frame, shape);
}

TEST(FrameDecoder, RefusesWhatIsNotProvenLossless) {
    const Picture grey = picture(1, 8, 8);
    const Picture colour = picture(3, 8, 8);

    expect_refused(kJpegLs, encode_jpeg_ls(grey, 0, 2), grey.shape);
    expect_refused(kJpegLs, encode_jpeg_ls(colour, 2, 0, 1), colour.shape);  // HP's colours: not in DICOM.
    expect_refused(kJpeg2000, encode_jpeg2000(grey, {.irreversible = true}), grey.shape);
    expect_refused(kJpeg, encode_jpeg(grey, 1, 2), grey.shape);
    expect_refused("1.2.840.10008.1.2.4.91", encode_jpeg2000(grey), grey.shape);
    expect_refused("1.2.840.10008.1.2.4.50", encode_jpeg(grey, 1), grey.shape);
    expect_refused(kJpegLs, encode_jpeg(grey, 1), grey.shape);
    expect_refused(kJpeg, encode_jpeg_ls(grey, 0), grey.shape);
}

struct Stream {
    std::string_view syntax;
    Bytes frame;
    SampleShape shape;
};

std::vector<Stream> streams() {
    const Picture grey = picture(1, 16, 12);
    const Picture colour = picture(3, 8, 8);
    return {
        {kJpeg, encode_jpeg(grey, 4), grey.shape},
        {kJpeg, encode_jpeg(colour, 1), colour.shape},
        {kJpegLs, encode_jpeg_ls(grey, 0), grey.shape},
        {kJpegLs, encode_jpeg_ls(colour, 1), colour.shape},
        {kJpeg2000, encode_jpeg2000(grey, {.tile = 16}), grey.shape},
        {kJpeg2000, encode_jpeg2000(colour, {.colour_transform = true}), colour.shape}};
}

TEST(FrameDecoder, RefusesAFrameThatContradictsItsAttributes) {
    for (const Stream& stream : streams()) {
        const auto with = [&](auto&& change) {
            SampleShape shape = stream.shape;
            change(shape);
            return shape;
        };
        expect_refused(stream.syntax, stream.frame, with([](SampleShape& shape) { ++shape.rows; }));
        expect_refused(stream.syntax, stream.frame, with([](SampleShape& shape) { --shape.columns; }));
        expect_refused(stream.syntax, stream.frame, with([](SampleShape& shape) {
                           shape.samples_per_pixel = 4 - shape.samples_per_pixel;
                       }));
        expect_refused(stream.syntax, stream.frame, with([](SampleShape& shape) {
                           shape.bits_allocated = 4;
                       }));
        expect_refused(stream.syntax, stream.frame, with([](SampleShape& shape) {
                           shape.rows = shape.columns = 65535;
                       }));
    }
}

// A signed sample in fewer bits than are stored: where its sign is would be a guess.
TEST(FrameDecoder, RefusesToGuessASign) {
    Picture grey = picture(1, 16, 12);
    grey.shape.is_signed = true;
    const Bytes jpeg_ls = encode_jpeg_ls(grey, 0);
    EXPECT_TRUE(decode(kJpegLs, jpeg_ls, grey.shape).has_value());
    grey.shape.bits_stored = 13;
    grey.shape.high_bit = 12;
    expect_refused(kJpegLs, jpeg_ls, grey.shape);

    Picture negative = picture(1, 16, 12, true);
    const Bytes jpeg2000 = encode_jpeg2000(negative);
    negative.shape.is_signed = false;
    expect_refused(kJpeg2000, jpeg2000, negative.shape);
}

TEST(FrameDecoder, RefusesACutFrame) {
    for (const Stream& stream : streams()) {
        for (const std::size_t left :
             {std::size_t{0}, std::size_t{3}, stream.frame.size() / 2, stream.frame.size() - 4}) {
            const Bytes cut{stream.frame.begin(), stream.frame.begin() + static_cast<std::ptrdiff_t>(left)};
            expect_refused(stream.syntax, cut, stream.shape);
        }
    }
}

// Whatever the bytes: an answer of the right size or none, and no way out of the function but its end.
TEST(FrameDecoder, SurvivesChangedBytes) {
    constexpr int kRounds = 400;
    std::mt19937 random{kSeed};
    for (const Stream& stream : streams()) {
        const std::uint64_t expected = *stream.shape.frame_bytes();
        for (int round = 0; round < kRounds; ++round) {
            Bytes frame = stream.frame;
            for (std::uint32_t change = 0; change <= random() % 4; ++change) {
                // Half of them in the headers, where the sizes are.
                const std::size_t end =
                    random() % 2 == 0 ? std::min<std::size_t>(frame.size(), 120) : frame.size();
                frame[random() % end] = static_cast<std::byte>(random());
            }
            const auto decoded = decode(stream.syntax, frame, stream.shape);
            EXPECT_EQ(decoded ? decoded->bytes.size() : expected, expected)
                << "seed " << kSeed << " round " << round;
        }
    }
}

}  // namespace
}  // namespace efface::testing
