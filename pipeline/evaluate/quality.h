// Quality: all that is measured of one fill of one case, and the table of it: reports, JSON and docs/
// evaluation.md follow the rows. A metric more is an enumerator, a row and a line in quality.cpp.
// Thread rule: values and pure functions.
#pragma once

#include "pipeline/enhance/planes.h"
#include "pipeline/enhance/tone.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace efface::pipeline {

enum class Metric : std::uint8_t {
    kPsnrMask,
    kSsimMask,
    kRmseMask,
    kGreyDifference,
    kHighFrequency,
    kSpectrum,
    kPsnrNear,
    kSsimNear,
    kRmseNear,
    kPsnrWhole,
    kSsimWhole,
    kRmseWhole,
};

inline constexpr std::size_t kMetrics = 12;

/// Which of many values is the worst.
enum class Worst : std::uint8_t { kSmallest, kLargest, kFarthestFromOne };

struct MetricRow {
    std::string_view key;    ///< In JSON.
    std::string_view title;  ///< In tables; the region stands above them.
    int decimals;
    Worst worst;
};

const MetricRow& metric_row(Metric metric);

/// By Metric. Not a number: it says nothing here (PSNR of what is equal, a mask too small for a spectrum).
using Quality = std::array<double, kMetrics>;

/// Whose fill it is.
enum class Filler : std::uint8_t { kGenerator, kConstant, kRingMean, kTelea, kNavierStokes, kTruth };

inline constexpr std::size_t kFillers = 6;
inline constexpr std::array<std::string_view, kFillers> kFillerKeys{"fill",  "constant",      "ring_mean",
                                                                    "telea", "navier_stokes", "truth"};
inline constexpr std::array<std::string_view, kFillers> kFillerTitles{"fill",  "constant",      "ring mean",
                                                                      "Telea", "Navier-Stokes", "truth"};

/// Stored values as 0 to 1 of `range`, which is of the truth's visible pixels (visible_range()): clipped,
/// then the mean of the channels.
std::vector<float> judged_plane(const Planes& planes, const ToneRange& range);

/// What fills of one case are measured against.
class Judge {
public:
    /// `truth`: stored values. `mask`: what was destroyed; not everything.
    Judge(const Planes& truth, const PixelSet& mask);

    const ToneRange& range() const { return range_; }

    /// `filled`: the truth but for the mask.
    Quality measure(const Planes& filled) const;

private:
    double grey_difference_percent(const std::vector<float>& filled) const;

    ToneRange range_;
    std::vector<float> truth_;
    PixelSet mask_;
    PixelSet near_;  ///< The mask and 8 pixels around it.
    PixelSet whole_;
    PixelSet inner_;  ///< The mask's rim of 6 pixels,
    PixelSet outer_;  ///< and that around it.
    double visible_span_ = 0;
};

}  // namespace efface::pipeline
