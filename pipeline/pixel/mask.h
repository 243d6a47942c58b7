// Mask: what of every frame is blackened, as rectangles on a grid, so that its shape does not draw a person.
// Thread rule: values and pure functions.
#pragma once

#include "pipeline/picture/detector.h"
#include "pipeline/pixel/native_image.h"

#include <span>
#include <vector>

namespace efface::pipeline {

/// Edges lie on multiples of this many pixels.
inline constexpr std::int64_t kMaskGrid = 8;
/// More rectangles than this are no detection but noise: quarantine.
inline constexpr std::size_t kMaskBoxesMax = 4096;

struct Mask {
    std::vector<Box> boxes;

    bool empty() const { return boxes.empty(); }

    bool covers(std::int64_t x, std::int64_t y) const;
    /// Every pixel of the box that lies in the frame is covered.
    bool covers(const Box& box, std::size_t columns, std::size_t rows) const;
};

/// What rule or device names, to the grid.
Box mask_box_of_region(const Box& named, std::size_t columns, std::size_t rows);
/// A line of text grows by half of its height on every side, at least four pixels, then to the grid.
Box mask_box_of_text(const Box& found, std::size_t columns, std::size_t rows);
/// A face grows to one and a half times its size around its middle, so that ears and chin are in, then to the
/// grid.
Box mask_box_of_face(const Box& found, std::size_t columns, std::size_t rows);
/// What somebody covered insufficiently grows to one and a quarter times its size: rims are blended, and what
/// was covered was rarely all. Then to the grid.
Box mask_box_of_occlusion(const Box& found, std::size_t columns, std::size_t rows);

/// Adds a box unless the mask covers it already.
void add(Mask& mask, const Box& box, std::size_t columns, std::size_t rows);

/// Overwrites the masked pixels of every frame; `samples` are all frames.
void blacken(std::span<std::byte> samples, const NativeImage& image, const Mask& mask);

}  // namespace efface::pipeline
