#include "pipeline/evaluate/rates.h"

#include "config/assert.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace efface::pipeline {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kNormal = 1.959963984540054;  // The 97.5th percentile of the normal distribution.
constexpr std::array kFirst{12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281};

bool is_worse(double a, double b, Worst worst) {
    switch (worst) {
        case Worst::kSmallest:
            return a < b;
        case Worst::kLargest:
            return a > b;
        case Worst::kFarthestFromOne:
            break;
    }
    constexpr double kLeast = 1e-9;  // Twice as much is as far as half.
    return std::abs(std::log(std::max(a, kLeast))) > std::abs(std::log(std::max(b, kLeast)));
}

}  // namespace

double student_t(std::size_t degrees) {
    EFFACE_ASSERT(degrees > 0);
    if (degrees <= kFirst.size()) {
        return kFirst[degrees - 1];
    }
    const double n = static_cast<double>(degrees);
    const double z = kNormal;
    const double z3 = z * z * z;
    const double z5 = z3 * z * z;
    const double z7 = z5 * z * z;
    return z + (z3 + z) / (4 * n) + (5 * z5 + 16 * z3 + 3 * z) / (96 * n * n) +
           (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * n * n * n);
}

Rate rate_of(std::span<const double> values, Worst worst) {
    std::vector<double> numbers;
    std::ranges::copy_if(values, std::back_inserter(numbers), [](double one) { return std::isfinite(one); });
    Rate rate{numbers.size(), kNone, kNone, kNone, kNone};
    if (numbers.empty()) {
        return rate;
    }
    const auto count = static_cast<double>(numbers.size());
    rate.mean = 0;
    rate.worst = numbers.front();
    for (const double one : numbers) {
        rate.mean += one;
        rate.worst = is_worse(one, rate.worst, worst) ? one : rate.worst;
    }
    rate.mean /= count;
    if (numbers.size() > 1) {
        double squares = 0;
        for (const double one : numbers) {
            squares += (one - rate.mean) * (one - rate.mean);
        }
        const double half = student_t(numbers.size() - 1) * std::sqrt(squares / (count - 1) / count);
        rate.low = rate.mean - half;
        rate.high = rate.mean + half;
    }
    return rate;
}

Interval wilson_interval(std::size_t hits, std::size_t count) {
    if (count == 0) {
        return {};
    }
    const double n = static_cast<double>(count);
    const double share = static_cast<double>(hits) / n;
    const double square = kNormal * kNormal;
    const double middle = (share + square / (2 * n)) / (1 + square / n);
    const double half =
        kNormal / (1 + square / n) * std::sqrt(share * (1 - share) / n + square / (4 * n * n));
    return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

}  // namespace efface::pipeline
