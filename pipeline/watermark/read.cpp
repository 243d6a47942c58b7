#include "config/assert.h"
#include "pipeline/watermark/evidence.h"
#include "pipeline/watermark/watermark.h"

#include <array>
#include <utility>

namespace efface::pipeline {

std::optional<Reading> read(const GreyPlane& plane, std::span<const Box> region, const WatermarkKey& key) {
    EFFACE_ASSERT(plane.values.size() == plane.columns * plane.rows);
    if (region.empty()) {
        std::vector<Reading> found = find_marks(plane, key);
        return found.empty() ? std::nullopt : std::optional{std::move(found.front())};
    }
    std::vector<BlockPlace> blocks = whole_blocks(region, plane.columns, plane.rows);
    if (blocks.size() < kBlocksMin) {
        return std::nullopt;
    }
    constexpr std::array kSigns{1, -1};
    static_assert(kSigns.size() == kRegionHypotheses);
    return read_blocks(plane, key, std::move(blocks), kSigns);
}

}  // namespace efface::pipeline
