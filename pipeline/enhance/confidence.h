// Confidence: how likely a fill is a good one, from what is visible of this very picture: a ring of visible
// pixels about the hole is hidden too, the network is asked once more with the same noise, and its answer in
// the ring is compared with what stands there. That, how much is hidden, noise and size go through the
// logistic regression of the generator's file (pipeline/picture/confidence_model.h). A function of visible
// pixels, mask, noise and model alone, as the fill is (promise P8). Thread rule: pure functions; `ask` is the
// caller's.
#pragma once

#include "config/result.h"
#include "pipeline/enhance/region.h"
#include "pipeline/enhance/resample.h"
#include "pipeline/picture/confidence_model.h"

#include <cstddef>
#include <functional>
#include <optional>

namespace efface::pipeline {

/// Narrower, and what is visible beside it says it all; fewer pixels, and it says little.
inline constexpr std::size_t kRingWidthMin = 4;
inline constexpr std::size_t kRingPixelsMin = 64;

/// Visible pixels about a hole that are hidden for the test.
struct Ring {
    PixelSet pixels;
    PixelSet hidden;  ///< What is hidden then: what was, and the ring.
};

/// The widest of at most `width_max` pixels with which no more than `share_max` (0 to 1) of the picture is
/// hidden. Nothing: none of kRingWidthMin and kRingPixelsMin is. `hole`: a part of `hidden`; both at the
/// network's size.
std::optional<Ring> ring_about(
    const PixelSet& hole, const PixelSet& hidden, std::size_t width_max, double share_max
);

/// ConfidenceFeature's first three.
struct RingMeasures {
    double ssim = 0;
    double grey = 0;
    double fine = 0;
};

/// On units (-1 to 1), of the channels' means. SSIM (Wang et al. 2004, of units as 0 to 1, constants 0.01 and
/// 0.03) under a Gaussian of 1.5 pixels that reads the ring alone, its mean over the ring. `hidden`: from
/// which `seen` says nothing: the visible range (p98 - p2) is that of the rest.
RingMeasures compare_in_ring(
    const Planes& answer, const Planes& seen, const PixelSet& ring, const PixelSet& hidden
);

/// `ring`: nothing, where none could be hidden. `size`: the hole's longer side over the network's.
ConfidenceFeatures confidence_features(
    const std::optional<RingMeasures>& ring, const FillMeasures& measures, double size
);

/// 0 to 1.
double confidence_of(const ConfidenceModel& model, const ConfidenceFeatures& features);

/// What the network answers to a picture of which so much is hidden.
using AskNetwork = std::function<Result<Planes>(const Resampled& shown)>;

/// A hole as the network is shown it.
struct ShownHole {
    const Resampled& shown;
    const PixelSet& hole;  ///< A part of what is hidden.
    const FillMeasures& measures;
    double share_max;  ///< As much of a picture may be hidden from the network.
};

/// 0 to 1. Asks once, or not at all where no ring can be hidden. Fault as `ask`'s.
Result<double> measure_confidence(
    const ConfidenceModel& model, const ShownHole& shown_hole, const AskNetwork& ask
);

}  // namespace efface::pipeline
