// The gate on lossless frames that were encoded again (PS3.5 8.2): one fragment each, nothing beside the
// stored bits but the extension of their sign, and colour as the attribute says. The samples themselves are
// compared by masked_samples.cpp. RLE is read here with the gate's own code too, and must give what the
// shared decoder gives. Thread rule: pure functions.
#pragma once

#include "config/result.h"
#include "pipeline/codestream/pixel_shape.h"

#include <cstddef>
#include <span>

namespace efface::pipeline {

/// Compressed frames and the samples of all of them that the shared decoder gave.
struct DecodedFrames {
    const PixelScan& scan;
    std::span<const std::byte> samples;
};

/// Fault::kQuarantine with the first thing that is not as it must be.
Status judge_recoded_frames(
    const rules::TransferSyntax& syntax, const DecodedFrames& original, const DecodedFrames& written
);

}  // namespace efface::pipeline
