// Which 8x8 blocks a region has. They lie on the picture's own grid, counted from its first sample, as those
// of JPEG and the edges of masks do. Thread rule: pure functions.
#pragma once

#include "pipeline/picture/picture.h"
#include "pipeline/watermark/block_transform.h"
#include "pipeline/watermark/watermark.h"

#include <cstdint>
#include <span>
#include <vector>

namespace efface::pipeline {

/// The block whose first pixel is (8 column, 8 row).
struct BlockPlace {
    std::uint32_t column = 0;
    std::uint32_t row = 0;

    bool operator==(const BlockPlace&) const = default;
};

/// Blocks that lie wholly in the picture and in one of the boxes, row by row, each once.
std::vector<BlockPlace> whole_blocks(std::span<const Box> boxes, std::size_t columns, std::size_t rows);

/// The same area as boxes of pixels that do not overlap: runs of blocks, joined downwards. `blocks` row by
/// row.
std::vector<Box> boxes_of(std::span<const BlockPlace> blocks);

BlockValues pixels_of(const GreyPlane& plane, const BlockPlace& place);
void put_pixels(GreyPlane& plane, const BlockPlace& place, const BlockValues& pixels);

}  // namespace efface::pipeline
