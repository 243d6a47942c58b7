// Goal: blackening lossy JPEG changes the coefficients of whole units under the boxes into black and no
// other, in every sampling, process and restart interval; what is not such a stream is refused before or
// while it is read. Method: seeded pictures through libjpeg's encoder; the coefficients of both streams, and
// the samples that a plain libjpeg decoder shows; streams cut at every 97th byte.
#include "pipeline/codec/jpeg_blackening.h"
#include "pipeline/codec/jpeg_coefficients.h"
#include "pipeline/codec/jpeg_filling.h"
#include "pipeline/codec/searched_frame.h"
#include "tests/unit/pipeline/codec/encoders.h"

#include <gtest/gtest.h>

#include <random>

namespace efface::testing {
namespace {

using pipeline::Box;
using pipeline::JpegCoefficients;
using pipeline::SampleShape;

constexpr std::uint32_t kSeed = 20261;

struct Kind {
    std::string name;
    std::size_t samples = 3;
    std::string_view photometric = "YBR_FULL_422";
    JpegDctOptions options;
    std::size_t columns = 83;
    std::size_t rows = 61;
};

Picture picture(const Kind& kind) {
    Picture made;
    made.shape = {kind.rows, kind.columns, kind.samples, 8, 8, 7, false};
    std::mt19937 random{kSeed};
    for (std::size_t y = 0; y < kind.rows; ++y) {
        for (std::size_t x = 0; x < kind.columns; ++x) {
            for (std::size_t c = 0; c < kind.samples; ++c) {
                const std::size_t wave = (3 * x + (c + 1) * y) % 160;
                made.samples.push_back(static_cast<std::int32_t>(40 + wave + random() % 24));
            }
        }
    }
    return made;
}

std::size_t unit_columns(const Kind& kind) {
    return kind.samples == 1 ? 8 : 8 * static_cast<std::size_t>(kind.options.across);
}

std::size_t unit_rows(const Kind& kind) {
    return kind.samples == 1 ? 8 : 8 * static_cast<std::size_t>(kind.options.down);
}

class JpegBlackening : public ::testing::TestWithParam<Kind> {
protected:
    static constexpr Box kFirst{21, 11, 38, 30};
    static constexpr Box kAtTheEdge{70, 50, 83, 61};

    /// Whether the unit of pixel (x, y) holds a pixel of a box.
    static bool hit(std::size_t x, std::size_t y) {
        const Kind& kind = GetParam();
        const auto left = static_cast<std::int64_t>(x / unit_columns(kind) * unit_columns(kind));
        const auto top = static_cast<std::int64_t>(y / unit_rows(kind) * unit_rows(kind));
        const auto right = left + static_cast<std::int64_t>(unit_columns(kind));
        const auto bottom = top + static_cast<std::int64_t>(unit_rows(kind));
        const auto meets = [&](const Box& box) {
            return box.left < right && box.right > left && box.top < bottom && box.bottom > top;
        };
        return meets(kFirst) || meets(kAtTheEdge);
    }

