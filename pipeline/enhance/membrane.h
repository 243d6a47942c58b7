// Membrane: what is hidden as the smoothest surface through what is visible around it (Laplace's equation
// with the visible pixels as its rim; a picture's own edges are free). The base that a fill departs from: it
// has no texture and no edge of its own. Thread rule: pure functions.
#pragma once

#include "pipeline/enhance/planes.h"

namespace efface::pipeline {

/// Hidden pixels of `plane` are replaced; their values are not read. Where nothing is visible, 0. To a
/// hundredth of the visible values' range or so: it is solved from coarse to fine, a fixed number of sweeps
/// each.
void stretch_membrane(std::span<float> plane, const PixelSet& hidden);

}  // namespace efface::pipeline
