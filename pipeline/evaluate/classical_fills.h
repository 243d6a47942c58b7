// Fills that anybody can make, which a generative one is measured against. Thread rule: pure functions.
#pragma once

#include "pipeline/enhance/planes.h"
#include "pipeline/enhance/tone.h"
#include "pipeline/evaluate/quality.h"

namespace efface::pipeline {

/// `truth` with its mask filled by one of kConstant (the middle of `range`), kRingMean (the mean of the six
/// pixels around the mask), kTelea (Telea 2004) or kNavierStokes (Bertalmio, Bertozzi and Sapiro 2001): the
/// last two by OpenCV, radius 5, channel by channel on 16 bits of `range`. What lies under the mask is not
/// read. Stored values, rounded.
Planes classical_fill(Filler filler, const Planes& truth, const PixelSet& mask, const ToneRange& range);

}  // namespace efface::pipeline
