#include "pipeline/enhance/region.h"

#include "config/assert.h"
#include "pipeline/picture/boxes.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace efface::pipeline {
namespace {

constexpr double kSurround = 1.6;
constexpr std::int64_t kContextMin = 32;
constexpr double kMedianToDeviation = 0.6745;
constexpr double kSnrMax = 1e6;  // Of what has no noise.
/// On units: darker is air, or nothing at all.
constexpr float kAirBelow = -0.85F;

constexpr std::array<std::string_view, kFillRefusals> kNames{
    "none",
    "too noisy (SNR below 5)",
    "too little of the head is visible around it (below 35 %)",
    "it meets another occlusion",
    "too large for what is visible around it (above 45 %)",
    "it touches more than two borders of the picture",
    "the model says no confidence, and the rule asks for one",
    "confidence below the rule's"};

double snr_of(const Planes& part, const PixelSet& visible) {
    const std::vector<float> mean = mean_of_channels(part);
    std::vector<float> seen;
    for (std::size_t i = 0; i < mean.size(); ++i) {
        if (visible.in[i] != 0) {
            seen.push_back(mean[i]);
        }
    }
    if (seen.empty()) {
        return 0;
    }
    const double spread = static_cast<double>(quantile(seen, 0.9)) - static_cast<double>(quantile(seen, 0.1));
    const double noise = noise_of(mean, visible);
    return noise > spread / kSnrMax ? spread / noise : (spread > 0 ? kSnrMax : 0);
}

/// `hole`: how many pixels it has.
double visible_head(const Planes& part, const PixelSet& visible, std::size_t hole) {
    const ToneRange range = visible_range(part, complement(visible));
    const std::vector<float> mean = mean_of_channels(part);
    std::size_t head = 0;
    for (std::size_t i = 0; i < mean.size(); ++i) {
        head += visible.in[i] != 0 && range.to_unit(mean[i]) > kAirBelow ? 1 : 0;
    }
    return head + hole > 0 ? static_cast<double>(head) / static_cast<double>(head + hole) : 0;
}

}  // namespace

Box surround_of(const Box& bounds) {
    const std::int64_t longer = std::max(bounds.width(), bounds.height());
    const auto side = std::max(
        static_cast<std::int64_t>(std::lround(kSurround * static_cast<double>(longer))),
        longer + 2 * kContextMin
    );
    const std::int64_t left = bounds.left + bounds.width() / 2 - side / 2;
    const std::int64_t top = bounds.top + bounds.height() / 2 - side / 2;
    return {left, top, left + side, top + side};
}

std::string_view refusal_name(FillRefusal refusal) {
    return kNames.at(static_cast<std::size_t>(refusal));
}

double noise_of(std::span<const float> plane, const PixelSet& visible) {
    std::vector<float> details;
    for (std::size_t y = 0; y + 1 < visible.rows; y += 2) {
        for (std::size_t x = 0; x + 1 < visible.columns; x += 2) {
            const std::size_t i = y * visible.columns + x;
            const std::size_t below = i + visible.columns;
            if (visible.in[i] != 0 && visible.in[i + 1] != 0 && visible.in[below] != 0 &&
                visible.in[below + 1] != 0) {
                details.push_back(std::abs(plane[i] - plane[i + 1] - plane[below] + plane[below + 1]) / 2);
            }
        }
    }
    return details.empty() ? 0 : static_cast<double>(quantile(details, 0.5)) / kMedianToDeviation;
}

FillMeasures measure_surround(const Planes& frame, const PixelSet& hidden, const Hole& hole) {
    const Box bounds = hole.bounds();
    const Box surround = surround_of(bounds);
    const std::size_t pixels = pixels_of(hole, frame.columns, frame.rows).count();
    const Box shown = surround.clipped_to(frame.columns, frame.rows);
    EFFACE_ASSERT(!shown.empty());
    const Planes part = part_of(frame, shown);
    const PixelSet visible = complement(part_of(hidden, shown));
    const auto columns = static_cast<std::int64_t>(frame.columns);
    const auto rows = static_cast<std::int64_t>(frame.rows);
    return {
        .snr = snr_of(part, visible),
        .visible_share = visible_head(part, visible, pixels),
        .hidden_share = 1 - static_cast<double>(visible.count()) / static_cast<double>(shown.area()),
        .borders = (bounds.left <= 0 ? 1 : 0) + (bounds.top <= 0 ? 1 : 0) +
                   (bounds.right >= columns ? 1 : 0) + (bounds.bottom >= rows ? 1 : 0)};
}

PixelSet pixels_of(const Hole& hole, std::size_t columns, std::size_t rows) {
    PixelSet set{columns, rows};
    for (const Box& part : hole.parts) {
        set.add(part);
    }
    return set;
}

FillRefusal judge_hole(const FillMeasures& measures, const Hole& hole, std::span<const Hole> others) {
    const bool meets_other = std::ranges::any_of(others, [&](const Hole& other) {
        return std::ranges::any_of(other.parts, [&](const Box& there) {
            return std::ranges::any_of(hole.parts, [&](const Box& here) { return meet(here, there); });
        });
    });
    if (meets_other) {
        return FillRefusal::kOverlap;
    }
    if (measures.borders > kBordersMax) {
        return FillRefusal::kBorders;
    }
    if (measures.hidden_share > kHiddenShareMax) {
        return FillRefusal::kLarge;
    }
    if (measures.visible_share < kVisibleShareMin) {
        return FillRefusal::kLittleVisible;
    }
    return measures.snr < kSnrMin ? FillRefusal::kNoisy : FillRefusal::kNone;
}

}  // namespace efface::pipeline
