// Goal: a frame that is encoded again decodes to the very samples it was made of, in every depth, sign, size
// and colour that is decoded, at the depth of the frame whose place it takes, and holds nothing but samples;
// what an encoder does not take it says. Method: pictures of seeded noise, extremes and single pixels,
// encoded by the libraries, decoded, changed, encoded again and decoded again.
#include "pipeline/codec/frame_encoder.h"

#include "pipeline/codec/jpeg2000_header.h"
#include "pipeline/codec/jpeg_header.h"
#include "pipeline/codec/syntax_table.h"
#include "tests/unit/pipeline/codec/encoders.h"

#include <gtest/gtest.h>

#include <random>

namespace efface::testing {
namespace {

using pipeline::SampleShape;

constexpr std::string_view kRle = "1.2.840.10008.1.2.5";
constexpr std::string_view kJpeg = "1.2.840.10008.1.2.4.57";
constexpr std::string_view kJpegFirstOrder = "1.2.840.10008.1.2.4.70";
constexpr std::string_view kJpegLs = "1.2.840.10008.1.2.4.80";
constexpr std::string_view kJpeg2000 = "1.2.840.10008.1.2.4.90";
constexpr std::uint32_t kSeed = 20264;

const rules::TransferSyntax& syntax_of(std::string_view uid) {
    return *rules::find_transfer_syntax(uid);
}

SampleShape shape_of(
    std::uint64_t rows, std::uint64_t columns, std::uint64_t samples, std::uint64_t allocated,
    std::uint64_t stored, bool is_signed = false
) {
    return {rows, columns, samples, allocated, stored, stored - 1, is_signed};
}

enum class Content : std::uint8_t { kNoise, kSmooth, kExtremes, kFlat };

constexpr std::array kContents{Content::kNoise, Content::kSmooth, Content::kExtremes, Content::kFlat};

Picture picture(const SampleShape& shape, Content content) {
    Picture made{.shape = shape, .samples = {}};
    std::mt19937 random{kSeed};
    const std::int64_t range = std::int64_t{1} << shape.bits_stored;
    const std::uint64_t count = shape.rows * shape.columns * shape.samples_per_pixel;
    for (std::uint64_t i = 0; i < count; ++i) {
        std::int64_t sample = range / 2;
        if (content == Content::kNoise) {
            sample = random() % range;
        } else if (content == Content::kSmooth) {
            sample = static_cast<std::int64_t>(i / 3 + random() % 3) % range;
        } else if (content == Content::kExtremes) {
            sample = random() % 2 == 0 ? 0 : range - 1;  // The largest differences there are.
        }
        made.samples.push_back(static_cast<std::int32_t>(shape.is_signed ? sample - range / 2 : sample));
    }
    return made;
}

/// What any frame of this shape may look like in this syntax.
Bytes some_frame(std::string_view uid, const SampleShape& shape) {
    const Picture made = picture(shape, Content::kFlat);
    if (uid == kJpeg || uid == kJpegFirstOrder) {
        Picture narrow = made;
        for (std::int32_t& sample : narrow.samples) {
            sample &= (1 << shape.bits_stored) - 1;
        }
        return encode_jpeg(narrow, 1);
    }
    if (uid == kJpegLs) {
        return encode_jpeg_ls(made, 0);
    }
    return uid == kJpeg2000 ? encode_jpeg2000(made, {.resolutions = 1}) : Bytes{};
}

Result<Bytes> encode(
    std::string_view uid, const Bytes& samples, const SampleShape& shape, const Bytes& replaced,
    std::string_view photometric = "MONOCHROME2"
) {
    return pipeline::encode_frame(syntax_of(uid), {samples, photometric, replaced}, shape);
}

Bytes decoded(std::string_view uid, const Bytes& frame, const SampleShape& shape) {
    const auto made = pipeline::decode_frame(syntax_of(uid), frame, shape);
    EXPECT_TRUE(made.has_value()) << uid << ": " << (made ? "" : made.error().message());
    return made ? made->bytes : Bytes{};
}

/// Words of which only the stored bits count.
Bytes stored_bits(Bytes words, const SampleShape& shape) {
    const std::uint64_t mask = (std::uint64_t{1} << shape.bits_stored) - 1;
    const std::uint64_t width = shape.bits_allocated / 8;
    for (std::size_t i = 0; i < words.size(); ++i) {
        words[i] &= static_cast<std::byte>(mask >> (8 * (i % width)));
    }
    return words;
}

void expect_round_trip(
    std::string_view uid, const SampleShape& shape, Content content, std::string_view photometric
) {
    SCOPED_TRACE(
        ::testing::Message() << uid << " " << shape.columns << "x" << shape.rows << "x"
                             << shape.samples_per_pixel << " of " << shape.bits_stored << "/"
                             << shape.bits_allocated << (shape.is_signed ? " signed " : " ")
                             << static_cast<int>(content) << " " << photometric
    );
    const Bytes words = picture(shape, content).words();
    const auto encoded = encode(uid, words, shape, some_frame(uid, shape), photometric);
    ASSERT_TRUE(encoded.has_value()) << encoded.error().message();
    EXPECT_EQ(encoded->size() % 2, 0U);
    const Bytes back = decoded(uid, *encoded, shape);
    EXPECT_TRUE(stored_bits(back, shape) == stored_bits(words, shape));
    EXPECT_TRUE(shape.is_signed || back == words);
}

constexpr std::array kSyntaxes{kRle, kJpeg, kJpegFirstOrder, kJpegLs, kJpeg2000};

TEST(FrameEncoder, GivesBackEveryDepthAndSign) {
    for (const std::string_view uid : kSyntaxes) {
        for (const auto& [allocated, stored] :
             {std::pair{8U, 8U}, {8U, 6U}, {16U, 8U}, {16U, 10U}, {16U, 12U}, {16U, 15U}, {16U, 16U}}) {
            for (const bool is_signed : {false, true}) {
                for (const Content content : kContents) {
                    expect_round_trip(
                        uid, shape_of(37, 41, 1, allocated, stored, is_signed), content, "MONOCHROME2"
                    );
                }
            }
        }
    }
    for (const Content content : {Content::kFlat, Content::kSmooth}) {
        expect_round_trip(kRle, shape_of(37, 41, 1, 32, 31), content, "MONOCHROME2");
    }
}

TEST(FrameEncoder, GivesBackColour) {
    for (const std::string_view uid : kSyntaxes) {
        for (const std::string_view photometric : {"RGB", "YBR_FULL"}) {
            for (const Content content : kContents) {
                expect_round_trip(uid, shape_of(37, 41, 3, 8, 8), content, photometric);
            }
        }
        expect_round_trip(uid, shape_of(12, 13, 3, 16, 12), Content::kNoise, "RGB");
    }
    expect_round_trip(kJpeg2000, shape_of(37, 41, 3, 8, 8), Content::kNoise, "YBR_RCT");
}

TEST(FrameEncoder, GivesBackEverySize) {
    for (const std::string_view uid : kSyntaxes) {
        for (const auto& [rows, columns] :
             {std::pair{1U, 1U}, {1U, 2U}, {2U, 1U}, {1U, 129U}, {300U, 1U}, {3U, 3U}, {127U, 131U}}) {
            expect_round_trip(uid, shape_of(rows, columns, 1, 8, 8), Content::kNoise, "MONOCHROME2");
            expect_round_trip(uid, shape_of(rows, columns, 1, 16, 12), Content::kSmooth, "MONOCHROME2");
        }
    }
}

TEST(FrameEncoder, TakesTheLongestSidesItSaysAndNoLongerOnes) {
    for (const std::string_view uid : kSyntaxes) {
        const bool ijg = uid == kJpeg || uid == kJpegFirstOrder;
        const std::uint64_t side = ijg ? 65'500 : 65'535;
        expect_round_trip(uid, shape_of(1, side, 1, 8, 8), Content::kNoise, "MONOCHROME2");
        expect_round_trip(uid, shape_of(side, 1, 1, 8, 8), Content::kNoise, "MONOCHROME2");
        const SampleShape longer = shape_of(1, side + 1, 1, 8, 8);
        EXPECT_FALSE(pipeline::is_encodable(syntax_of(uid), longer)) << uid;
        EXPECT_EQ(masked_output(syntax_of(uid), longer), pipeline::MaskedOutput::kExplicit) << uid;
        EXPECT_FALSE(encode(uid, Bytes(side + 1), longer, {}).has_value()) << uid;
    }
}

// A signed sample of twelve bits may stand in a stream of sixteen, sign and all, or in twelve without:
// readers that could read the one must be able to read the other.
TEST(FrameEncoder, KeepsTheDepthOfTheStreamWhosePlaceItTakes) {
    const SampleShape shape = shape_of(9, 11, 1, 16, 12);
    const SampleShape deeper = shape_of(9, 11, 1, 16, 16);
    for (const SampleShape& was : {shape, deeper}) {
        const Bytes words = picture(shape, Content::kNoise).words();
        const auto ls = encode(kJpegLs, words, shape, some_frame(kJpegLs, was));
        const auto j2k = encode(kJpeg2000, words, shape, some_frame(kJpeg2000, was));
        const auto jpeg = encode(kJpeg, words, shape, some_frame(kJpeg, was));
        ASSERT_TRUE(ls && j2k && jpeg);
        EXPECT_EQ(pipeline::read_jpeg_header(*ls, true)->precision, was.bits_stored);
        EXPECT_EQ(pipeline::read_jpeg_header(*jpeg, false)->precision, was.bits_stored);
        EXPECT_EQ(pipeline::read_jpeg2000_header(*j2k)->precision, was.bits_stored);
        EXPECT_FALSE(pipeline::read_jpeg2000_header(*j2k)->is_signed);
    }
    const SampleShape negative = shape_of(9, 11, 1, 16, 12, true);
    const Bytes words = picture(negative, Content::kNoise).words();
    const auto j2k = encode(kJpeg2000, words, negative, some_frame(kJpeg2000, negative));
    ASSERT_TRUE(j2k);
    EXPECT_TRUE(pipeline::read_jpeg2000_header(*j2k)->is_signed);
    EXPECT_TRUE(decoded(kJpeg2000, *j2k, negative) == words) << "the sign fills the word as before";
}

// Black, where a stream said less than the attributes: the largest value of MONOCHROME1 needs all stored
// bits.
TEST(FrameEncoder, HoldsTheStoredBitsWhereTheStreamHadFewer) {
    const SampleShape fewer = shape_of(9, 11, 1, 16, 10);
    const SampleShape shape = shape_of(9, 11, 1, 16, 16);
    const Bytes white(9 * 11 * 2, std::byte{0xFF});
    for (const std::string_view uid : {kJpeg, kJpegLs, kJpeg2000}) {
        const auto encoded = encode(uid, white, shape, some_frame(uid, fewer));
        ASSERT_TRUE(encoded) << uid;
        EXPECT_TRUE(decoded(uid, *encoded, shape) == white) << uid;
    }
}

TEST(FrameEncoder, TransformsColourWhereTheAttributeSaysSo) {
    const SampleShape shape = shape_of(16, 16, 3, 8, 8);
    const Bytes words = picture(shape, Content::kSmooth).words();
    for (const std::string_view photometric : {"RGB", "YBR_FULL", "YBR_RCT"}) {
        const auto encoded = encode(kJpeg2000, words, shape, some_frame(kJpeg2000, shape), photometric);
        ASSERT_TRUE(encoded);
        const auto header = pipeline::read_jpeg2000_header(*encoded);
        EXPECT_EQ(header->colour_transformed, photometric == "YBR_RCT") << photometric;
        EXPECT_TRUE(header->reversible);
    }
}

TEST(FrameEncoder, WritesNoCommentAndNoName) {
    for (const std::string_view uid : kSyntaxes) {
        const SampleShape shape = shape_of(64, 64, 3, 8, 8);
        const auto encoded = encode(uid, Bytes(64UL * 64 * 3), shape, some_frame(uid, shape), "RGB");
        ASSERT_TRUE(encoded);
        const std::string_view text{reinterpret_cast<const char*>(encoded->data()), encoded->size()};
        EXPECT_EQ(text.find("OpenJPEG"), std::string_view::npos);
        EXPECT_EQ(text.find("charls"), std::string_view::npos);
    }
}

TEST(FrameEncoder, PacksRleByRowInEvenSegments) {
    const SampleShape shape = shape_of(2, 5, 1, 8, 8);
    Bytes words;
    for (const int value : {7, 7, 7, 7, 7, 7, 1, 2, 2, 3}) {
        words.push_back(static_cast<std::byte>(value));
    }
    const auto encoded = encode(kRle, words, shape, {});
    ASSERT_TRUE(encoded);
    Bytes wanted(64);
    wanted[0] = std::byte{1};
    wanted[4] = std::byte{64};
    for (const int value : {0xFC, 7, 4, 7, 1, 2, 2, 3}) {  // The run ends with its row.
        wanted.push_back(static_cast<std::byte>(value));
    }
    EXPECT_TRUE(*encoded == wanted);
}

TEST(FrameEncoder, RefusesWhatDoesNotBelongTogether) {
    const SampleShape shape = shape_of(16, 16, 1, 8, 8);
    const SampleShape other = shape_of(16, 17, 1, 8, 8);
    const Bytes words(256);
    for (const std::string_view uid : {kJpeg, kJpegLs}) {
        EXPECT_FALSE(encode(uid, words, shape, some_frame(uid, other)).has_value()) << uid;
    }
    for (const std::string_view uid : kSyntaxes) {
        EXPECT_FALSE(encode(uid, Bytes(255), shape, some_frame(uid, shape)).has_value()) << uid;
        if (uid != kRle) {
            EXPECT_FALSE(encode(uid, words, shape, Bytes(20)).has_value()) << uid;
        }
    }
    for (const std::string_view uid :
         {"1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.1"}) {
        EXPECT_FALSE(pipeline::is_encodable(syntax_of(uid), shape)) << uid;
        EXPECT_FALSE(encode(uid, words, shape, {}).has_value()) << uid;
    }
    EXPECT_FALSE(pipeline::is_encodable(syntax_of(kJpegLs), shape_of(16, 16, 1, 32, 32)));
    EXPECT_TRUE(pipeline::is_encodable(syntax_of(kRle), shape_of(16, 16, 1, 32, 32)));
}

// The frame whose place is taken comes from outside: whatever its bytes, an answer and no way out but the
// end.
TEST(FrameEncoder, SurvivesWhateverItReplaces) {
    constexpr int kRounds = 200;
    std::mt19937 random{kSeed};
    const SampleShape shape = shape_of(16, 16, 3, 8, 8);
    const Bytes words = picture(shape, Content::kNoise).words();
    for (const std::string_view uid : {kJpeg, kJpegLs, kJpeg2000}) {
        const Bytes frame = some_frame(uid, shape);
        for (int round = 0; round < kRounds; ++round) {
            Bytes replaced = frame;
            for (std::uint32_t change = 0; change <= random() % 4; ++change) {
                replaced[random() % std::min<std::size_t>(replaced.size(), 100)] =
                    static_cast<std::byte>(random());
            }
            const auto encoded = encode(uid, words, shape, replaced, "RGB");
            EXPECT_TRUE(!encoded || decoded(uid, *encoded, shape) == words)
                << uid << " seed " << kSeed << " round " << round;
        }
    }
}

}  // namespace
}  // namespace efface::testing
