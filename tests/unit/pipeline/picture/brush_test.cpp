// Goal: every painted pixel and three around it lie in a box of the grid, and little else does.
#include "pipeline/picture/brush.h"

#include <gtest/gtest.h>

namespace efface::pipeline {
namespace {

constexpr std::int64_t kCell = 8;

bool covered(const std::vector<Box>& boxes, std::int64_t x, std::int64_t y) {
    return std::any_of(boxes.begin(), boxes.end(), [=](const Box& box) {
        return x >= box.left && x < box.right && y >= box.top && y < box.bottom;
    });
}

TEST(Brush, OnePixelIsItsCellAndThoseThatItsMarginReaches) {
    Picture mask{64, 64, 1};
    mask.samples[20 * 64 + 20] = 255;  // Three to each side stay in the cell 16 to 24.
    const auto inner = brushed_boxes(mask.view(), kCell, 10);
    mask.samples[20 * 64 + 20] = 0;
    mask.samples[20 * 64 + 22] = 255;
    const auto right = brushed_boxes(mask.view(), kCell, 10);

    ASSERT_TRUE(inner && right);
    EXPECT_EQ(*inner, (std::vector<Box>{{16, 16, 24, 24}}));
    EXPECT_EQ(*right, (std::vector<Box>{{16, 16, 32, 24}}));
}

TEST(Brush, APaintedEdgeStaysInThePicture) {
    Picture mask{20, 12, 1};
    mask.samples.back() = 255;

    const auto boxes = brushed_boxes(mask.view(), kCell, 10);

    ASSERT_TRUE(boxes);
    EXPECT_EQ(*boxes, (std::vector<Box>{{16, 8, 20, 12}}));
}

TEST(Brush, AStrokeIsCoveredAndWhatIsFarAwayIsNot) {
    Picture mask{200, 150, 1};
    for (std::size_t i = 0; i < 100; ++i) {
        mask.samples[(20 + i) * 200 + 30 + i] = 200;
    }
    const auto boxes = brushed_boxes(mask.view(), kCell, 1000);
    ASSERT_TRUE(boxes);
    for (std::int64_t i = 0; i < 100; ++i) {
        for (const std::int64_t margin : {-kBrushMargin, std::int64_t{0}, kBrushMargin}) {
            EXPECT_TRUE(covered(*boxes, 30 + i + margin, 20 + i));
            EXPECT_TRUE(covered(*boxes, 30 + i, 20 + i + margin));
        }
        EXPECT_FALSE(covered(*boxes, 30 + i, 20 + i + kBrushMargin + 2 * kCell)) << i;
    }
}

TEST(Brush, FaintPaintIsNone) {
    Picture mask{16, 16, 1};
    std::ranges::fill(mask.samples, std::uint8_t{127});

    const auto boxes = brushed_boxes(mask.view(), kCell, 10);

    ASSERT_TRUE(boxes);
    EXPECT_TRUE(boxes->empty());
}

TEST(Brush, MorePiecesThanAllowedAreRefused) {
    Picture mask{160, 160, 1};
    for (std::size_t y = 4; y < 160; y += 16) {
        for (std::size_t x = 4; x < 160; x += 16) {
            mask.samples[y * 160 + x] = 255;
        }
    }

    EXPECT_TRUE(brushed_boxes(mask.view(), kCell, 100));
    EXPECT_FALSE(brushed_boxes(mask.view(), kCell, 99));
}

}  // namespace
}  // namespace efface::pipeline