    Picture made_ = picture(GetParam());
    Bytes stream_ = encode_jpeg_dct(made_, GetParam().options);
    std::vector<Box> boxes_{kFirst, kAtTheEdge};
};

TEST_P(JpegBlackening, ChangesTheCoefficientsUnderTheBoxesAndNoOther) {
    const auto edited = pipeline::blacken_jpeg(stream_, made_.shape, GetParam().photometric, boxes_);
    ASSERT_TRUE(edited.has_value()) << edited.error().message();

    const auto before = pipeline::read_jpeg_coefficients(stream_, made_.shape);
    const auto after = pipeline::read_jpeg_coefficients(*edited, made_.shape);
    ASSERT_TRUE(before.has_value() && after.has_value());
    EXPECT_EQ(before->header.start_of_frame, after->header.start_of_frame);
    EXPECT_EQ(before->header.jfif, after->header.jfif);
    EXPECT_EQ(before->header.adobe_transform, after->header.adobe_transform);
    EXPECT_EQ(before->restart_interval, after->restart_interval);
    std::size_t black = 0;
    for (std::size_t i = 0; i < before->components.size(); ++i) {
        const auto& was = before->components[i];
        const auto& is = after->components[i];
        EXPECT_EQ(was.quantisation, is.quantisation);
        const bool alone = before->components.size() == 1;
        const std::size_t width = unit_columns(GetParam()) / (alone ? 1 : was.across);
        const std::size_t height = unit_rows(GetParam()) / (alone ? 1 : was.down);
        for (std::size_t row = 0; row < was.blocks_down; ++row) {
            for (std::size_t column = 0; column < was.blocks_across; ++column) {
                const auto shown = is.block(column, row);
                if (!hit(column * width, row * height)) {
                    ASSERT_TRUE(std::ranges::equal(was.block(column, row), shown)) << column << " " << row;
                    continue;
                }
                ++black;
                EXPECT_TRUE(std::ranges::all_of(shown.subspan(1), [](int value) { return value == 0; }));
            }
        }
    }
    EXPECT_GT(black, 6U);
}

TEST_P(JpegBlackening, IsBlackToAnyDecoderAndLeavesTheRest) {
    const auto edited = pipeline::blacken_jpeg(stream_, made_.shape, GetParam().photometric, boxes_);
    ASSERT_TRUE(edited.has_value()) << edited.error().message();
    if (!GetParam().options.markers && GetParam().options.as_rgb) {
        GTEST_SKIP() << "a decoder that is told no Photometric Interpretation takes it for YCbCr";
    }

    const Bytes before = decode_with_libjpeg(stream_);
    const Bytes after = decode_with_libjpeg(*edited);

    ASSERT_EQ(before.size(), after.size());
    const std::byte wanted{GetParam().photometric == "MONOCHROME1" ? std::uint8_t{255} : std::uint8_t{0}};
    std::size_t masked = 0;
    const auto near = [](std::size_t x, std::size_t y, bool state) {
        // Smooth upsampling of colour mixes neighbours of two pixels.
        for (std::size_t j = y < 2 ? 0 : y - 2; j < std::min(GetParam().rows, y + 3); ++j) {
            for (std::size_t i = x < 2 ? 0 : x - 2; i < std::min(GetParam().columns, x + 3); ++i) {
                if (hit(i, j) == state) {
                    return true;
                }
            }
        }
        return false;
    };
    for (std::size_t at = 0; at < before.size(); ++at) {
        const std::size_t pixel = at / GetParam().samples;
        const std::size_t x = pixel % GetParam().columns;
        const std::size_t y = pixel / GetParam().columns;
        if (!near(x, y, false)) {
            ++masked;
            ASSERT_EQ(after[at], wanted) << x << " " << y;
        } else if (!near(x, y, true)) {
            ASSERT_EQ(after[at], before[at]) << x << " " << y;
        }
    }
    EXPECT_GT(masked, 200U);
}

TEST_P(JpegBlackening, IsShownToTheFindersAsTheDecoderShowsIt) {
    const auto decoded = pipeline::decode_searched_frame(
        *rules::find_transfer_syntax("1.2.840.10008.1.2.4.50"), stream_, made_.shape, GetParam().photometric
    );
    ASSERT_TRUE(decoded.has_value()) << decoded.error().message();
    double difference = 0;
    for (std::size_t i = 0; i < decoded->bytes.size(); ++i) {
        difference += std::abs(static_cast<double>(decoded->bytes[i]) - made_.samples[i]);
    }
    const double most = GetParam().options.quality < 10 ? 32.0 : 16.0;
    EXPECT_LT(difference / static_cast<double>(decoded->bytes.size()), most) << "colours, not components";
}

TEST_P(JpegBlackening, ACutStreamIsRefusedWithoutHarm) {
    for (std::size_t length = 2; length < stream_.size(); length += 97) {
        const Bytes cut{stream_.begin(), stream_.begin() + static_cast<std::ptrdiff_t>(length)};
        EXPECT_FALSE(pipeline::blacken_jpeg(cut, made_.shape, GetParam().photometric, boxes_).has_value());
        EXPECT_FALSE(pipeline::read_jpeg_coefficients(cut, made_.shape).has_value());
        // With an end marker where the data was cut: the coefficients of the rest are missing.
        Bytes ended = cut;
        ended.push_back(std::byte{0xFF});
        ended.push_back(std::byte{0xD9});
        // A progressive one that ends between two scans is whole.
        if (!GetParam().options.progressive && length + 400 < stream_.size()) {
            EXPECT_FALSE(pipeline::read_jpeg_coefficients(ended, made_.shape).has_value()) << length;
        }
    }
}

TEST_P(JpegBlackening, AChangedByteIsAnotherPictureOrAnErrorButNoHarm) {
    std::mt19937 random{kSeed};
    for (int round = 0; round < 60; ++round) {
        Bytes changed = stream_;
        changed[random() % changed.size()] = static_cast<std::byte>(random());
        const auto edited = pipeline::blacken_jpeg(changed, made_.shape, GetParam().photometric, boxes_);
        if (edited) {
            EXPECT_TRUE(pipeline::read_jpeg_coefficients(*edited, made_.shape).has_value()) << round;
        }
    }
}

TEST_P(JpegBlackening, AChangedByteIsFilledOrRefusedWithoutHarm) {
    std::mt19937 random{kSeed + 1};
    const std::vector<std::byte> grey(
        made_.shape.rows * made_.shape.columns * made_.shape.samples_per_pixel, std::byte{120}
    );
    for (int round = 0; round < 60; ++round) {
        Bytes changed = stream_;
        changed[random() % changed.size()] = static_cast<std::byte>(random());
        const auto filled = pipeline::fill_jpeg(changed, made_.shape, GetParam().photometric, boxes_, grey);
        if (filled) {
            EXPECT_TRUE(pipeline::read_jpeg_coefficients(*filled, made_.shape).has_value()) << round;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    Every, JpegBlackening,
    ::testing::Values(
        Kind{.name = "Grey", .samples = 1, .photometric = "MONOCHROME2"},
        Kind{.name = "GreyInverse", .samples = 1, .photometric = "MONOCHROME1"},
        Kind{
            .name = "GreyOddFactors",
            .samples = 1,
            .photometric = "MONOCHROME2",
            .options = {.across = 2, .down = 2}},
        Kind{.name = "Full"}, Kind{.name = "Half", .options = {.across = 2}},
        Kind{.name = "Quarter", .options = {.across = 2, .down = 2}},
        Kind{.name = "Upright", .options = {.down = 2}}, Kind{.name = "Wide", .options = {.across = 4}},
        Kind{.name = "Restarts", .options = {.across = 2, .restart_interval = 3}},
        Kind{.name = "Progressive", .options = {.across = 2, .down = 2, .progressive = true}},
        Kind{
            .name = "ProgressiveRestarts",
            .options = {.across = 2, .progressive = true, .restart_interval = 2}},
        Kind{.name = "Scans", .options = {.across = 2, .down = 2, .one_scan_each = true}},
        Kind{.name = "Rgb", .photometric = "RGB", .options = {.as_rgb = true}},
        Kind{
            .name = "RgbSaidByTheAttribute",
            .photometric = "RGB",
            .options = {.as_rgb = true, .markers = false}},
        Kind{.name = "NoMarkers", .options = {.across = 2, .markers = false}},
        Kind{.name = "Coarse", .options = {.quality = 3, .across = 2}},
        Kind{.name = "Finest", .options = {.quality = 100}}
    ),
    [](const auto& kind) { return kind.param.name; }
);

/// The stream with its tables of steps in 16 bits, one step of each another one.
Bytes with_step(const Bytes& stream, std::size_t place, unsigned step) {
    Bytes out;
    for (std::size_t at = 0; at < stream.size();) {
        constexpr std::size_t kSteps = 64;
        const bool is_table = at + 4 + 1 + kSteps <= stream.size() && stream[at] == std::byte{0xFF} &&
                              stream[at + 1] == std::byte{0xDB} && stream[at + 3] == std::byte{67};
        if (!is_table) {
            out.push_back(stream[at++]);
            continue;
        }
        constexpr unsigned kLength = 2 + 1 + 2 * kSteps;
        for (const unsigned byte : {0xFFU, 0xDBU, kLength >> 8U, kLength & 0xFFU}) {
            out.push_back(static_cast<std::byte>(byte));
        }
        out.push_back(std::byte{0x10} | stream[at + 4]);
        for (std::size_t k = 0; k < kSteps; ++k) {
            const unsigned value = k == place ? step : static_cast<unsigned>(stream[at + 5 + k]);
            out.push_back(static_cast<std::byte>(value >> 8U));
            out.push_back(static_cast<std::byte>(value & 0xFFU));
        }
        at += 4 + 1 + kSteps;
    }
    return out;
}

// By 0 the library would divide, and by 8192 it divides by 0 too.
TEST(JpegFilling, AStepThatIsNoneIsRefusedAndOthersAreNot) {
    const Kind kind{.name = "Half", .options = {.across = 2}};
    const Picture made = picture(kind);
    const Bytes stream = encode_jpeg_dct(made, kind.options);
    const std::vector<std::byte> grey(kind.rows * kind.columns * kind.samples, std::byte{120});
    const std::vector<Box> boxes{{16, 8, 48, 32}};
    const auto filled = [&](std::size_t place, unsigned step) {
        return pipeline::fill_jpeg(with_step(stream, place, step), made.shape, kind.photometric, boxes, grey)
            .has_value();
    };
    for (const std::size_t place : {0U, 1U, 63U}) {
        for (const unsigned step : {0U, 8192U, 8193U, 16384U, 65535U}) {
            EXPECT_FALSE(filled(place, step)) << place << ' ' << step;
        }
    }
    EXPECT_TRUE(filled(5, 1));
    EXPECT_TRUE(filled(5, 255));
    EXPECT_TRUE(
        pipeline::blacken_jpeg(with_step(stream, 5, 0), made.shape, kind.photometric, boxes).has_value()
    );
}

class JpegRefused : public ::testing::Test {
protected:
    std::string reason(const Bytes& stream, const SampleShape& shape) {
        const auto edited = pipeline::blacken_jpeg(stream, shape, "YBR_FULL_422", {});
        return edited ? "" : edited.error().message();
    }

    Kind kind_{.options = {.across = 2}};
    Picture made_ = picture(kind_);
};

TEST_F(JpegRefused, ArithmeticCodingIsNamed) {
    EXPECT_NE(
        reason(encode_jpeg_dct(made_, {.arithmetic = true}), made_.shape).find("arithmetic"),
        std::string::npos
    );
}

TEST_F(JpegRefused, TwelveBitsInColourAreNamed) {
    Picture deep;
    deep.shape = {16, 16, 3, 16, 12, 11, false};
    deep.samples.assign(16 * 16 * 3, 1000);
    const auto header = pipeline::read_deep_dct_header(encode_jpeg_deep(deep), deep.shape);
    ASSERT_FALSE(header.has_value());
    EXPECT_NE(header.error().message().find("grey only"), std::string::npos) << header.error().message();
}

TEST_F(JpegRefused, AnotherSizeThanTheAttributesSay) {
    const Bytes stream = encode_jpeg_dct(made_);
    SampleShape other = made_.shape;
    other.columns += 1;
    EXPECT_NE(reason(stream, other).find("differ"), std::string::npos);
    other = made_.shape;
    other.samples_per_pixel = 1;
    EXPECT_NE(reason(stream, other).find("differ"), std::string::npos);
    other = made_.shape;
    other.bits_stored = 7;
    other.high_bit = 6;
    EXPECT_NE(reason(stream, other).find("differ"), std::string::npos);
}

TEST_F(JpegRefused, AHugeFrameIsRefusedBeforeItIsDecoded) {
    Bytes stream = encode_jpeg_dct(made_);
    for (std::size_t i = 0; i + 8 < stream.size(); ++i) {
        if (stream[i] == std::byte{0xFF} && stream[i + 1] == std::byte{0xC0}) {
            for (std::size_t field = 5; field < 9; ++field) {
                stream[i + field] = std::byte{0xFF};
            }
            break;
        }
    }
    SampleShape huge = made_.shape;
    huge.rows = huge.columns = 65535;
    EXPECT_NE(reason(stream, huge).find("too large"), std::string::npos);
}

TEST_F(JpegRefused, ManyScansAreRefusedBeforeTheyAreDecoded) {
    Picture grey = picture({.samples = 1});
    const Bytes bomb = encode_jpeg_dct(grey, {.scans = pipeline::kJpegScansMax + 1});
    EXPECT_NE(reason(bomb, grey.shape).find("more scans"), std::string::npos);
    EXPECT_EQ(reason(encode_jpeg_dct(grey, {.scans = pipeline::kJpegScansMax}), grey.shape), "");
}

TEST_F(JpegRefused, TwoStoriesAboutColour) {
    Bytes stream = encode_jpeg_dct(made_);
    // JFIF says YCbCr; an Adobe segment behind it says RGB.
    const std::string_view adobe{
        "\xFF\xEE\0\x0E"
        "Adobe\0\x64\0\0\0\0\0",
        16};
    const auto* bytes = reinterpret_cast<const std::byte*>(adobe.data());
    stream.insert(stream.begin() + 20, bytes, bytes + adobe.size());
    EXPECT_NE(reason(stream, made_.shape).find("two ways"), std::string::npos);
}

}  // namespace
}  // namespace efface::testing
