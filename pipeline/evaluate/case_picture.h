// A case as the node would have it: its truth as the frame of an instance, its mask as boxes and holes. So a
// fill is judged as it is delivered, through the code that delivers it. Thread rule: values.
#pragma once

#include "config/result.h"
#include "pipeline/enhance/planes.h"
#include "pipeline/picture/mask_boxes.h"
#include "pipeline/picture/picture.h"
#include "pipeline/picture/png_samples.h"
#include "pipeline/pixel/native_image.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace efface::pipeline {

inline constexpr std::size_t kCaseSideMin = 32;
inline constexpr std::uint64_t kCasePixelsMax = std::uint64_t{1} << 24U;  // As fill_frames() takes.
inline constexpr std::size_t kCaseBoxesMax = 65'536;
inline constexpr std::size_t kCaseHolesMax = 64;

struct CasePicture {
    NativeImage image;
    std::vector<std::byte> truth;  ///< Samples as they were.
    PixelSet hidden;
    Mask mask;
    std::vector<Hole> holes;  ///< One for each connected part of the mask.
};

/// `mask`: of the truth's size; what is not 0 is destroyed. Fault::kRefuse: sizes that differ, below 32
/// pixels or above 16 777 216 of them, a mask that hides nothing or everything, or one of too many pieces.
Result<CasePicture> make_case_picture(const PngSamples& truth, const PictureView& mask);

/// The pixels of a set as boxes that do not overlap, each connected part (also by corners) as one hole of all
/// frames. Whole blocks of the grid of eight pixels come first, since only they bear a mark; what is left
/// lies in runs of pixels, joined downwards. Fault::kRefuse: more than kCaseBoxesMax boxes
/// or kCaseHolesMax holes.
Result<std::vector<Hole>> holes_in(const PixelSet& set);

}  // namespace efface::pipeline
