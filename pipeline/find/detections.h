// What becomes of detections that were made on pieces of a picture: each stands once.
// Thread rule: pure.
#pragma once

#include "pipeline/picture/detector.h"

#include <vector>

namespace efface::pipeline {

/// A picture with more areas is no picture that a finder can judge.
constexpr std::size_t kDetectionsMax = 2000;

/// Without those that lie within another one, which has the better score of both then.
std::vector<Detection> without_inner(std::vector<Detection> detections);

}  // namespace efface::pipeline
