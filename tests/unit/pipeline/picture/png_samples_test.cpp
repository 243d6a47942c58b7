// Goal: samples are read as they are stored, and what is none is refused.
#include "pipeline/picture/png_samples.h"

#include "pipeline/picture/png.h"
#include "tests/unit/pipeline/evaluate/written_png.h"

#include <gtest/gtest.h>

#include <png.h>

namespace efface::pipeline {
namespace {

using efface::testing::drawn_truth;
using efface::testing::written_png;

constexpr std::uint64_t kPixelsMax = 1U << 20U;

TEST(PngSamples, ComeBackAsTheyWereWhateverGammaTheFileNames) {
    PngSamples colour{5, 3, 3, 16, {}};
    for (std::size_t i = 0; i < 5 * 3 * 3 * 2; ++i) {
        colour.samples.push_back(static_cast<std::byte>(i * 37));
    }
    PngSamples bytes = colour;
    bytes.bits = 8;
    bytes.samples.resize(5 * 3 * 3);
    for (const PngSamples& picture : {drawn_truth(50, 40), colour, bytes}) {
        const auto read = decode_png_samples(written_png(picture), kPixelsMax);
        ASSERT_TRUE(read) << read.error().message();
        EXPECT_EQ(read->columns, picture.columns);
        EXPECT_EQ(read->rows, picture.rows);
        EXPECT_EQ(read->channels, picture.channels);
        EXPECT_EQ(read->bits, picture.bits);
        EXPECT_EQ(read->samples, picture.samples);
    }
}

TEST(PngSamples, EveryCutAndEveryLargePictureIsRefused) {
    const std::string png = written_png(drawn_truth(40, 40));
    for (std::size_t bytes = 0; bytes + 16 < png.size(); bytes += 11) {
        EXPECT_FALSE(decode_png_samples(png.substr(0, bytes), kPixelsMax)) << bytes;
    }
    EXPECT_TRUE(decode_png_samples(png, 1600));
    EXPECT_FALSE(decode_png_samples(png, 1599));
}

TEST(PngSamples, TransparencyIsRefused) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = 4;
    image.height = 4;
    image.format = PNG_FORMAT_RGBA;
    const std::vector<std::uint8_t> samples(4 * 4 * 4, 90);
    std::string out(4096, '\0');
    png_alloc_size_t size = out.size();
    ASSERT_NE(png_image_write_to_memory(&image, out.data(), &size, 0, samples.data(), 0, nullptr), 0);
    out.resize(size);

    const auto read = decode_png_samples(out, kPixelsMax);

    ASSERT_FALSE(read);
    EXPECT_NE(read.error().message().find("transparency"), std::string::npos);
}

}  // namespace
}  // namespace efface::pipeline
