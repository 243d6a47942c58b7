// Where in a picture marks are, when nobody says: by the pilot, the same signs whatever the message.
//
//   1. w = pilot_weight() of each block (evidence.h).
//   2. For either sign: blocks whose mean of w over 5x5 blocks is at least 3/8, joined to connected areas;
//      of these the kCandidatesMax largest of at least kBlocksMin / 2 blocks.
//   3. Each is read as three shapes, of which the clearest counts: the rectangles in and around it of the
//      greatest sum of w less 0.7 and less 0.4 of the area's mean, and the area itself, for fills that are no
//      rectangle.
//
// So at most kSearchHypotheses messages are tried in a picture. Which areas they are is decided by the
// pilot's signs, never by the chips', so the rate of evidence.h holds for each. Cost: one transform for each
// block, and rows^2 columns of blocks, at most 2^28, for each rectangle. Thread rule: pure functions.
#pragma once

#include "pipeline/watermark/blocks.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace efface::pipeline {

inline constexpr std::size_t kCandidatesMax = 16;
inline constexpr std::size_t kShapes = 3;
inline constexpr std::uint64_t kSearchHypotheses = kShapes * kCandidatesMax;

/// A number for each block of a picture, row by row.
struct BlockMap {
    std::vector<float> values;
    std::size_t columns = 0;
    std::size_t rows = 0;

    float at(std::size_t column, std::size_t row) const { return values[row * columns + column]; }
};

struct Candidate {
    int sign = 1;  ///< -1: inverted.
    /// The area itself, then its rectangles.
    std::array<std::vector<BlockPlace>, kShapes> shapes;
};

/// Step 1.
BlockMap pilot_map(const GreyPlane& plane, const WatermarkKey& key);
/// Steps 2 and 3, the largest first.
std::vector<Candidate> candidates_of(const BlockMap& map);

}  // namespace efface::pipeline
