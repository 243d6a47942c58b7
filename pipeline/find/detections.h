// What becomes of detections that were made on pieces of a picture: boxes of one thing are united.
// Thread rule: pure.
#pragma once

#include "pipeline/picture/detector.h"

#include <vector>

namespace efface::pipeline {

/// A picture with more areas is no picture that a finder can judge.
constexpr std::size_t kDetectionsMax = 2000;

/// Two boxes become the one around both where they share at least half of the smaller, until none do.
std::vector<Detection> united(std::vector<Detection> detections);

}  // namespace efface::pipeline
