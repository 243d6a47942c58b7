#include "pipeline/enhance/planes.h"

#include "config/assert.h"

#include <algorithm>
#include <cmath>

namespace efface::pipeline {
namespace {

/// Weights of a Gaussian from the middle outward, to three deviations.
std::vector<float> gaussian(float deviation) {
    const auto reach = static_cast<std::size_t>(std::ceil(3 * deviation));
    std::vector<float> weights(reach + 1);
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const float x = static_cast<float>(i) / deviation;
        weights[i] = std::exp(-0.5F * x * x);
    }
    return weights;
}

/// One line of `count` values that lie `step` apart, into `out` of the same layout.
void convolve_line(
    const float* in, float* out, std::size_t count, std::size_t step, const std::vector<float>& weights
) {
    for (std::size_t i = 0; i < count; ++i) {
        float sum = weights[0] * in[i * step];
        for (std::size_t k = 1; k < weights.size(); ++k) {
            sum += i >= k ? weights[k] * in[(i - k) * step] : 0.0F;
            sum += i + k < count ? weights[k] * in[(i + k) * step] : 0.0F;
        }
        out[i * step] = sum;
    }
}

std::vector<float> convolved(
    const std::vector<float>& in, std::size_t columns, std::size_t rows, const std::vector<float>& weights
) {
    std::vector<float> across(in.size());
    std::vector<float> out(in.size());
    for (std::size_t y = 0; y < rows; ++y) {
        convolve_line(in.data() + y * columns, across.data() + y * columns, columns, 1, weights);
    }
    for (std::size_t x = 0; x < columns; ++x) {
        convolve_line(across.data() + x, out.data() + x, rows, columns, weights);
    }
    return out;
}

/// Along one direction: whether any of the `by` pixels before or behind is in the set.
void grow_line(
    const std::uint8_t* in, std::uint8_t* out, std::size_t count, std::size_t step, std::size_t by
) {
    std::size_t until = 0;  // The last one's reach.
    for (std::size_t i = 0; i < count; ++i) {
        until = in[i * step] != 0 ? i + by + 1 : until;
        out[i * step] = i < until ? 1 : 0;
    }
    until = 0;
    for (std::size_t back = 0; back < count; ++back) {
        const std::size_t i = count - 1 - back;
        until = in[i * step] != 0 ? back + by + 1 : until;
        out[i * step] |= back < until ? 1 : 0;
    }
}

Box whole(const PixelSet& set) {
    return {0, 0, static_cast<std::int64_t>(set.columns), static_cast<std::int64_t>(set.rows)};
}

}  // namespace

std::size_t PixelSet::count() const {
    return static_cast<std::size_t>(std::ranges::count_if(in, [](std::uint8_t one) { return one != 0; }));
}

void PixelSet::add(const Box& box) {
    const Box inside = box.clipped_to(columns, rows);
    for (std::int64_t y = inside.top; y < inside.bottom; ++y) {
        const auto row = in.begin() + y * static_cast<std::int64_t>(columns);
        std::fill(row + inside.left, row + std::max(inside.left, inside.right), std::uint8_t{1});
    }
}

PixelSet grown(const PixelSet& set, std::size_t by) {
    PixelSet across{set.columns, set.rows};
    PixelSet out{set.columns, set.rows};
    for (std::size_t y = 0; y < set.rows; ++y) {
        grow_line(set.in.data() + y * set.columns, across.in.data() + y * set.columns, set.columns, 1, by);
    }
    for (std::size_t x = 0; x < set.columns; ++x) {
        grow_line(across.in.data() + x, out.in.data() + x, set.rows, set.columns, by);
    }
    return out;
}

PixelSet complement(const PixelSet& set) {
    PixelSet out = set;
    for (std::uint8_t& one : out.in) {
        one = one != 0 ? 0 : 1;
    }
    return out;
}

PixelSet both(const PixelSet& a, const PixelSet& b) {
    EFFACE_ASSERT(a.columns == b.columns && a.rows == b.rows);
    PixelSet out = a;
    for (std::size_t i = 0; i < out.in.size(); ++i) {
        out.in[i] = out.in[i] != 0 && b.in[i] != 0 ? 1 : 0;
    }
    return out;
}

std::vector<float> mean_of_channels(const Planes& planes) {
    std::vector<float> mean(planes.pixels(), 0.0F);
    for (std::size_t channel = 0; channel < planes.channels; ++channel) {
        const auto plane = planes.plane(channel);
        for (std::size_t i = 0; i < mean.size(); ++i) {
            mean[i] += plane[i] / static_cast<float>(planes.channels);
        }
    }
    return mean;
}

void put(Planes& planes, const PixelSet& set, float value) {
    for (std::size_t channel = 0; channel < planes.channels; ++channel) {
        const auto plane = planes.plane(channel);
        for (std::size_t i = 0; i < plane.size(); ++i) {
            plane[i] = set.in[i] != 0 ? value : plane[i];
        }
    }
}

Planes part_of(const Planes& planes, const Box& box) {
    Planes out{
        static_cast<std::size_t>(box.width()), static_cast<std::size_t>(box.height()), planes.channels};
    for (std::size_t channel = 0; channel < planes.channels; ++channel) {
        const auto from = planes.plane(channel);
        const auto into = out.plane(channel);
        for (std::size_t y = 0; y < out.rows; ++y) {
            const std::size_t start =
                (static_cast<std::size_t>(box.top) + y) * planes.columns + static_cast<std::size_t>(box.left);
            std::ranges::copy(from.subspan(start, out.columns), into.subspan(y * out.columns).begin());
        }
    }
    return out;
}

PixelSet part_of(const PixelSet& set, const Box& box) {
    EFFACE_ASSERT(whole(set).holds(box));
    PixelSet out{static_cast<std::size_t>(box.width()), static_cast<std::size_t>(box.height())};
    for (std::size_t y = 0; y < out.rows; ++y) {
        for (std::size_t x = 0; x < out.columns; ++x) {
            const bool in =
                set.at(static_cast<std::size_t>(box.left) + x, static_cast<std::size_t>(box.top) + y);
            out.in[y * out.columns + x] = in ? 1 : 0;
        }
    }
    return out;
}

std::vector<float> blurred(std::span<const float> plane, const PixelSet& read, float deviation) {
    constexpr float kNothingNear = 1e-6F;
    std::vector<float> chosen(plane.size());
    std::vector<float> shares(plane.size());
    for (std::size_t i = 0; i < plane.size(); ++i) {
        chosen[i] = read.in[i] != 0 ? plane[i] : 0.0F;
        shares[i] = read.in[i] != 0 ? 1.0F : 0.0F;
    }
    const std::vector<float> weights = gaussian(deviation);
    std::vector<float> sums = convolved(chosen, read.columns, read.rows, weights);
    shares = convolved(shares, read.columns, read.rows, weights);
    for (std::size_t i = 0; i < sums.size(); ++i) {
        sums[i] = shares[i] > kNothingNear ? sums[i] / shares[i] : 0.0F;
    }
    return sums;
}

float quantile(std::span<float> values, double share) {
    EFFACE_ASSERT(!values.empty());
    const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + at, values.end());
    return values[static_cast<std::size_t>(at)];
}

}  // namespace efface::pipeline
