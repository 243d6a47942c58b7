// Goal: which blocks a region has, what each of them carries under a key, and the transform between pixels
// and coefficients. Method: small pictures, every property by itself.
#include "pipeline/watermark/blocks.h"

#include "pipeline/watermark/chips.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>

namespace efface::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const WatermarkKey kKey{1, 2, 3};
const WatermarkKey kOtherKey{1, 2, 4};

std::vector<BlockPlace> square(std::uint32_t from, std::uint32_t side) {
    std::vector<BlockPlace> blocks;
    for (std::uint32_t row = from; row < from + side; ++row) {
        for (std::uint32_t column = from; column < from + side; ++column) {
            blocks.push_back({column, row});
        }
    }
    return blocks;
}

TEST(WatermarkBlocks, LieWhollyInABoxAndInThePicture) {
    const std::array boxes{Box{8, 8, 24, 16}};

    EXPECT_THAT(whole_blocks(boxes, 64, 64), ElementsAre(BlockPlace{1, 1}, BlockPlace{2, 1}));
    EXPECT_THAT(whole_blocks(boxes, 23, 64), ElementsAre(BlockPlace{1, 1}));
    EXPECT_THAT(whole_blocks(std::array{Box{9, 8, 24, 16}}, 64, 64), ElementsAre(BlockPlace{2, 1}));
    EXPECT_THAT(whole_blocks(std::array{Box{-50, -50, 8, 8}}, 64, 64), ElementsAre(BlockPlace{0, 0}));
}

TEST(WatermarkBlocks, OfNoPictureOrAnEmptyBoxAreNone) {
    EXPECT_THAT(whole_blocks(std::array{Box{0, 0, 64, 64}}, 0, 0), IsEmpty());
    EXPECT_THAT(whole_blocks(std::array{Box{0, 0, 64, 64}}, 7, 64), IsEmpty());
    EXPECT_THAT(whole_blocks(std::array{Box{8, 8, 8, 64}}, 64, 64), IsEmpty());
    EXPECT_THAT(whole_blocks({}, 64, 64), IsEmpty());
}

TEST(WatermarkBlocks, OfOverlappingBoxesCountOnce) {
    const std::array boxes{Box{0, 0, 16, 8}, Box{8, 0, 24, 16}, Box{0, 0, 16, 8}};

    EXPECT_THAT(
        whole_blocks(boxes, 64, 64),
        ElementsAre(BlockPlace{0, 0}, BlockPlace{1, 0}, BlockPlace{2, 0}, BlockPlace{1, 1}, BlockPlace{2, 1})
    );
}

TEST(WatermarkBlocks, AreBoxesAgain) {
    const std::array boxes{Box{8, 8, 40, 24}, Box{0, 24, 40, 32}, Box{56, 24, 64, 32}};

    const std::vector<BlockPlace> blocks = whole_blocks(boxes, 64, 64);

    EXPECT_THAT(boxes_of(blocks), ElementsAre(boxes[0], boxes[1], boxes[2]));
    EXPECT_EQ(whole_blocks(boxes_of(blocks), 64, 64), blocks);
}

TEST(WatermarkTransform, IsOrthonormalAndItsOwnInverse) {
    for (std::size_t i = 0; i < kBlockPixels; ++i) {
        BlockValues pixels{};
        pixels[i] = 100;

        const BlockValues coefficients = forward_transform(pixels);
        const BlockValues back = inverse_transform(coefficients);

        double squares = 0;
        for (std::size_t j = 0; j < kBlockPixels; ++j) {
            squares += double{coefficients[j]} * coefficients[j];
            EXPECT_NEAR(back[j], pixels[j], 1e-4);
        }
        EXPECT_NEAR(squares, 10000, 0.1);
    }
}

TEST(WatermarkTransform, BandBeginsWithTheThirdFrequencyAcross) {
    BlockValues pixels{};
    for (std::size_t i = 0; i < kBlockPixels; ++i) {
        pixels[i] = static_cast<float>(std::cos((2.0 * static_cast<double>(i % 8) + 1) * 3 * M_PI / 16));
    }

    const BandValues band = band_of(pixels);

    EXPECT_NEAR(band[0], std::sqrt(32.0), 1e-4);
    for (std::size_t i = 1; i < kBandSize; ++i) {
        EXPECT_NEAR(band[i], 0, 1e-4);
    }
}

TEST(WatermarkChips, HoldEveryCodeBitOnceInATile) {
    const std::vector<BlockPlace> blocks = square(8, 4);

    const std::vector<BlockChips> chips = chips_of(kKey, blocks, pilots_of(kKey, blocks));

    std::map<int, int> times;
    for (const BlockChips& block : chips) {
        for (const std::uint8_t bit : block.code_bit) {
            ++times[bit];
        }
    }
    EXPECT_EQ(times.size(), kCodeBits);
}

TEST(WatermarkChips, DifferFromTileToTile) {
    const std::array blocks{BlockPlace{0, 0}, BlockPlace{4, 0}, BlockPlace{0, 4}};

    const std::vector<BlockChips> chips = chips_of(kKey, blocks, pilots_of(kKey, blocks));

    EXPECT_NE(chips[0].code_bit, chips[1].code_bit);
    EXPECT_NE(chips[0].code_bit, chips[2].code_bit);
    EXPECT_NE(chips[1].code_bit, chips[2].code_bit);
}

TEST(WatermarkChips, AndPilotShareTheBandOfEachBlock) {
    const std::vector<BlockPlace> blocks = square(3, 9);
    const std::vector<BlockPilot> pilots = pilots_of(kKey, blocks);

    const std::vector<BlockChips> chips = chips_of(kKey, blocks, pilots);

    for (std::size_t i = 0; i < blocks.size(); ++i) {
        std::array<int, kBandSize> uses{};
        for (const std::uint8_t coefficient : pilots[i].coefficient) {
            ++uses[coefficient];
        }
        for (const std::uint8_t coefficient : chips[i].coefficient) {
            ++uses[coefficient];
        }
        EXPECT_THAT(uses, ::testing::Each(1));
    }
}

TEST(WatermarkChips, DependOnThePlaceAndTheKeyAlone) {
    const std::vector<BlockPlace> all = square(0, 20);
    const std::vector<BlockPlace> part = square(5, 8);

    const std::vector<BlockPilot> pilots = pilots_of(kKey, all);
    const std::vector<BlockChips> chips = chips_of(kKey, all, pilots);
    const std::vector<BlockPilot> part_pilots = pilots_of(kKey, part);
    const std::vector<BlockChips> part_chips = chips_of(kKey, part, part_pilots);
    const std::vector<BlockChips> other = chips_of(kOtherKey, part, pilots_of(kOtherKey, part));

    std::size_t same_signs = 0;
    for (std::size_t i = 0; i < part.size(); ++i) {
        const std::size_t at = part[i].row * 20 + part[i].column;
        EXPECT_EQ(part_chips[i].sign, chips[at].sign);
        EXPECT_EQ(part_chips[i].code_bit, chips[at].code_bit);
        EXPECT_EQ(part_pilots[i].coefficient, pilots[at].coefficient);
        for (std::size_t j = 0; j < kDataCoefficients; ++j) {
            same_signs += part_chips[i].sign[j] == other[i].sign[j] ? 1 : 0;
        }
    }
    // 576 coin tosses: half of them, give or take 12 for each deviation.
    EXPECT_NEAR(static_cast<double>(same_signs), 288, 60);
}

}  // namespace
}  // namespace efface::pipeline
