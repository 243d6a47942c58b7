// Grain: what is fine in a fill, brought to what is fine around it. A network draws edges and leaves noise
// out; a fill without noise is a stain to a reader and an outlier to software. Thread rule: pure functions.
#pragma once

#include "pipeline/enhance/counter_noise.h"
#include "pipeline/enhance/planes.h"
#include "pipeline/enhance/tone.h"

namespace efface::pipeline {

/// Adds noise to `hole` so that each octave (finer than 0.7 pixels, 0.7 to 1.4, 1.4 to 2.8) is as strong
/// there as in the visible pixels within 24 of it, in dark and in other areas each, then times `share`.
/// Strength is 1.4826 times the median distance from the median, which few edges change little. Stored
/// values. One noise for all channels, as strong as each one's own: a grey picture in RGB stays grey.
void match_grain(
    Planes& filled, const PixelSet& hole, const PixelSet& hidden, const ToneRange& range,
    const CounterNoise& noise, float share
);

/// Unsharp masking of `hole` (a Gaussian of one pixel) by `amount`; reads the hole and what is visible.
void sharpen(Planes& filled, const PixelSet& hole, const PixelSet& hidden, float amount);

/// Within three pixels of what is visible the hole fades into it, as it goes on inward from the rim: no step
/// where the mask begins. Changes the hole alone.
void feather(Planes& filled, const PixelSet& hole, const PixelSet& hidden);

}  // namespace efface::pipeline
