#include "pipeline/enhance/tone.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

namespace efface::pipeline {
namespace {

constexpr double kLowShare = 0.005;
constexpr double kHighShare = 0.995;
constexpr std::size_t kRim = 6;
constexpr std::size_t kClassPixelsMin = 24;
constexpr float kAirBelow = -0.7F;
constexpr float kBoneAbove = 0.5F;
constexpr float kGainMin = 0.8F;
constexpr float kGainMax = 1.25F;
constexpr float kShiftMax = 0.25F;
constexpr float kLeast = std::numeric_limits<float>::lowest();
constexpr float kMost = std::numeric_limits<float>::max();
constexpr float kFlat = 1e-4F;  // No spread to speak of.

std::vector<float> values_of(std::span<const float> plane, const PixelSet& set, float from, float to) {
    std::vector<float> values;
    for (std::size_t i = 0; i < plane.size(); ++i) {
        if (set.in[i] != 0 && plane[i] >= from && plane[i] < to) {
            values.push_back(plane[i]);
        }
    }
    return values;
}

struct Spread {
    float median = 0;
    float deviation = 0;  ///< Median of the distances from the median.
};

std::optional<Spread> spread_of(std::vector<float> values) {
    if (values.size() < kClassPixelsMin) {
        return std::nullopt;
    }
    const float median = quantile(values, 0.5);
    for (float& value : values) {
        value = std::abs(value - median);
    }
    return Spread{median, quantile(values, 0.5)};
}

/// Of one class: values about `from` go to about `to`.
struct Knot {
    float from;
    float to;
    float gain;

    float moved(float value) const { return to + gain * (value - from); }
};

std::vector<Knot> knots_of(std::span<const float> plane, const PixelSet& inner, const PixelSet& outer) {
    constexpr std::array<float, 4> kEdges{kLeast, kAirBelow, kBoneAbove, kMost};
    std::vector<Knot> knots;
    for (std::size_t k = 0; k + 1 < kEdges.size(); ++k) {
        const auto given = spread_of(values_of(plane, inner, kEdges[k], kEdges[k + 1]));
        const auto wanted = spread_of(values_of(plane, outer, kEdges[k], kEdges[k + 1]));
        if (given && wanted) {
            const float gain = given->deviation > kFlat
                                   ? std::clamp(wanted->deviation / given->deviation, kGainMin, kGainMax)
                                   : 1.0F;
            const float shift = std::clamp(wanted->median - given->median, -kShiftMax, kShiftMax);
            knots.push_back({given->median, given->median + shift, gain});
        }
    }
    return knots;
}

float calibrated(float value, const std::vector<Knot>& knots) {
    const auto above = std::ranges::find_if(knots, [&](const Knot& knot) { return knot.from >= value; });
    if (above == knots.begin()) {
        return knots.front().moved(value);
    }
    const Knot& below = *(above - 1);
    if (above == knots.end()) {
        return below.moved(value);
    }
    const float share = (value - below.from) / (above->from - below.from);
    return (1 - share) * below.moved(value) + share * above->moved(value);
}

}  // namespace

float ToneRange::to_unit(float value) const {
    return std::clamp((value - low) / (high - low) * 2 - 1, -1.0F, 1.0F);
}

ToneRange visible_range(const Planes& planes, const PixelSet& hidden) {
    std::vector<float> seen;
    const std::vector<float> mean = mean_of_channels(planes);
    for (std::size_t i = 0; i < mean.size(); ++i) {
        if (hidden.in[i] == 0 && std::isfinite(mean[i])) {
            seen.push_back(mean[i]);
        }
    }
    if (seen.empty()) {
        return {};
    }
    const float low = quantile(seen, kLowShare);
    const float high = quantile(seen, kHighShare);
    return {low, high > low ? high : low + 1};
}

void calibrate(Planes& filled, const PixelSet& hole, const PixelSet& hidden) {
    const PixelSet visible = complement(hidden);
    const PixelSet inner = both(hole, grown(visible, kRim));
    const PixelSet outer = both(visible, grown(hole, kRim));
    for (std::size_t channel = 0; channel < filled.channels; ++channel) {
        const auto plane = filled.plane(channel);
        const std::vector<Knot> knots = knots_of(plane, inner, outer);
        if (knots.empty()) {
            continue;
        }
        for (std::size_t i = 0; i < plane.size(); ++i) {
            plane[i] = hole.in[i] != 0 ? calibrated(plane[i], knots) : plane[i];
        }
    }
}

double grey_difference(const Planes& filled, const PixelSet& hole, const PixelSet& hidden) {
    const PixelSet visible = complement(hidden);
    const PixelSet inner = both(hole, grown(visible, kRim));
    const PixelSet outer = both(visible, grown(hole, kRim));
    const std::vector<float> plane = mean_of_channels(filled);
    std::vector<float> seen = values_of(plane, visible, kLeast, kMost);
    const auto mean = [&](const PixelSet& set) {
        double sum = 0;
        for (std::size_t i = 0; i < plane.size(); ++i) {
            sum += set.in[i] != 0 ? static_cast<double>(plane[i]) : 0;
        }
        return sum / static_cast<double>(set.count());
    };
    if (seen.empty() || inner.count() == 0 || outer.count() == 0) {
        return 0;
    }
    const double range =
        static_cast<double>(quantile(seen, 0.98)) - static_cast<double>(quantile(seen, 0.02));
    return range > 0 ? std::abs(mean(inner) - mean(outer)) / range : 0;
}

}  // namespace efface::pipeline
