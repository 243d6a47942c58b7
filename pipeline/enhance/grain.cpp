#include "pipeline/enhance/grain.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace efface::pipeline {
namespace {

constexpr std::array<float, 3> kOctaves{0.7F, 1.4F, 2.8F};  // Pixels.
constexpr std::size_t kRim = 24;
constexpr std::size_t kRimPixelsMin = 64;
constexpr float kDark = -0.8F;     // On units: below, a pixel counts as dark.
constexpr float kNotDark = -0.6F;  // From there on it does not; in between, in part.
constexpr double kMedianToDeviation = 1.4826;
constexpr std::size_t kFeather = 3;
constexpr float kFeatherBlur = 1.5F;

using Octaves = std::array<std::vector<float>, kOctaves.size()>;

/// What of the plane lies in each octave, from the pixels of `read` alone.
Octaves octaves_of(std::span<const float> plane, const PixelSet& read) {
    Octaves out;
    std::vector<float> finer(plane.begin(), plane.end());
    for (std::size_t k = 0; k < kOctaves.size(); ++k) {
        const std::vector<float> coarser = blurred(plane, read, kOctaves[k]);
        out[k].resize(plane.size());
        for (std::size_t i = 0; i < plane.size(); ++i) {
            out[k][i] = read.in[i] != 0 ? finer[i] - coarser[i] : 0.0F;
        }
        finer = coarser;
    }
    return out;
}

/// Nothing where the set is too small to say.
float strength(const std::vector<float>& octave, const PixelSet& where) {
    std::vector<float> values;
    for (std::size_t i = 0; i < octave.size(); ++i) {
        if (where.in[i] != 0) {
            values.push_back(octave[i]);
        }
    }
    if (values.size() < kRimPixelsMin) {
        return 0;
    }
    const float median = quantile(values, 0.5);
    for (float& value : values) {
        value = std::abs(value - median);
    }
    return static_cast<float>(kMedianToDeviation * static_cast<double>(quantile(values, 0.5)));
}

/// 1 where dark, 0 where not.
float darkness(float value, const ToneRange& range) {
    return std::clamp((kNotDark - range.to_unit(value)) / (kNotDark - kDark), 0.0F, 1.0F);
}

struct Parts {
    PixelSet dark;
    PixelSet other;
};

Parts parted(const std::vector<float>& coarse, const PixelSet& set, const ToneRange& range) {
    Parts parts{set, set};
    for (std::size_t i = 0; i < coarse.size(); ++i) {
        const bool is_dark = set.in[i] != 0 && darkness(coarse[i], range) > 0.5F;
        parts.dark.in[i] = is_dark ? 1 : 0;
        parts.other.in[i] = set.in[i] != 0 && !is_dark ? 1 : 0;
    }
    return parts;
}

float missing(
    const std::vector<float>& wanted, const PixelSet& around, const std::vector<float>& given,
    const PixelSet& within
) {
    const float lacks = strength(wanted, around);
    const float has = strength(given, within);
    return std::sqrt(std::max(0.0F, lacks * lacks - has * has));
}

void add_grain(
    std::span<float> plane, const PixelSet& hole, const PixelSet& hidden, const ToneRange& range,
    const std::vector<float>& white, float share
) {
    const PixelSet visible = complement(hidden);
    const std::vector<float> coarse_seen = blurred(plane, visible, kOctaves.back());
    const std::vector<float> coarse_hole = blurred(plane, hole, kOctaves.back());
    const Octaves seen = octaves_of(plane, visible);
    const Octaves made = octaves_of(plane, hole);
    const PixelSet everywhere = complement(PixelSet{hole.columns, hole.rows});
    const Octaves noise = octaves_of(white, everywhere);
    const Parts around = parted(coarse_seen, both(visible, grown(hole, kRim)), range);
    const Parts within = parted(coarse_hole, hole, range);
    for (std::size_t k = 0; k < kOctaves.size(); ++k) {
        const float unit = strength(noise[k], everywhere);
        const float dark = missing(seen[k], around.dark, made[k], within.dark);
        const float other = missing(seen[k], around.other, made[k], within.other);
        for (std::size_t i = 0; i < plane.size(); ++i) {
            if (hole.in[i] != 0 && unit > 0) {
                const float is_dark = darkness(coarse_hole[i], range);
                plane[i] += share * (is_dark * dark + (1 - is_dark) * other) * noise[k][i] / unit;
            }
        }
    }
}

}  // namespace

void match_grain(
    Planes& filled, const PixelSet& hole, const PixelSet& hidden, const ToneRange& range,
    const CounterNoise& noise, float share
) {
    constexpr std::uint32_t kStream = 1;  // Stream 0 is the network's.
    const std::vector<float> field = noise.field(filled.columns, filled.rows, kStream);
    for (std::size_t channel = 0; channel < filled.channels; ++channel) {
        add_grain(filled.plane(channel), hole, hidden, range, field, share);
    }
}

void sharpen(Planes& filled, const PixelSet& hole, const PixelSet& hidden, float amount) {
    PixelSet read = complement(hidden);
    for (std::size_t i = 0; i < read.in.size(); ++i) {
        read.in[i] |= hole.in[i];
    }
    for (std::size_t channel = 0; channel < filled.channels; ++channel) {
        const auto plane = filled.plane(channel);
        const std::vector<float> coarse = blurred(plane, read, 1.0F);
        for (std::size_t i = 0; i < plane.size(); ++i) {
            plane[i] += hole.in[i] != 0 ? amount * (plane[i] - coarse[i]) : 0.0F;
        }
    }
}

void feather(Planes& filled, const PixelSet& hole, const PixelSet& hidden) {
    const PixelSet visible = complement(hidden);
    std::array<PixelSet, kFeather> near;
    for (std::size_t k = 0; k < kFeather; ++k) {
        near[k] = grown(visible, k + 1);
    }
    for (std::size_t channel = 0; channel < filled.channels; ++channel) {
        const auto plane = filled.plane(channel);
        const std::vector<float> inward = blurred(plane, visible, kFeatherBlur);
        for (std::size_t i = 0; i < plane.size(); ++i) {
            if (hole.in[i] == 0) {
                continue;
            }
            for (std::size_t k = 0; k < kFeather; ++k) {
                if (near[k].in[i] != 0) {
                    const float share = static_cast<float>(k + 1) / static_cast<float>(kFeather + 1);
                    plane[i] = share * plane[i] + (1 - share) * inward[i];
                    break;
                }
            }
        }
    }
}

}  // namespace efface::pipeline
