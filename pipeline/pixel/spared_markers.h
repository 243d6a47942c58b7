// Of the text that is found in a picture, the markers that may stay: those that are read as exactly one entry
// of the list and stand alone. Whatever is not read so is blackened. Thread rule: the reader's.
#pragma once

#include "config/result.h"
#include "pipeline/picture/detector.h"
#include "pipeline/picture/line_reader.h"
#include "pipeline/picture/mask_boxes.h"
#include "rules/profile/marker_table.h"

#include <vector>

namespace efface::pipeline {

/// Neither something else that was found nor the mask may lie closer than this many of a marker's heights, or
/// of the other's where that one is higher: a letter of a name is no marker, nor one with initials under it.
inline constexpr std::int64_t kMarkerDistanceHeights = 3;
/// A picture with more lines is a screen, on which nothing is spared.
inline constexpr std::size_t kLinesReadMax = 24;

/// Whether one of `others`, which are lines of text, lies so close to `marker`.
bool lies_close(const Box& marker, const std::vector<Box>& others);

/// Whether what is black in any frame lies so close to it.
bool lies_close(const Box& marker, const Mask& mask);

struct SparedText {
    std::vector<Detection> text;  ///< What stays found.
    std::vector<Box> markers;     ///< What was read and may stay.
};

Result<SparedText> spare_markers(
    std::vector<Detection> found, const PictureView& picture, const rules::MarkerSet& allowed,
    LineReader& reader
);

}  // namespace efface::pipeline
