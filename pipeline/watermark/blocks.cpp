#include "pipeline/watermark/blocks.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

constexpr std::int64_t kSide = kBlockSide;

/// The blocks that a box holds, as a box of blocks.
Box blocks_within(const Box& box, std::size_t columns, std::size_t rows) {
    const Box clipped = box.clipped_to(columns, rows);
    return {
        (clipped.left + kSide - 1) / kSide, (clipped.top + kSide - 1) / kSide, clipped.right / kSide,
        clipped.bottom / kSide};
}

std::size_t first_pixel(const GreyPlane& plane, const BlockPlace& place) {
    return std::size_t{place.row} * kBlockSide * plane.columns + std::size_t{place.column} * kBlockSide;
}

}  // namespace

std::vector<BlockPlace> whole_blocks(std::span<const Box> boxes, std::size_t columns, std::size_t rows) {
    std::vector<Box> held;
    std::int64_t top = static_cast<std::int64_t>(rows);
    std::int64_t bottom = 0;
    for (const Box& box : boxes) {
        const Box blocks = blocks_within(box, columns, rows);
        if (!blocks.empty()) {
            held.push_back(blocks);
            top = std::min(top, blocks.top);
            bottom = std::max(bottom, blocks.bottom);
        }
    }
    std::vector<BlockPlace> places;
    // Where boxes begin (+1) and end (-1) in a row of blocks: the sum from the left says what is covered.
    std::vector<std::int32_t> steps(columns / kBlockSide + 1);
    for (std::int64_t row = top; row < bottom; ++row) {
        std::ranges::fill(steps, 0);
        for (const Box& box : held) {
            if (row >= box.top && row < box.bottom) {
                ++steps[static_cast<std::size_t>(box.left)];
                --steps[static_cast<std::size_t>(box.right)];
            }
        }
        std::int32_t covers = 0;
        for (std::size_t column = 0; column < columns / kBlockSide; ++column) {
            covers += steps[column];
            if (covers > 0) {
                places.push_back({static_cast<std::uint32_t>(column), static_cast<std::uint32_t>(row)});
            }
        }
    }
    return places;
}

std::vector<Box> boxes_of(std::span<const BlockPlace> blocks) {
    std::vector<Box> boxes;
    std::size_t above = 0;  // Boxes from here on may reach down to the row before.
    for (std::size_t from = 0; from < blocks.size();) {
        const std::uint32_t row = blocks[from].row;
        const std::size_t fresh = boxes.size();
        while (from < blocks.size() && blocks[from].row == row) {
            std::size_t to = from + 1;
            while (to < blocks.size() && blocks[to].row == row &&
                   blocks[to].column == blocks[to - 1].column + 1) {
                ++to;
            }
            boxes.push_back(
                {kSide * blocks[from].column, kSide * row, kSide * (blocks[to - 1].column + std::int64_t{1}),
                 kSide * (row + std::int64_t{1})}
            );
            from = to;
        }
        const bool same = above < fresh && boxes.size() - fresh == fresh - above &&
                          std::equal(
                              boxes.begin() + static_cast<std::ptrdiff_t>(fresh), boxes.end(),
                              boxes.begin() + static_cast<std::ptrdiff_t>(above),
                              [](const Box& lower, const Box& upper) {
                                  return lower.left == upper.left && lower.right == upper.right &&
                                         lower.top == upper.bottom;
                              }
                          );
        if (same) {
            for (std::size_t i = above; i < fresh; ++i) {
                boxes[i].bottom += kSide;
            }
            boxes.resize(fresh);
        } else {
            above = fresh;
        }
    }
    return boxes;
}

BlockValues pixels_of(const GreyPlane& plane, const BlockPlace& place) {
    BlockValues pixels{};
    const float* from = plane.values.data() + first_pixel(plane, place);
    for (std::size_t row = 0; row < kBlockSide; ++row) {
        std::copy_n(from + row * plane.columns, kBlockSide, pixels.begin() + row * kBlockSide);
    }
    return pixels;
}

void put_pixels(GreyPlane& plane, const BlockPlace& place, const BlockValues& pixels) {
    float* to = plane.values.data() + first_pixel(plane, place);
    for (std::size_t row = 0; row < kBlockSide; ++row) {
        std::copy_n(pixels.begin() + row * kBlockSide, kBlockSide, to + row * plane.columns);
    }
}

}  // namespace efface::pipeline
