#include "pipeline/evaluate/quality.h"

#include "pipeline/evaluate/similarity.h"
#include "pipeline/evaluate/texture.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace efface::pipeline {
namespace {

constexpr std::size_t kRim = 6;
constexpr std::size_t kNear = 8;
constexpr double kLowShare = 0.02;
constexpr double kHighShare = 0.98;
constexpr double kSpanMin = 0.05;  // Of a picture of one grey nothing could be said in percent.

constexpr std::array<MetricRow, kMetrics> kRows{
    MetricRow{"psnr_mask", "PSNR dB", 1, Worst::kSmallest},
    MetricRow{"ssim_mask", "SSIM", 3, Worst::kSmallest},
    MetricRow{"rmse_mask", "RMSE", 4, Worst::kLargest},
    MetricRow{"grey_difference", "grey difference %", 1, Worst::kLargest},
    MetricRow{"high_frequency_ratio", "high frequencies", 2, Worst::kFarthestFromOne},
    MetricRow{"spectrum_distance", "spectrum dB", 1, Worst::kLargest},
    MetricRow{"psnr_near", "PSNR dB", 1, Worst::kSmallest},
    MetricRow{"ssim_near", "SSIM", 3, Worst::kSmallest},
    MetricRow{"rmse_near", "RMSE", 4, Worst::kLargest},
    MetricRow{"psnr_whole", "PSNR dB", 1, Worst::kSmallest},
    MetricRow{"ssim_whole", "SSIM", 3, Worst::kSmallest},
    MetricRow{"rmse_whole", "RMSE", 4, Worst::kLargest},
};

double span_of(const std::vector<float>& plane, const PixelSet& mask) {
    std::vector<float> visible;
    for (std::size_t i = 0; i < plane.size(); ++i) {
        if (mask.in[i] == 0) {
            visible.push_back(plane[i]);
        }
    }
    if (visible.empty()) {
        return kSpanMin;
    }
    const double high = static_cast<double>(quantile(visible, kHighShare));
    return std::max(high - static_cast<double>(quantile(visible, kLowShare)), kSpanMin);
}

}  // namespace

const MetricRow& metric_row(Metric metric) {
    return kRows.at(static_cast<std::size_t>(metric));
}

std::vector<float> judged_plane(const Planes& planes, const ToneRange& range) {
    Planes units = planes;
    for (float& value : units.values) {
        value = (range.to_unit(value) + 1) / 2;
    }
    return mean_of_channels(units);
}

Judge::Judge(const Planes& truth, const PixelSet& mask)
    : range_{visible_range(truth, mask)},
      truth_{judged_plane(truth, range_)},
      mask_{mask},
      near_{grown(mask, kNear)},
      whole_{grown(mask, std::max(mask.columns, mask.rows))},
      inner_{both(mask, grown(complement(mask), kRim))},
      outer_{both(complement(mask), grown(mask, kRim))},
      visible_span_{span_of(truth_, mask)} {}

double Judge::grey_difference_percent(const std::vector<float>& filled) const {
    return 100 * std::abs(mean_within(filled, inner_) - mean_within(truth_, outer_)) / visible_span_;
}

Quality Judge::measure(const Planes& filled) const {
    const std::vector<float> plane = judged_plane(filled, range_);
    const std::vector<float> similar = ssim_map(plane, truth_, mask_.columns, mask_.rows);
    Quality quality{};
    const auto put = [&](Metric metric, double value) {
        quality.at(static_cast<std::size_t>(metric)) = value;
    };
    const auto compare = [&](const PixelSet& where, Metric psnr, Metric ssim, Metric rmse) {
        const double error = mean_square_error(plane, truth_, where);
        put(psnr, psnr_db(error));
        put(ssim, mean_within(similar, where));
        put(rmse, std::sqrt(error));
    };
    compare(mask_, Metric::kPsnrMask, Metric::kSsimMask, Metric::kRmseMask);
    compare(near_, Metric::kPsnrNear, Metric::kSsimNear, Metric::kRmseNear);
    compare(whole_, Metric::kPsnrWhole, Metric::kSsimWhole, Metric::kRmseWhole);
    put(Metric::kGreyDifference, grey_difference_percent(plane));
    put(Metric::kHighFrequency, high_frequency_ratio(plane, truth_, mask_));
    put(Metric::kSpectrum, spectrum_distance_db(plane, truth_, mask_));
    return quality;
}

}  // namespace efface::pipeline
