#include "pipeline/evaluate/texture.h"

#include "pipeline/evaluate/fourier.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace efface::pipeline {
namespace {

constexpr float kFine = 1.2F;
constexpr double kFineDeviationMin = 1e-4;
constexpr std::size_t kSquareMin = 16;
constexpr std::size_t kSquareMax = 64;
constexpr double kPowerFloor = 1e-9;

struct Bounds {
    std::size_t left = 0;
    std::size_t top = 0;
    std::size_t columns = 0;
    std::size_t rows = 0;
};

Bounds bounds_of(const PixelSet& set) {
    std::size_t left = set.columns;
    std::size_t right = 0;
    std::size_t top = set.rows;
    std::size_t bottom = 0;
    for (std::size_t y = 0; y < set.rows; ++y) {
        for (std::size_t x = 0; x < set.columns; ++x) {
            if (set.at(x, y)) {
                left = std::min(left, x);
                right = std::max(right, x + 1);
                top = std::min(top, y);
                bottom = std::max(bottom, y + 1);
            }
        }
    }
    return right > left ? Bounds{left, top, right - left, bottom - top} : Bounds{};
}

/// Where squares begin in one direction: half of one apart, the last at the end.
std::vector<std::size_t> starts(std::size_t from, std::size_t length, std::size_t side) {
    std::vector<std::size_t> out;
    for (std::size_t at = 0; at + side <= length; at += side / 2) {
        out.push_back(from + at);
    }
    if (!out.empty() && out.back() + side < from + length) {
        out.push_back(from + length - side);
    }
    return out;
}

bool is_half_masked(const PixelSet& mask, std::size_t left, std::size_t top, std::size_t side) {
    std::size_t count = 0;
    for (std::size_t y = top; y < top + side; ++y) {
        const auto row = mask.in.begin() + static_cast<std::ptrdiff_t>(y * mask.columns + left);
        count += static_cast<std::size_t>(
            std::count_if(row, row + static_cast<std::ptrdiff_t>(side), [](auto one) { return one != 0; })
        );
    }
    return 2 * count >= side * side;
}

/// The square without its mean, under Hann's window.
std::vector<std::complex<double>> square_of(
    std::span<const float> plane, std::size_t columns, std::size_t left, std::size_t top, std::size_t side
) {
    const auto window = [&](std::size_t i) {
        return 0.5 -
               0.5 * std::cos(
                         2 * std::numbers::pi * (static_cast<double>(i) + 0.5) / static_cast<double>(side)
                     );
    };
    double mean = 0;
    std::vector<std::complex<double>> out(side * side);
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = static_cast<double>(plane[(top + i / side) * columns + left + i % side]);
        mean += out[i].real() / static_cast<double>(out.size());
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = (out[i] - mean) * window(i / side) * window(i % side);
    }
    return out;
}

/// Adds the power of each ring of frequencies, 1 to side / 2, to `rings`.
void add_rings(
    std::vector<double>& rings, const std::vector<std::complex<double>>& spectrum, std::size_t side
) {
    std::vector<double> sums(rings.size(), 0.0);
    std::vector<double> counts(rings.size(), 0.0);
    const auto frequency = [&](std::size_t i) { return static_cast<double>(std::min(i, side - i)); };
    for (std::size_t i = 0; i < spectrum.size(); ++i) {
        const auto ring =
            static_cast<std::size_t>(std::lround(std::hypot(frequency(i / side), frequency(i % side))));
        if (ring >= 1 && ring <= rings.size()) {
            sums[ring - 1] += std::norm(spectrum[i]);
            counts[ring - 1] += 1;
        }
    }
    for (std::size_t i = 0; i < rings.size(); ++i) {
        rings[i] += sums[i] / counts[i];
    }
}

}  // namespace

double fine_deviation(std::span<const float> plane, const PixelSet& where) {
    const std::vector<float> smooth = blurred(plane, where, kFine);
    double sum = 0;
    double squares = 0;
    double count = 0;
    for (std::size_t i = 0; i < plane.size(); ++i) {
        if (where.in[i] != 0) {
            const double fine = static_cast<double>(plane[i]) - static_cast<double>(smooth[i]);
            sum += fine;
            squares += fine * fine;
            count += 1;
        }
    }
    return count == 0 ? 0 : std::sqrt(std::max(0.0, squares / count - sum / count * (sum / count)));
}

double high_frequency_ratio(
    std::span<const float> filled, std::span<const float> truth, const PixelSet& mask
) {
    return fine_deviation(filled, mask) / std::max(fine_deviation(truth, mask), kFineDeviationMin);
}

double spectrum_distance_db(
    std::span<const float> filled, std::span<const float> truth, const PixelSet& mask
) {
    const Bounds bounds = bounds_of(mask);
    std::size_t side = kSquareMax;
    while (side > kSquareMin && side > std::min(bounds.columns, bounds.rows)) {
        side /= 2;
    }
    std::vector<double> of_filled(side / 2, 0.0);
    std::vector<double> of_truth(side / 2, 0.0);
    double squares = 0;
    for (const std::size_t top : starts(bounds.top, bounds.rows, side)) {
        for (const std::size_t left : starts(bounds.left, bounds.columns, side)) {
            if (!is_half_masked(mask, left, top, side)) {
                continue;
            }
            squares += 1;
            for (const bool is_truth : {false, true}) {
                auto values = square_of(is_truth ? truth : filled, mask.columns, left, top, side);
                transform_square(values, side);
                add_rings(is_truth ? of_truth : of_filled, values, side);
            }
        }
    }
    if (squares == 0) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    const double floor = kPowerFloor * static_cast<double>(side * side);
    double sum = 0;
    for (std::size_t i = 0; i < of_truth.size(); ++i) {
        const double apart =
            10 * std::log10((of_filled[i] / squares + floor) / (of_truth[i] / squares + floor));
        sum += apart * apart;
    }
    return std::sqrt(sum / static_cast<double>(of_truth.size()));
}

}  // namespace efface::pipeline
