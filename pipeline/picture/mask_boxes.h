// Mask: what of the frames is blackened, as rectangles, so that its shape does not draw a person: those of
// every frame, and those of some frames alone. It travels between daemon and workers.
// Thread rule: values.
#pragma once

#include "pipeline/picture/picture.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace efface::pipeline {

/// Frames one after another.
struct FrameSpan {
    std::uint64_t first = 0;
    std::uint64_t count = 0;

    bool operator==(const FrameSpan&) const = default;

    bool holds(std::uint64_t frame) const { return frame >= first && frame - first < count; }
};

/// What is blackened in some frames alone.
struct FrameBox {
    Box box;
    FrameSpan frames;

    bool operator==(const FrameBox&) const = default;
};

/// One thing that was destroyed, for which something else is drawn: boxes of the mask that belong together.
struct Hole {
    std::vector<Box> parts;  ///< Not empty.
    FrameSpan frames;

    bool operator==(const Hole&) const = default;

    /// The smallest box that holds all parts.
    Box bounds() const;
};

struct Mask {
    std::vector<Box> boxes;               ///< Of every frame.
    std::vector<FrameBox> some_frames{};  ///< Beside them, of the frames that each names.

    bool operator==(const Mask&) const = default;

    bool empty() const { return boxes.empty() && some_frames.empty(); }

    std::size_t size() const { return boxes.size() + some_frames.size(); }

    /// In every frame.
    bool covers(std::int64_t x, std::int64_t y) const;
    /// In every frame, every pixel of the box that lies in it is covered.
    bool covers(const Box& box, std::size_t columns, std::size_t rows) const;

    /// What of this frame is blackened, as if it were the only one.
    Mask of_frame(std::uint64_t frame) const;
};

}  // namespace efface::pipeline
