// From what a YuNet network says of a square picture to boxes. Thread rule: pure.
#pragma once

#include "pipeline/picture/detector.h"

#include <span>
#include <vector>

namespace efface::pipeline {

/// Of one stride of the layout of 2023: one value a cell, four for the box.
struct YunetCells {
    std::size_t stride = 0;
    std::span<const float> cls;
    std::span<const float> obj;
    std::span<const float> bbox;
};

/// Of the layout of 2022: 14 values a prior, two, and one.
struct YunetPriors {
    std::span<const float> loc;
    std::span<const float> conf;
    std::span<const float> iou;
};

/// How many priors a picture of that side has; a multiple of 64.
std::size_t yunet_prior_count(std::size_t side);

/// Fault::kRetry where something is no number, or stands for none of the picture's places.
Result<std::vector<Detection>> faces_of(std::span<const YunetCells> strides, std::size_t side);
Result<std::vector<Detection>> faces_of(const YunetPriors& priors, std::size_t side);

}  // namespace efface::pipeline
