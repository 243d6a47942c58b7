// Goal: tiles cover every pixel, overlap enough, and have one shape that the network takes. Method: all
// lengths.
#include "pipeline/find/tiling.h"

#include <gtest/gtest.h>

namespace efface::testing {
namespace {

using pipeline::Box;
using pipeline::Tiling;

void expect_sound(std::int64_t columns, std::int64_t rows) {
    SCOPED_TRACE(::testing::Message() << columns << " x " << rows);
    const Tiling tiling = pipeline::tiles_of(columns, rows);
    EXPECT_EQ(tiling.shape.columns % pipeline::kTileStep, 0);
    EXPECT_GE(tiling.shape.columns, pipeline::kTileExtentMin);
    EXPECT_LE(tiling.shape.columns, pipeline::kTileExtentMax);
    std::int64_t reached = 0;
    for (const Box& tile : tiling.tiles) {
        EXPECT_EQ(tile.width(), tiling.shape.columns);
        EXPECT_EQ(tile.height(), tiling.shape.rows);
        if (tile.top != 0) {
            continue;
        }
        EXPECT_LE(tile.left, reached == 0 ? 0 : reached - pipeline::kTileOverlapMin);
        EXPECT_TRUE(tile.right <= columns || tile.left == 0);
        reached = tile.right;
    }
    EXPECT_GE(reached, columns);
}

TEST(Tiling, CoversEveryLengthWithOverlapAndWithoutLeavingThePicture) {
    for (std::int64_t length = 1; length < 5000; ++length) {
        expect_sound(length, 1 + 5000 % length);
    }
}

TEST(Tiling, CoversBothAxes) {
    const Tiling tiling = pipeline::tiles_of(2500, 2000);

    std::vector<bool> seen(std::size_t{2500} * 2000);
    for (const Box& tile : tiling.tiles) {
        for (std::int64_t y = tile.top; y < tile.bottom; ++y) {
            std::fill_n(seen.begin() + y * 2500 + tile.left, tile.width(), true);
        }
    }
    EXPECT_EQ(std::count(seen.begin(), seen.end(), false), 0);
    EXPECT_LE(tiling.tiles.size(), 20U);
}

TEST(Tiling, WastesLessThanAStepOnAPictureOfOneTile) {
    const Tiling tiling = pipeline::tiles_of(640, 481);

    ASSERT_EQ(tiling.tiles.size(), 1U);
    EXPECT_EQ(tiling.tiles.front(), (Box{0, 0, 640, 512}));
}

}  // namespace
}  // namespace efface::testing
