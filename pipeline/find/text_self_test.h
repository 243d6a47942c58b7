// What a text network must show before it is handed out, and how a tile is asked. Thread rule: as the
// network's.
#pragma once

#include "pipeline/picture/detector.h"
#include "pipeline/picture/text_network.h"

#include <vector>

namespace efface::pipeline {

/// The lines of text of an RGB tile whose sides are multiples of TextNetwork::kSideMultiple.
Result<std::vector<Detection>> lines_of(const PictureView& tile, TextNetwork& network);

/// Planted text is covered and nothing far from it, in tiles of more than one shape: one that calls
/// everything text would pass as well. Fault::kHalt where it is not.
Status check_text_network(TextNetwork& network);

}  // namespace efface::pipeline
