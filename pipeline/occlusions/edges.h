// Upright edges: columns in which the steps stand out from those beside them over many rows, as the sides of
// what somebody drew do. Thread rule: a pure function of the profile.
#pragma once

#include "pipeline/occlusions/step_profile.h"

#include <vector>

namespace efface::pipeline {

/// An upright edge: between columns x-1 and x, over rows top to bottom.
struct Edge {
    std::int64_t x;
    std::int64_t top;
    std::int64_t bottom;
    double score;
};

/// The clearest first, at most kEdgesMax.
std::vector<Edge> edges_of(const StepProfile& profile);

/// They have most of their rows in common: both may be sides of one thing.
bool lie_abreast(const Edge& left, const Edge& right);

inline constexpr std::size_t kEdgesMax = 600;

}  // namespace efface::pipeline
