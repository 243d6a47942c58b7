// FoundBox: what the finders saw at one place, and in which frames; and how far around these frames it is
// blackened. A finder may miss in one frame what it saw in its neighbours, so none of them keeps it:
//
//   a projection of all frames shows it, or a third of the frames that were searched,
//   or the frames below are two thirds of all                    -> every frame
//   else: from `window` frames before the first frame that showed something at that place
//   to `window` frames behind the last                           -> these frames
//
// Thread rule: values and pure functions.
#pragma once

#include "pipeline/pixel/mask.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace efface::pipeline {

struct FoundBox {
    Box box;
    std::vector<std::uint64_t> frames{};  ///< Rising; empty: a projection of all frames shows it.
};

/// Notes `box`, unless it lies within a known one: then that one was seen in `frame` as well. Frames come in
/// their order, projections (no frame) before them.
void note(std::vector<FoundBox>& known, const Box& box, std::optional<std::uint64_t> frame);

/// In every frame that showed it nothing of it is outside the mask.
bool is_covered(const FoundBox& found, const Mask& mask, std::size_t columns, std::size_t rows);

/// The frames of an image as one kind of finding is looked for in them.
struct FrameWindow {
    std::uint64_t frame_count = 1;
    std::uint64_t searched = 1;  ///< So many of them.
    std::uint64_t window = 0;    ///< Frames before and behind that are blackened too.
};

/// How a box grows (mask.h).
using GrowBox = Box (*)(const Box& found, std::size_t columns, std::size_t rows);

/// Adds what is not covered yet, grown, to the frames that the rule above names.
void add_found(
    Mask& mask, std::span<const FoundBox> found, GrowBox grow, const FrameWindow& frames, std::size_t columns,
    std::size_t rows
);

}  // namespace efface::pipeline
