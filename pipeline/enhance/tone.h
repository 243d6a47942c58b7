// Tone: the range that a network sees, and a fill brought to the brightness of what is visible around it.
// Everything is computed from visible pixels. Thread rule: pure functions.
#pragma once

#include "pipeline/enhance/planes.h"

namespace efface::pipeline {

/// Stored values that become -1 and 1.
struct ToneRange {
    float low = 0;
    float high = 1;

    float to_unit(float value) const;

    float from_unit(float value) const { return low + (value + 1) / 2 * (high - low); }
};

/// From the 0.5th to the 99.5th percentile of the visible pixels' mean over channels, as the generators'
/// contract has it ("p0.5-p99.5 visible"). Of one value, or where nothing is visible: a range of 1 from
/// there.
ToneRange visible_range(const Planes& planes, const PixelSet& hidden);

/// On units (-1 to 1), channel by channel: pixels of `hole` are shifted and stretched so that its inner rim
/// of six pixels has the median and the spread of the outer rim, class by class: dark (air), middle (soft
/// tissue) and bright (bone). A pixel between the medians of two classes moves by both. Spread by 0.8
/// to 1.25, medians by 0.25 at most; a class with less than 24 pixels in a rim says nothing.
void calibrate(Planes& filled, const PixelSet& hole, const PixelSet& hidden);

/// How far a fill's edge can be seen: the means of the hole's inner and outer rims of six pixels, their
/// distance as a share of the visible range (p98 - p2); of the channels' mean. 0 where either rim is empty.
double grey_difference(const Planes& filled, const PixelSet& hole, const PixelSet& hidden);

}  // namespace efface::pipeline
