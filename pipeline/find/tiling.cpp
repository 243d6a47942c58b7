#include "pipeline/find/tiling.h"

namespace efface::pipeline {
namespace {

struct Axis {
    std::int64_t extent = 0;
    std::vector<std::int64_t> starts;
};

std::int64_t round_up(std::int64_t value, std::int64_t step) {
    return (value + step - 1) / step * step;
}

Axis cut(std::int64_t length) {
    if (length <= kTileExtentMax) {
        return {std::max(kTileExtentMin, round_up(length, kTileStep)), {0}};
    }
    const std::int64_t stride_max = kTileExtentMax - kTileOverlapMin;
    const std::int64_t count = (length - kTileOverlapMin + stride_max - 1) / stride_max;
    const std::int64_t shared = (count - 1) * kTileOverlapMin;
    Axis axis{round_up((length + shared + count - 1) / count, kTileStep), {}};
    for (std::int64_t i = 0; i < count; ++i) {
        axis.starts.push_back(i * (length - axis.extent) / (count - 1));
    }
    return axis;
}

}  // namespace

Tiling tiles_of(std::int64_t columns, std::int64_t rows) {
    EFFACE_ASSERT(columns > 0 && rows > 0);
    const Axis across = cut(columns);
    const Axis down = cut(rows);
    Tiling tiling{{across.extent, down.extent}, {}};
    for (const std::int64_t top : down.starts) {
        for (const std::int64_t left : across.starts) {
            tiling.tiles.push_back({left, top, left + across.extent, top + down.extent});
        }
    }
    return tiling;
}

}  // namespace efface::pipeline
