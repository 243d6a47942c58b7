#include "pipeline/gate/mask_planes.h"

#include <algorithm>

namespace efface::pipeline {

MaskPlanes::MaskPlanes(const Mask& mask, std::size_t columns, std::size_t rows)
    : mask_{mask}, columns_{columns}, rows_{rows}, every_(columns * rows, 0) {
    for (const Box& box : mask_.boxes) {
        mark(box, every_);
    }
}

std::span<const std::uint8_t> MaskPlanes::of(std::uint64_t frame) {
    if (!differ()) {
        return every_;
    }
    one_ = every_;
    for (const FrameBox& some : mask_.some_frames) {
        const FrameSpan& frames = some.frames;
        const bool before = frame < frames.first;
        const bool behind = !before && frame >= frames.first + frames.count;
        if (!before && !behind) {
            mark(some.box, one_);
        }
    }
    return one_;
}

void MaskPlanes::mark(const Box& whole, std::vector<std::uint8_t>& plane) const {
    const Box box = whole.clipped_to(columns_, rows_);
    for (std::int64_t y = box.top; y < box.bottom; ++y) {
        const auto row = plane.begin() + y * static_cast<std::int64_t>(columns_);
        std::fill(row + box.left, row + box.right, std::uint8_t{1});
    }
}

}  // namespace efface::pipeline
