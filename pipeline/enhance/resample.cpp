#include "pipeline/enhance/resample.h"

#include "config/assert.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace efface::pipeline {
namespace {

/// Which pixels a larger or smaller one covers, and how much of each.
struct Cover {
    std::size_t first = 0;
    std::vector<double> shares;
};

std::vector<Cover> covers(std::size_t from, std::size_t to) {
    constexpr double kNothing = 1e-9;
    const double ratio = static_cast<double>(from) / static_cast<double>(to);
    std::vector<Cover> out(to);
    for (std::size_t i = 0; i < to; ++i) {
        const double begin = static_cast<double>(i) * ratio;
        const double end = std::min(static_cast<double>(i + 1) * ratio, static_cast<double>(from));
        out[i].first = std::min(static_cast<std::size_t>(begin + kNothing), from - 1);
        for (std::size_t k = out[i].first; k < from && static_cast<double>(k) < end - kNothing; ++k) {
            out[i].shares.push_back(
                std::min(end, static_cast<double>(k + 1)) - std::max(begin, static_cast<double>(k))
            );
        }
    }
    return out;
}

/// Weights of the four pixels about a place `t` (0 to 1) behind the second.
std::array<float, 4> keys_weights(float t) {
    const float t2 = t * t;
    const float t3 = t2 * t;
    return {
        0.5F * (-t3 + 2 * t2 - t), 0.5F * (3 * t3 - 5 * t2 + 2), 0.5F * (-3 * t3 + 4 * t2 + t),
        0.5F * (t3 - t2)};
}

struct Taps {
    std::array<std::size_t, 4> at{};
    std::array<float, 4> weights{};
};

std::vector<Taps> taps(std::size_t from, std::size_t to) {
    std::vector<Taps> out(to);
    const double ratio = static_cast<double>(from) / static_cast<double>(to);
    for (std::size_t i = 0; i < to; ++i) {
        const double place = (static_cast<double>(i) + 0.5) * ratio - 0.5;
        const double below = std::floor(place);
        out[i].weights = keys_weights(static_cast<float>(place - below));
        for (std::size_t k = 0; k < 4; ++k) {
            const auto at = static_cast<std::int64_t>(below) + static_cast<std::int64_t>(k) - 1;
            out[i].at[k] =
                static_cast<std::size_t>(std::clamp<std::int64_t>(at, 0, static_cast<std::int64_t>(from) - 1)
                );
        }
    }
    return out;
}

}  // namespace

Resampled by_area(const Planes& planes, const PixelSet& hidden, std::size_t columns, std::size_t rows) {
    EFFACE_ASSERT(columns > 0 && rows > 0 && planes.columns > 0 && planes.rows > 0);
    const std::vector<Cover> across = covers(planes.columns, columns);
    const std::vector<Cover> down = covers(planes.rows, rows);
    Resampled out{Planes{columns, rows, planes.channels}, PixelSet{columns, rows}};
    for (std::size_t y = 0; y < rows; ++y) {
        for (std::size_t x = 0; x < columns; ++x) {
            std::array<double, 3> sums{};
            double weight = 0;
            for (std::size_t j = 0; j < down[y].shares.size(); ++j) {
                for (std::size_t i = 0; i < across[x].shares.size(); ++i) {
                    const std::size_t from = (down[y].first + j) * planes.columns + across[x].first + i;
                    if (hidden.in[from] != 0) {
                        out.hidden.in[y * columns + x] = 1;
                        continue;
                    }
                    const double share = down[y].shares[j] * across[x].shares[i];
                    weight += share;
                    for (std::size_t channel = 0; channel < planes.channels; ++channel) {
                        sums[channel] += share * planes.values[channel * planes.pixels() + from];
                    }
                }
            }
            for (std::size_t channel = 0; channel < planes.channels; ++channel) {
                out.planes.plane(channel)[y * columns + x] =
                    weight > 0 ? static_cast<float>(sums[channel] / weight) : 0.0F;
            }
        }
    }
    return out;
}

Planes by_cubic(const Planes& planes, std::size_t columns, std::size_t rows) {
    const std::vector<Taps> across = taps(planes.columns, columns);
    const std::vector<Taps> down = taps(planes.rows, rows);
    Planes out{columns, rows, planes.channels};
    std::vector<float> wide(columns * planes.rows);
    for (std::size_t channel = 0; channel < planes.channels; ++channel) {
        const auto from = planes.plane(channel);
        const auto into = out.plane(channel);
        for (std::size_t y = 0; y < planes.rows; ++y) {
            for (std::size_t x = 0; x < columns; ++x) {
                float sum = 0;
                for (std::size_t k = 0; k < 4; ++k) {
                    sum += across[x].weights[k] * from[y * planes.columns + across[x].at[k]];
                }
                wide[y * columns + x] = sum;
            }
        }
        for (std::size_t y = 0; y < rows; ++y) {
            for (std::size_t x = 0; x < columns; ++x) {
                float sum = 0;
                for (std::size_t k = 0; k < 4; ++k) {
                    sum += down[y].weights[k] * wide[down[y].at[k] * columns + x];
                }
                into[y * columns + x] = sum;
            }
        }
    }
    return out;
}

}  // namespace efface::pipeline
