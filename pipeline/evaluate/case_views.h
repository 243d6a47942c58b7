// What people are shown of a case: whole pictures for readers, a sheet of what is around each hole.
// Thread rule: pure functions of values.
#pragma once

#include "config/result.h"
#include "pipeline/enhance/planes.h"
#include "pipeline/enhance/tone.h"
#include "pipeline/picture/picture.h"

#include <string>
#include <string_view>
#include <vector>

namespace efface::pipeline {

/// In eight bits of `range`, grey or RGB.
Picture shown_picture(const Planes& planes, const ToneRange& range);

/// One row of the sheet.
struct GridRow {
    std::string label;             ///< "ct, box: ct-0001".
    std::vector<Picture> columns;  ///< As many as the sheet has.
};

/// What is around the mask, no larger than a cell of 256 pixels: a square of 1.6 times its longer side, cut
/// at the picture's edges.
Picture grid_cell(const Picture& picture, const Box& bounds);

/// Columns under their titles, a label on each row; PNG. Fault::kRetry: it cannot be written.
Result<std::string> grid_png(const std::vector<std::string_view>& titles, const std::vector<GridRow>& rows);

}  // namespace efface::pipeline
