#include "pipeline/evaluate/similarity.h"

#include "config/assert.h"

#include <array>
#include <cmath>
#include <limits>

namespace efface::pipeline {
namespace {

constexpr std::size_t kHalf = 5;
constexpr double kSpread = 1.5;
constexpr float kC1 = 0.01F * 0.01F;  // Of the range 1.
constexpr float kC2 = 0.03F * 0.03F;

std::array<float, kHalf + 1> window_weights() {
    std::array<double, kHalf + 1> raw{};
    double sum = 0;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        const double x = static_cast<double>(i) / kSpread;
        raw[i] = std::exp(-0.5 * x * x);
        sum += (i == 0 ? 1 : 2) * raw[i];
    }
    std::array<float, kHalf + 1> weights{};
    for (std::size_t i = 0; i < raw.size(); ++i) {
        weights[i] = static_cast<float>(raw[i] / sum);
    }
    return weights;
}

/// Place `i` of a line of `count` that is mirrored about its first and its last pixel.
std::size_t mirrored(std::ptrdiff_t i, std::size_t count) {
    const auto last = static_cast<std::ptrdiff_t>(count) - 1;
    i = i < 0 ? -i : i;
    return static_cast<std::size_t>(i > last ? 2 * last - i : i);
}

/// The window's mean around each pixel.
std::vector<float> windowed(const std::vector<float>& in, std::size_t columns, std::size_t rows) {
    static const std::array<float, kHalf + 1> kWeights = window_weights();
    const auto at = [](std::size_t i, std::size_t k, bool behind) {
        return static_cast<std::ptrdiff_t>(i) +
               (behind ? -static_cast<std::ptrdiff_t>(k) : static_cast<std::ptrdiff_t>(k));
    };
    std::vector<float> across(in.size());
    std::vector<float> out(in.size());
    for (std::size_t y = 0; y < rows; ++y) {
        const float* row = in.data() + y * columns;
        for (std::size_t x = 0; x < columns; ++x) {
            float sum = kWeights[0] * row[x];
            for (std::size_t k = 1; k <= kHalf; ++k) {
                sum += kWeights[k] *
                       (row[mirrored(at(x, k, true), columns)] + row[mirrored(at(x, k, false), columns)]);
            }
            across[y * columns + x] = sum;
        }
    }
    for (std::size_t y = 0; y < rows; ++y) {
        float* into = out.data() + y * columns;
        for (std::size_t k = 0; k <= kHalf; ++k) {
            const float* above = across.data() + mirrored(at(y, k, true), rows) * columns;
            const float* below = across.data() + mirrored(at(y, k, false), rows) * columns;
            const float weight = k == 0 ? kWeights[0] / 2 : kWeights[k];
            for (std::size_t x = 0; x < columns; ++x) {
                into[x] += weight * (above[x] + below[x]);
            }
        }
    }
    return out;
}

std::vector<float> product(std::span<const float> a, std::span<const float> b) {
    std::vector<float> out(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        out[i] = a[i] * b[i];
    }
    return out;
}

}  // namespace

double mean_square_error(std::span<const float> a, std::span<const float> b, const PixelSet& where) {
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (where.in[i] != 0) {
            const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
            sum += difference * difference;
            ++count;
        }
    }
    return count == 0 ? 0 : sum / static_cast<double>(count);
}

double psnr_db(double mean_square) {
    return mean_square > 0 ? -10 * std::log10(mean_square) : std::numeric_limits<double>::quiet_NaN();
}

std::vector<float> ssim_map(
    std::span<const float> a, std::span<const float> b, std::size_t columns, std::size_t rows
) {
    EFFACE_ASSERT(columns > kHalf && rows > kHalf && a.size() == columns * rows && b.size() == a.size());
    const auto mean = [&](const std::vector<float>& values) { return windowed(values, columns, rows); };
    const std::vector<float> mean_a = mean({a.begin(), a.end()});
    const std::vector<float> mean_b = mean({b.begin(), b.end()});
    const std::vector<float> aa = mean(product(a, a));
    const std::vector<float> bb = mean(product(b, b));
    const std::vector<float> ab = mean(product(a, b));
    std::vector<float> out(a.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        const float means = mean_a[i] * mean_b[i];
        const float squares = mean_a[i] * mean_a[i] + mean_b[i] * mean_b[i];
        out[i] = ((2 * means + kC1) * (2 * (ab[i] - means) + kC2)) /
                 ((squares + kC1) * (aa[i] + bb[i] - squares + kC2));
    }
    return out;
}

double mean_within(std::span<const float> values, const PixelSet& where) {
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (where.in[i] != 0) {
            sum += static_cast<double>(values[i]);
            ++count;
        }
    }
    return count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(count);
}

}  // namespace efface::pipeline
