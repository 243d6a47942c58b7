#include "pipeline/enhance/confidence.h"

#include "config/assert.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace efface::pipeline {
namespace {

constexpr float kSsimBlur = 1.5F;
constexpr double kSsimMeans = 0.01 * 0.01;  // Of the range 1.
constexpr double kSsimDeviations = 0.03 * 0.03;
constexpr float kFineBlur = 1.2F;
constexpr double kFineMin = 1e-4;   // Of units: less is none.
constexpr double kFineMost = 3;     // A ratio beyond e^3 says no more than that.
constexpr double kGreyMost = 1;     // The whole range.
constexpr double kRangeMin = 1e-3;  // Of units: less is one value.
constexpr double kSnrMost = 1e5;

/// The smallest box around the set; empty where the set is.
Box bounds_of(const PixelSet& set) {
    Box box{static_cast<std::int64_t>(set.columns), static_cast<std::int64_t>(set.rows), 0, 0};
    for (std::size_t i = 0; i < set.in.size(); ++i) {
        if (set.in[i] != 0) {
            const auto x = static_cast<std::int64_t>(i % set.columns);
            const auto y = static_cast<std::int64_t>(i / set.columns);
            box = {
                std::min(box.left, x), std::min(box.top, y), std::max(box.right, x + 1),
                std::max(box.bottom, y + 1)};
        }
    }
    return box;
}

std::vector<float> product(const std::vector<float>& a, const std::vector<float>& b) {
    std::vector<float> out(a.size());
    std::ranges::transform(a, b, out.begin(), [](float x, float y) { return x * y; });
    return out;
}

double mean_in(const std::vector<float>& plane, const PixelSet& set) {
    double sum = 0;
    for (std::size_t i = 0; i < plane.size(); ++i) {
        sum += set.in[i] != 0 ? static_cast<double>(plane[i]) : 0;
    }
    return sum / static_cast<double>(set.count());
}

/// Units (-1 to 1) as 0 to 1: the formula's means are those of light.
std::vector<float> light_of(std::vector<float> units) {
    std::ranges::transform(units, units.begin(), [](float value) { return 0.5F * value + 0.5F; });
    return units;
}

double ssim_in(const std::vector<float>& made, const std::vector<float>& there, const PixelSet& ring) {
    const std::vector<float> a = light_of(made);
    const std::vector<float> b = light_of(there);
    const std::vector<float> mean_a = blurred(a, ring, kSsimBlur);
    const std::vector<float> mean_b = blurred(b, ring, kSsimBlur);
    const std::vector<float> square_a = blurred(product(a, a), ring, kSsimBlur);
    const std::vector<float> square_b = blurred(product(b, b), ring, kSsimBlur);
    const std::vector<float> both_ab = blurred(product(a, b), ring, kSsimBlur);
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (ring.in[i] == 0) {
            continue;
        }
        const auto x = static_cast<double>(mean_a[i]);
        const auto y = static_cast<double>(mean_b[i]);
        const double spread_x = std::max(0.0, static_cast<double>(square_a[i]) - x * x);
        const double spread_y = std::max(0.0, static_cast<double>(square_b[i]) - y * y);
        const double together = static_cast<double>(both_ab[i]) - x * y;
        sum += (2 * x * y + kSsimMeans) * (2 * together + kSsimDeviations) /
               ((x * x + y * y + kSsimMeans) * (spread_x + spread_y + kSsimDeviations));
    }
    return sum / static_cast<double>(ring.count());
}

/// Deviation of what is finer than kFineBlur, from the pixels of the set alone.
double fineness(const std::vector<float>& plane, const PixelSet& set) {
    const std::vector<float> coarse = blurred(plane, set, kFineBlur);
    double sum = 0;
    double squares = 0;
    for (std::size_t i = 0; i < plane.size(); ++i) {
        if (set.in[i] != 0) {
            const double fine = static_cast<double>(plane[i]) - static_cast<double>(coarse[i]);
            sum += fine;
            squares += fine * fine;
        }
    }
    const auto count = static_cast<double>(set.count());
    return std::sqrt(std::max(0.0, squares / count - sum / count * sum / count));
}

