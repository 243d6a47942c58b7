// Goal: what is written as PNG is read again as it was, and what is no PNG is refused.
#include "pipeline/picture/png.h"

#include <gtest/gtest.h>

namespace efface::pipeline {
namespace {

Picture gradient(std::size_t columns, std::size_t rows, std::size_t channels) {
    Picture picture{columns, rows, channels};
    for (std::size_t i = 0; i < picture.samples.size(); ++i) {
        picture.samples[i] = static_cast<std::uint8_t>(i * 7);
    }
    return picture;
}

TEST(Png, GreyComesBackAsItWas) {
    const Picture picture = gradient(13, 9, 1);
    const auto png = encode_png(picture.view());
    ASSERT_TRUE(png);

    const auto read = decode_png_as_grey(*png);

    ASSERT_TRUE(read);
    EXPECT_EQ(read->columns, 13U);
    EXPECT_EQ(read->rows, 9U);
    EXPECT_EQ(read->samples, picture.samples);
}

TEST(Png, ColourIsReadAsGrey) {
    Picture picture{2, 1, 3};
    picture.samples = {255, 255, 255, 0, 0, 0};
    const auto png = encode_png(picture.view());
    ASSERT_TRUE(png);

    const auto read = decode_png_as_grey(*png);

    ASSERT_TRUE(read);
    EXPECT_EQ(read->samples, (std::vector<std::uint8_t>{255, 0}));
}

TEST(Png, EveryCutIsRefusedAndNeverMore) {
    const auto png = encode_png(gradient(40, 40, 1).view());
    ASSERT_TRUE(png);
    for (std::size_t bytes = 0; bytes + 16 < png->size(); bytes += 7) {
        EXPECT_FALSE(decode_png_as_grey(png->substr(0, bytes))) << bytes;
    }
}

TEST(Png, AClaimOfTooManyPixelsIsRefusedBeforeAnythingIsDecoded) {
    auto png = encode_png(gradient(8, 8, 1).view());
    ASSERT_TRUE(png);
    // IHDR's columns and rows, 2^17 each; libpng looks at its CRC first, so either refusal is one.
    png->replace(16, 8, std::string_view{"\0\x02\0\0\0\x02\0\0", 8});

    EXPECT_FALSE(decode_png_as_grey(*png));
}

}  // namespace
}  // namespace efface::pipeline
