#include "pipeline/enhance/fill_hole.h"

#include "config/assert.h"
#include "pipeline/enhance/confidence.h"
#include "pipeline/enhance/counter_noise.h"
#include "pipeline/enhance/grain.h"
#include "pipeline/enhance/membrane.h"
#include "pipeline/enhance/resample.h"
#include "pipeline/enhance/tone.h"

#include <algorithm>
#include <cmath>

namespace efface::pipeline {
namespace {

constexpr float kStrongGain = 1.3F;
constexpr float kDetailBlur = 2.0F;      // Of the network's pixels; what is finer is "detail".
constexpr float kFullDenoise = 100;      // No grain is added.
constexpr float kMatchingDenoise = 40;   // As much as around the hole.
constexpr float kSharpenAmount = 0.8F;   // At 100.
constexpr float kProtectedGrain = 0.5F;  // Of the grain, on protected skin.
constexpr double kGreyApart = 0.02;      // On units, in the mean: channels so close show no colour.

/// What the network is shown of the frame.
struct Surround {
    Box box;  ///< Of the frame.
    Planes values;
    PixelSet hidden;
    PixelSet hole;
    ToneRange range;
};

Surround cut_out(const Planes& frame, const PixelSet& hidden, const Hole& hole) {
    const Box box = surround_of(hole.bounds()).clipped_to(frame.columns, frame.rows);
    Surround out{box, part_of(frame, box), part_of(hidden, box), {}, {}};
    put(out.values, out.hidden, 0.0F);
    out.hole = both(part_of(pixels_of(hole, frame.columns, frame.rows), box), out.hidden);
    out.range = visible_range(out.values, out.hidden);
    return out;
}

/// The longer side as one that the network knows, the other as close as its multiple lets it.
struct NetworkSize {
    std::size_t columns;
    std::size_t rows;
};

NetworkSize network_size(const Surround& surround, const Generator::Facts& facts) {
    const std::size_t longer = std::max(surround.values.columns, surround.values.rows);
    EFFACE_ASSERT(!facts.sides.empty());
    std::size_t side = facts.sides.back();
    for (const std::size_t size : facts.sides) {
        if (size >= longer) {
            side = size;
            break;
        }
    }
    const auto scaled = [&](std::size_t length) {
        const double wanted =
            static_cast<double>(length) * static_cast<double>(side) / static_cast<double>(longer);
        const auto multiple = static_cast<double>(facts.side_multiple);
        const auto steps = static_cast<std::size_t>(std::max(1L, std::lround(wanted / multiple)));
        return std::min(steps * facts.side_multiple, side);
    };
    return {scaled(surround.values.columns), scaled(surround.values.rows)};
}

void to_units(Resampled& shown, const ToneRange& range) {
    for (std::size_t channel = 0; channel < shown.planes.channels; ++channel) {
        const auto plane = shown.planes.plane(channel);
        for (std::size_t i = 0; i < plane.size(); ++i) {
            plane[i] = shown.hidden.in[i] != 0 ? 0.0F : range.to_unit(plane[i]);
        }
    }
}

/// No colour is seen: one channel, or what is visible of all is alike but for noise of compression.
bool is_grey(const Resampled& shown) {
    const Planes& planes = shown.planes;
    double apart = 0;
    for (std::size_t i = 0; i < planes.pixels(); ++i) {
        float least = planes.values[i];
        float most = least;
        for (std::size_t channel = 1; channel < planes.channels; ++channel) {
            least = std::min(least, planes.plane(channel)[i]);
            most = std::max(most, planes.plane(channel)[i]);
        }
        apart += shown.hidden.in[i] != 0 ? 0.0 : static_cast<double>(most - least);
    }
    return apart <= kGreyApart * static_cast<double>(planes.pixels() - shown.hidden.count());
}

Generator::Request request_of(
    const Resampled& shown, std::span<const float> planes, std::span<const float> noise
) {
    return {
        .planes = planes,
        .mask = shown.hidden.in,
        .noise = noise,
        .columns = shown.planes.columns,
        .rows = shown.planes.rows};
}

/// `plane` in each channel the network has, and the mean of its answer: what has no colour gets none.
Result<std::vector<float>> grey_answer(
    std::span<const float> plane, const Resampled& shown, std::span<const float> noise, const FillWork& work
) {
    std::vector<float> asked;
    for (std::size_t k = 0; k < work.generator.facts().channels; ++k) {
        asked.insert(asked.end(), plane.begin(), plane.end());
    }
    Planes got{shown.planes.columns, shown.planes.rows, work.generator.facts().channels};
    EFFACE_TRY(got.values, work.generator.fill(request_of(shown, asked, noise)));
    return mean_of_channels(got);
}

/// Colours together where the network knows colours, else one by one; grey once.
Result<Planes> answer_of(const Resampled& shown, const FillWork& work) {
    const std::vector<float> noise =
        CounterNoise{work.seed}.field(shown.planes.columns / 2, shown.planes.rows / 2, 0);
    Planes out = shown.planes;
    if (is_grey(shown)) {
        EFFACE_TRY(const std::vector<float> grey, grey_answer(mean_of_channels(out), shown, noise, work));
        for (std::size_t channel = 0; channel < out.channels; ++channel) {
            const auto plane = out.plane(channel);
            for (std::size_t i = 0; i < plane.size(); ++i) {
                plane[i] = shown.hidden.in[i] != 0 ? grey[i] : plane[i];
            }
        }
        return out;
    }
    if (work.generator.facts().channels == out.channels) {
        EFFACE_TRY(out.values, work.generator.fill(request_of(shown, out.values, noise)));
        return out;
    }
    for (std::size_t channel = 0; channel < out.channels; ++channel) {
        EFFACE_TRY(const std::vector<float> got, grey_answer(shown.planes.plane(channel), shown, noise, work));
        std::ranges::copy(got, out.plane(channel).begin());
    }
    return out;
}

/// A cubic: 65 is nearly all of it, so that what is usual is not half a blur.
float share_of_strength(int strength) {
    const float rest = 1 - static_cast<float>(std::clamp(strength, 0, 100)) / 100;
    return 1 - rest * rest * rest;
}

/// From a smooth surface towards the network's answer, as far as the settings say.
void depart_from_base(Planes& answer, const PixelSet& hidden, const rules::EnhanceSettings& settings) {
    const bool is_strong = settings.mode == rules::EnhanceMode::kStrong && !settings.skin_protection;
    const float share = share_of_strength(settings.strength) * (is_strong ? kStrongGain : 1.0F);
    for (std::size_t channel = 0; channel < answer.channels; ++channel) {
        const auto plane = answer.plane(channel);
        std::vector<float> base(plane.begin(), plane.end());
        stretch_membrane(base, hidden);
        std::vector<float> drawn(plane.begin(), plane.end());
        if (!settings.detail) {
            drawn = blurred(plane, hidden, kDetailBlur);
        }
        for (std::size_t i = 0; i < plane.size(); ++i) {
            if (hidden.in[i] != 0) {
                plane[i] = std::clamp(base[i] + share * (drawn[i] - base[i]), -1.0F, 1.0F);
            }
        }
    }
}

struct Limits {
    float least;
    float most;
};

Limits visible_limits(std::span<const float> plane, const PixelSet& hidden) {
    Limits limits{0, 0};
    bool any = false;
    for (std::size_t i = 0; i < plane.size(); ++i) {
        if (hidden.in[i] == 0) {
            limits.least = any ? std::min(limits.least, plane[i]) : plane[i];
            limits.most = any ? std::max(limits.most, plane[i]) : plane[i];
            any = true;
        }
    }
    return limits;
}

void finish(Planes& filled, const Surround& surround, const FillWork& work) {
    const rules::EnhanceSettings& settings = work.settings;
    if (!settings.skin_protection) {
        sharpen(
            filled, surround.hole, surround.hidden,
            kSharpenAmount * static_cast<float>(settings.sharpen) / 100
        );
    }
    const float grain = (kFullDenoise - static_cast<float>(settings.denoise)) /
                        (kFullDenoise - kMatchingDenoise) *
                        (settings.skin_protection ? kProtectedGrain : 1.0F);
    match_grain(filled, surround.hole, surround.hidden, surround.range, CounterNoise{work.seed}, grain);
    feather(filled, surround.hole, surround.hidden);
    for (std::size_t channel = 0; channel < filled.channels; ++channel) {
        const auto plane = filled.plane(channel);
        const Limits limits = visible_limits(surround.values.plane(channel), surround.hidden);
        for (std::size_t i = 0; i < plane.size(); ++i) {
            plane[i] = surround.hole.in[i] != 0 ? std::clamp(plane[i], limits.least, limits.most) : plane[i];
        }
    }
}

/// As the network is shown it.
Resampled shown_to_network(const Surround& surround, const Generator::Facts& facts) {
    const auto [columns, rows] = network_size(surround, facts);
    Resampled shown = by_area(surround.values, surround.hidden, columns, rows);
    to_units(shown, surround.range);
    return shown;
}

/// A pixel of the network counts as hidden where any of those it covers is, so this is more than the hole's
/// own share.
bool hides_too_much(const Resampled& shown, const Generator::Facts& facts) {
    const auto pixels = static_cast<double>(shown.planes.pixels());
    return static_cast<double>(shown.hidden.count()) > facts.max_mask_fraction * pixels;
}

/// The surround with its hole filled; elsewhere as it was.
Result<Planes> filled_surround(const Surround& surround, const Resampled& shown, const FillWork& work) {
    EFFACE_TRY(Planes answer, answer_of(shown, work));
    depart_from_base(answer, shown.hidden, work.settings);
    calibrate(answer, shown.hidden, shown.hidden);
    const Planes enlarged = by_cubic(answer, surround.values.columns, surround.values.rows);
    Planes filled = surround.values;
    for (std::size_t channel = 0; channel < filled.channels; ++channel) {
        const auto plane = filled.plane(channel);
        const auto made = enlarged.plane(channel);
        for (std::size_t i = 0; i < plane.size(); ++i) {
            plane[i] = surround.hole.in[i] != 0 ? surround.range.from_unit(made[i]) : plane[i];
        }
    }
    finish(filled, surround, work);
    return filled;
}

/// Nothing: the model says none. Before the fill: a hole that is refused for it costs one answer, not two.
Result<std::optional<double>> confidence_in(
    const Surround& surround, const Resampled& shown, const FillMeasures& measures, const FillWork& work
) {
    const Generator::Facts& facts = work.generator.facts();
    if (!facts.confidence) {
        return std::optional<double>{};
    }
    // What is hidden besides the hole has no ring.
    const PixelSet hole =
        by_area(surround.values, surround.hole, shown.planes.columns, shown.planes.rows).hidden;
    EFFACE_TRY(
        const double confidence, measure_confidence(
                                     *facts.confidence, {shown, hole, measures, facts.max_mask_fraction},
                                     [&](const Resampled& less) { return answer_of(less, work); }
                                 )
    );
    return std::optional{confidence};
}

/// As the rule's threshold has it; written so that what is no number is refused.
bool is_sure(const std::optional<double>& confidence, const rules::EnhanceSettings& settings) {
    return settings.confidence_min == 0 || (confidence && *confidence * 100 >= settings.confidence_min);
}

}  // namespace

Result<FilledHole> fill_hole(
    Planes& frame, const PixelSet& hidden, const Hole& hole, std::span<const Hole> others,
    const FillWork& work
) {
    EFFACE_ASSERT(frame.columns == hidden.columns && frame.rows == hidden.rows);
    FilledHole result{.hole = hole, .measures = measure_surround(frame, hidden, hole)};
    result.refusal = judge_hole(result.measures, hole, others);
    if (!result.is_filled()) {
        return result;
    }
    const Surround surround = cut_out(frame, hidden, hole);
    const Resampled shown = shown_to_network(surround, work.generator.facts());
    if (hides_too_much(shown, work.generator.facts())) {
        result.refusal = FillRefusal::kLarge;
        return result;
    }
    EFFACE_TRY(result.confidence, confidence_in(surround, shown, result.measures, work));
    if (!is_sure(result.confidence, work.settings)) {
        result.refusal = result.confidence ? FillRefusal::kUnsure : FillRefusal::kNoConfidence;
        return result;
    }
    EFFACE_TRY(const Planes filled, filled_surround(surround, shown, work));
    result.grey_difference = grey_difference(filled, surround.hole, surround.hidden);
    for (std::size_t channel = 0; channel < frame.channels; ++channel) {
        const auto from = filled.plane(channel);
        const auto into = frame.plane(channel);
        for (std::size_t i = 0; i < from.size(); ++i) {
            const std::size_t x = static_cast<std::size_t>(surround.box.left) + i % filled.columns;
            const std::size_t y = static_cast<std::size_t>(surround.box.top) + i / filled.columns;
            float& value = into[y * frame.columns + x];
            value = surround.hole.in[i] != 0 ? from[i] : value;
        }
    }
    return result;
}

}  // namespace efface::pipeline