double visible_spread(const std::vector<float>& plane, const PixelSet& hidden) {
    std::vector<float> seen;
    for (std::size_t i = 0; i < plane.size(); ++i) {
        if (hidden.in[i] == 0) {
            seen.push_back(plane[i]);
        }
    }
    if (seen.empty()) {
        return 0;
    }
    return static_cast<double>(quantile(seen, 0.98)) - static_cast<double>(quantile(seen, 0.02));
}

}  // namespace

std::optional<Ring> ring_about(
    const PixelSet& hole, const PixelSet& hidden, std::size_t width_max, double share_max
) {
    EFFACE_ASSERT(hole.columns == hidden.columns && hole.rows == hidden.rows);
    const auto pixels = static_cast<double>(hidden.in.size());
    const std::size_t already = hidden.count();
    for (std::size_t width = width_max; width >= kRingWidthMin; --width) {
        Ring ring{.pixels = both(grown(hole, width), complement(hidden)), .hidden = hidden};
        const std::size_t count = ring.pixels.count();
        if (static_cast<double>(already + count) > share_max * pixels) {
            continue;
        }
        if (count < kRingPixelsMin) {
            return std::nullopt;
        }
        for (std::size_t i = 0; i < ring.hidden.in.size(); ++i) {
            ring.hidden.in[i] |= ring.pixels.in[i];
        }
        return ring;
    }
    return std::nullopt;
}

RingMeasures compare_in_ring(
    const Planes& answer, const Planes& seen, const PixelSet& ring, const PixelSet& hidden
) {
    EFFACE_ASSERT(answer.pixels() == seen.pixels() && ring.count() > 0);
    const double range = std::max(visible_spread(mean_of_channels(seen), hidden), kRangeMin);
    // Nothing beyond the ring is read: what lies about it need not be gone over.
    const Box box = bounds_of(ring);
    const PixelSet pixels = part_of(ring, box);
    const std::vector<float> made = mean_of_channels(part_of(answer, box));
    const std::vector<float> there = mean_of_channels(part_of(seen, box));
    const double ratio =
        std::max(fineness(made, pixels), kFineMin) / std::max(fineness(there, pixels), kFineMin);
    return {
        .ssim = ssim_in(made, there, pixels),
        .grey = std::min(std::abs(mean_in(made, pixels) - mean_in(there, pixels)) / range, kGreyMost),
        .fine = std::min(std::abs(std::log(ratio)), kFineMost)};
}

ConfidenceFeatures confidence_features(
    const std::optional<RingMeasures>& ring, const FillMeasures& measures, double size
) {
    const RingMeasures measured = ring.value_or(RingMeasures{});
    return {
        measured.ssim,
        measured.grey,
        measured.fine,
        ring ? 0.0 : 1.0,
        measures.hidden_share,
        std::log(std::clamp(measures.snr, 1.0, kSnrMost)),
        std::log(std::max(size, std::numeric_limits<double>::min()))};
}

double confidence_of(const ConfidenceModel& model, const ConfidenceFeatures& features) {
    double sum = model.intercept;
    for (std::size_t i = 0; i < features.size(); ++i) {
        sum += model.weights.at(i) * features.at(i);
    }
    return 1 / (1 + std::exp(-sum));
}

Result<double> measure_confidence(
    const ConfidenceModel& model, const ShownHole& shown_hole, const AskNetwork& ask
) {
    const auto& [shown, hole, measures, share_max] = shown_hole;
    std::optional<RingMeasures> measured;
    if (const auto ring = ring_about(hole, shown.hidden, model.ring, share_max)) {
        Resampled less{shown.planes, ring->hidden};
        // Chosen anew: the network shall not be handed what it is asked for.
        put(less.planes, less.hidden, 0.0F);
        EFFACE_TRY(const Planes answer, ask(less));
        measured = compare_in_ring(answer, shown.planes, ring->pixels, shown.hidden);
    }
    const Box bounds = bounds_of(hole);
    const std::size_t side = std::max(shown.planes.columns, shown.planes.rows);
    const double size =
        static_cast<double>(std::max(bounds.width(), bounds.height())) / static_cast<double>(side);
    return confidence_of(model, confidence_features(measured, measures, size));
}

}  // namespace efface::pipeline
