// AreaSampler: any part of a picture at any size, each sample the mean of the pixels under it, for the cost
// of the samples alone: the sums of all rectangles that begin at the first pixel are made once (Crow 1984).
// Thread rule: immutable once made.
#pragma once

#include "pipeline/picture/picture.h"

#include <cstdint>
#include <span>
#include <vector>

namespace efface::pipeline {

class AreaSampler {
public:
    /// More pixels could overflow the sums: 255 * 4096 * 4096 is just below 2^32.
    static constexpr std::uint64_t kPixelsMax = 4096 * 4096;
    static constexpr std::size_t kPlanes = 3;

    /// At least one pixel, at most kPixelsMax. Grey stands for red, green and blue.
    explicit AreaSampler(const PictureView& picture);

    std::size_t columns() const { return columns_; }

    std::size_t rows() const { return rows_; }

    /// `box`, not empty, as three planes of columns x rows means of 0 to 255. What lies beyond the edges is
    /// 0.
    void sample(const Box& box, std::size_t columns, std::size_t rows, std::span<float> planes) const;

private:
    std::uint32_t sum(std::size_t channel, const Box& box) const;

    std::size_t columns_;
    std::size_t rows_;
    std::size_t channels_;
    std::vector<std::uint32_t> sums_;  ///< (columns + 1) x (rows + 1) per channel, one after another.
};

}  // namespace efface::pipeline
