// What a fresh mark is tried against before it counts as having a reserve: each as the promised ones are, but
// harsher. Of whole blocks, since JPEG's are the mark's own. Inversion is no trial: it changes signs alone.
// Thread rule: pure functions.
#pragma once

#include "pipeline/watermark/block_transform.h"

namespace efface::pipeline {

/// Rounded to eight bits.
BlockValues in_eight_bits(const BlockValues& pixels);
/// Half of the contrast, rounded; promised are seven tenths.
BlockValues at_half_contrast(const BlockValues& pixels);
/// JPEG of quality 65 there and back (ITU-T T.81, table K.1); promised are 75.
BlockValues through_jpeg(const BlockValues& pixels);

}  // namespace efface::pipeline
