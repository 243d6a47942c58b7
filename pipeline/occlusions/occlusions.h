// Earlier occlusions: regions of a picture that somebody covered before it came here (bars, ellipses,
// mosaics, blur, translucent bands, scribbles), and whether what they covered is gone. docs/occlusions.md has
// the statistics and the verdict's formulas. Nothing is learned: every kind has a statistic of its own.
// Thread rule: a pure function of the samples.
#pragma once

#include "config/result.h"
#include "pipeline/picture/picture.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace efface::pipeline {

enum class OcclusionKind : std::uint8_t {
    kBox,       ///< One value, rectangular, at any angle.
    kEllipse,   ///< One value, elliptic.
    kMosaic,    ///< Cells of 4 to 64 pixels, each of one value.
    kBlur,      ///< Fine structure taken away, the coarse one left; rectangular or elliptic.
    kBand,      ///< A colour mixed into what lies below: upright rectangles.
    kScribble,  ///< A thin line of one value, back and forth.
};

inline constexpr std::size_t kOcclusionKinds = 6;

enum class OcclusionVerdict : std::uint8_t {
    kDestroyed,     ///< What was there cannot be seen or computed from what is left.
    kInsufficient,  ///< It can, wholly or in part: to be occluded again.
};

struct Occlusion {
    Box box;
    OcclusionKind kind = OcclusionKind::kBox;
    OcclusionVerdict verdict = OcclusionVerdict::kDestroyed;
    float score = 0.0F;  ///< 0 to 1: how well the region fits its kind.

    bool operator==(const Occlusion&) const = default;
};

/// "box", "ellipse", "mosaic", "blur", "band", "scribble".
std::string_view occlusion_kind_name(OcclusionKind kind);

/// Fewer cells than this across the shorter side of a mosaic: nothing of a face is left (docs/occlusions.md).
inline constexpr double kMosaicCellsMin = 6.0;
inline constexpr std::size_t kOcclusionsMax = 256;

/// By kind, then from top to bottom. Fault::kQuarantine: not a picture, or more than kOcclusionsMax.
Result<std::vector<Occlusion>> find_occlusions(const PictureView& picture);

}  // namespace efface::pipeline
