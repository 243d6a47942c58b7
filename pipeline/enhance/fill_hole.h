// fill_hole: one hole of a frame filled with what a generative network makes of its surround. The fill is a
// function of visible pixels, mask, seed and settings alone (promise P8): what was destroyed is replaced by
// choice before anything is computed, so that neither other hidden contents nor NaN among them changes a bit.
//
//   refuse? -> the surround, in the network's range and size -> confidence, refuse? -> the network ->
//   calibrated to its rim -> back to the frame's size -> sharpened, grain of the surround -> faded into the
//   rim -> the hole alone
//
// Thread rule: the generator belongs to the calling thread.
#pragma once

#include "config/crypto/digest.h"
#include "config/result.h"
#include "pipeline/enhance/planes.h"
#include "pipeline/enhance/region.h"
#include "pipeline/picture/generator.h"
#include "rules/matching/enhance_rules.h"

#include <optional>
#include <span>

namespace efface::pipeline {

struct FilledHole {
    Hole hole;
    FillRefusal refusal = FillRefusal::kNone;
    FillMeasures measures{};
    double grey_difference = 0;  ///< Of a hole that is filled; see tone.h.
    /// 0 to 1 (confidence.h). Nothing: the model says none, or the hole is refused before that is asked.
    std::optional<double> confidence{};

    bool is_filled() const { return refusal == FillRefusal::kNone; }
};

struct FillWork {
    Generator& generator;
    const rules::EnhanceSettings& settings;
    Digest seed{};  ///< Of this frame and hole; never made from pixels.
};

/// Fills `hole` of `frame` in place unless it is refused, and then nothing changes. `frame`: stored values as
/// numbers, bright is high; one channel, or R, G and B. `hidden`: all that lies under the mask, the hole's
/// pixels among it. `others`: the other holes of this frame. Fill values lie between the smallest
/// and the largest visible one of the surround. Fault as the generator's.
Result<FilledHole> fill_hole(
    Planes& frame, const PixelSet& hidden, const Hole& hole, std::span<const Hole> others,
    const FillWork& work
);

}  // namespace efface::pipeline
