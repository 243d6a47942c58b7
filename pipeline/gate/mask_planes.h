// MaskPlanes: which pixels of a frame lie under the mask that the cleaner names, read here with the gate's
// own code. Thread rule: belongs to one thread.
#pragma once

#include "pipeline/picture/mask_boxes.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace efface::pipeline {

class MaskPlanes {
public:
    /// `mask` outlives it.
    MaskPlanes(const Mask& mask, std::size_t columns, std::size_t rows);

    /// One byte a pixel: 1 under the mask in every frame.
    std::span<const std::uint8_t> of_every_frame() const { return every_; }

    /// The same of one frame; until the next call.
    std::span<const std::uint8_t> of(std::uint64_t frame);

    /// False: of() gives the same for every frame.
    bool differ() const { return !mask_.some_frames.empty(); }

private:
    void mark(const Box& whole, std::vector<std::uint8_t>& plane) const;

    const Mask& mask_;
    const std::size_t columns_;
    const std::size_t rows_;
    std::vector<std::uint8_t> every_;
    std::vector<std::uint8_t> one_;
};

}  // namespace efface::pipeline
