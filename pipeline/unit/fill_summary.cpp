#include "pipeline/unit/fill_summary.h"

#include <algorithm>
#include <cmath>

namespace efface::pipeline {
namespace {

constexpr double kSnrShown = 1e5;

std::string outcome_of(const FrameFill& fill, const rules::EnhanceSettings& settings) {
    if (fill.hole.refusal == FillRefusal::kUnsure) {
        return std::string{refusal_name(FillRefusal::kUnsure)} + " " +
               std::to_string(settings.confidence_min) + " %";
    }
    if (!fill.hole.is_filled()) {
        return std::string{refusal_name(fill.hole.refusal)};
    }
    switch (fill.mark) {
        case EmbedResult::kEmbedded:
            return "filled and marked";
        case EmbedResult::kTooSmall:
            return "filled, too small for a mark";
        case EmbedResult::kNotReadable:
            return "filled, a mark could not be read back";
    }
    return "filled";
}

std::uint64_t permille(double share) {
    return static_cast<std::uint64_t>(std::llround(std::clamp(share, 0.0, 1.0) * 1000));
}

/// Never more than it is: what a rule asks for at least is not shown as reached where it was not.
std::uint64_t whole_permille(double share) {
    return static_cast<std::uint64_t>(std::clamp(share, 0.0, 1.0) * 1000);
}

FilledArea area_of(const FrameFill& fill, const rules::EnhanceSettings& settings) {
    const FillMeasures& measures = fill.hole.measures;
    const std::optional<double>& confidence = fill.hole.confidence;
    return {
        .frame = fill.frame,
        .box = fill.hole.hole.bounds(),
        .filled = fill.hole.is_filled(),
        .outcome = outcome_of(fill, settings),
        .snr_tenths = static_cast<std::uint64_t>(std::llround(std::min(measures.snr, kSnrShown) * 10)),
        .visible_permille = permille(measures.visible_share),
        .hidden_permille = permille(measures.hidden_share),
        .grey_difference_permille = permille(fill.hole.grey_difference),
        .confidence_permille = confidence ? std::optional{whole_permille(*confidence)} : std::nullopt};
}

}  // namespace

FillReport summary_of(
    std::span<const FrameFill> fills, const Generator::Facts& model, const rules::EnhanceSettings& settings
) {
    FillReport report;
    report.model_name = model.name;
    report.model_version = model.version;
    report.model_digest = to_hex(model.digest);
    report.settings = settings;
    for (const FrameFill& fill : fills) {
        ++(fill.hole.is_filled() ? report.filled : report.refused);
        if (report.areas.size() < kFilledAreasMax) {
            report.areas.push_back(area_of(fill, settings));
        }
    }
    return report;
}

}  // namespace efface::pipeline
