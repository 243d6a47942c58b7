// From the map of a network of differentiable binarisation (Liao et al., "Real-time Scene Text Detection with
// Differentiable Binarization", AAAI 2020) to boxes: it marks the core of each line of text, which is grown
// back. Thread rule: pure.
#pragma once

#include "pipeline/picture/detector.h"

#include <span>
#include <vector>

namespace efface::pipeline {

/// How likely each pixel lies in the core of a line of text, 0 to 1, row by row.
struct TextMap {
    std::span<const float> probability;
    int columns = 0;
    int rows = 0;
};

/// The box around each line, axis-aligned. Fault::kQuarantine where there are more than kDetectionsMax.
Result<std::vector<Detection>> boxes_of(const TextMap& map);

}  // namespace efface::pipeline
