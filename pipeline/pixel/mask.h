// Mask: what of the frames is blackened, as rectangles on a grid, so that its shape does not draw a person.
// Thread rule: values and pure functions.
#pragma once

#include "pipeline/picture/mask_boxes.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace efface::pipeline {

class NativeImage;

/// Edges lie on multiples of this many pixels, those of faces on coarser ones.
inline constexpr std::int64_t kMaskGrid = 8;
/// More rectangles than this, in all frames together, are no detection but noise: quarantine.
inline constexpr std::size_t kMaskBoxesMax = 4096;

/// What rule or device names, to the grid.
Box mask_box_of_region(const Box& named, std::size_t columns, std::size_t rows);
/// A line of text grows by half of its height on every side, at least four pixels, then to the grid.
Box mask_box_of_text(const Box& found, std::size_t columns, std::size_t rows);
/// A face grows to one and a half times its size around its middle, so that ears and chin are in, then to a
/// grid as coarse as face_mask_step() says: finer edges would tell faces apart that lie under them.
Box mask_box_of_face(const Box& found, std::size_t columns, std::size_t rows);
/// Of the grid that the edges of a face's mask lie on: kMaskGrid doubled until eight steps are as long as the
/// grown face's longer side.
std::int64_t face_mask_step(const Box& found);
/// What somebody covered insufficiently grows to one and a quarter times its size: rims are blended, and what
/// was covered was rarely all. Then to the grid.
Box mask_box_of_occlusion(const Box& found, std::size_t columns, std::size_t rows);

/// Adds a box to every frame unless the mask covers it there already.
void add(Mask& mask, const Box& box, std::size_t columns, std::size_t rows);
/// Adds a box to some frames unless one box covers it there already.
void add(Mask& mask, const FrameBox& box, std::size_t columns, std::size_t rows);
/// Where more than kMaskBoxesMax boxes came together, those of some frames become those of all.
void bound(Mask& mask, std::size_t columns, std::size_t rows);

/// Overwrites the masked pixels of every frame; `samples` are all frames.
void blacken(std::span<std::byte> samples, const NativeImage& image, const Mask& mask);

}  // namespace efface::pipeline
