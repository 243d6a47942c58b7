// FillRegion: a hole, what of the frame around it the network is shown, and whether that is enough to fill
// it. Each refusal has its formula here and in docs/enhancement.md; what is refused stays black. Thread rule:
// values and pure functions.
#pragma once

#include "pipeline/enhance/planes.h"
#include "pipeline/enhance/tone.h"
#include "pipeline/picture/mask_boxes.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace efface::pipeline {

/// A square of 1.6 times the longer side of a hole's bounds about their middle, 32 pixels beyond it at least;
/// may reach beyond the frame.
Box surround_of(const Box& bounds);

enum class FillRefusal : std::uint8_t {
    kNone,
    kNoisy,          ///< SNR below 5.
    kLittleVisible,  ///< Less than 35 % of the head in the surround.
    kOverlap,        ///< Another occlusion meets it.
    kLarge,          ///< More than 45 % of what the network is shown is hidden.
    kBorders,        ///< It touches more than two borders of the frame.
    kNoConfidence,   ///< The rule asks for a confidence, and the model says none.
    kUnsure,         ///< Its confidence is below the rule's.
};

inline constexpr std::size_t kFillRefusals = 8;

/// For receipts: "too noisy (SNR below 5)" ...
std::string_view refusal_name(FillRefusal refusal);

/// What refusals are judged by. Shares are 0 to 1.
struct FillMeasures {
    double snr = 0;            ///< (p90 - p10 of what is visible) / deviation of the noise there.
    /// Of the head in the surround, which is what is visible there and no air, and the hole: how much is visible. Air
    /// beside a face tells nothing of it, and there is much of it: before a profile, about a slice.
    double visible_share = 0;
    double hidden_share = 0;   ///< Of the surround within the frame.
    int borders = 0;           ///< Of the frame that the hole touches.
};

inline constexpr double kSnrMin = 5;
inline constexpr double kVisibleShareMin = 0.35;
inline constexpr double kHiddenShareMax = 0.45;
inline constexpr int kBordersMax = 2;

/// Of a frame; `hidden`: everything under the mask, of which `hole` is a part.
FillMeasures measure_surround(const Planes& frame, const PixelSet& hidden, const Hole& hole);

/// The first of the above that holds. `others`: the other holes of this frame.
FillRefusal judge_hole(const FillMeasures& measures, const Hole& hole, std::span<const Hole> others);

/// Those of its parts' pixels that lie in the frame.
PixelSet pixels_of(const Hole& hole, std::size_t columns, std::size_t rows);

/// Deviation of the noise in visible pixels: median of the absolute diagonal details of the finest Haar
/// wavelet, over 0.6745 (Donoho and Johnstone 1994).
double noise_of(std::span<const float> plane, const PixelSet& visible);

}  // namespace efface::pipeline
