// Blackened samples of a losslessly compressed original, encoded again in its syntax.
// Thread rule: see DataSet.
#pragma once

#include "config/result.h"
#include "pipeline/pixel/samples.h"
#include "pipeline/unit/compressed_frames.h"
#include "pipeline/unit/original.h"

#include <vector>

namespace efface::pipeline {

/// Every frame; `samples` are those of `original`, blackened. Fault::kQuarantine: a frame that cannot be
/// encoded, or more than `bytes_max` of all.
Result<std::vector<CompressedFrame>> recoded_frames(
    const Original& original, const Samples& samples, std::uint64_t bytes_max
);

}  // namespace efface::pipeline
