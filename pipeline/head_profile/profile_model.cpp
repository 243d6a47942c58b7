#include "pipeline/head_profile/profile_model.h"

#include <algorithm>
#include <cmath>

namespace efface::pipeline {

namespace {

using Point = std::complex<double>;

/// How one head differs from the middle one.
struct Traits {
    double nose = 1;   ///< How far it stands out.
    double chin = 0;   ///< Millimetres forward.
    double lips = 0;   ///< Millimetres forward.
    double lower = 1;  ///< Height from nose to chin.
    double mouth = 0;  ///< Millimetres that it is open.
};

enum Landmark : std::size_t { kForehead = 1, kBridge = 5, kUpperLip = 11, kBelowChin = 18, kThroat = 21 };

/// From forehead to neck; the origin is where nose and lip meet.
std::vector<Point> landmarks(const Traits& t) {
    const double open = t.mouth;
    const auto low = [&](double x, double y) { return Point{x, y * t.lower + open}; };
    return {
        {-16, -112},
        {-10, -92},  // kForehead
        {-7.5, -78},
        {-7, -66},  // Between the brows.
        {-12, -50},
        {-4 + 6 * (t.nose - 1), -36},  // kBridge
        {4 * t.nose, -24},
        {14.5 * t.nose, -11},
        {16.5 * t.nose, -7},  // Tip.
        {13 * t.nose, -1.5},
        {0.5, 0},
        {1 + t.lips * 0.4, 7 * t.lower},  // kUpperLip
        {4 + t.lips, 15 * t.lower},
        {-2 + t.lips - open * 0.3, 22 * t.lower + open * 0.3},
        {2.5 + t.lips + t.chin * 0.3, 29 * t.lower + open},
        low(-5.5 + t.chin * 0.6 + t.lips * 0.3, 39),
        low(-3 + t.chin, 51),
        low(-6 + t.chin, 63),
        low(-18 + t.chin, 71),  // kBelowChin
        low(-36 + t.chin * 0.5, 73),
        low(-54, 78),
        low(-62, 94),  // kThroat
        low(-64, 120),
        low(-64, 150),
    };
}

/// Catmull-Rom through the points from `first` to `last`.
std::vector<Point> smoothed(const std::vector<Point>& points, std::size_t first, std::size_t last) {
    constexpr int kFine = 24;
    std::vector<Point> fine;
    for (std::size_t i = first; i < last; ++i) {
        const Point& a = points[i - 1];
        const Point& b = points[i];
        const Point& c = points[i + 1];
        const Point& d = points[i + 2];
        for (int k = 0; k < kFine; ++k) {
            const double t = static_cast<double>(k) / kFine;
            fine.push_back(
                0.5 * (2.0 * b + (c - a) * t + (2.0 * a - 5.0 * b + 4.0 * c - d) * (t * t) +
                       (3.0 * b - a - 3.0 * c + d) * (t * t * t))
            );
        }
    }
    fine.push_back(points[last]);
    return fine;
}

std::vector<Point> evenly(const std::vector<Point>& curve, std::size_t count, double& length) {
    std::vector<double> along{0};
    for (std::size_t i = 1; i < curve.size(); ++i) {
        along.push_back(along.back() + std::abs(curve[i] - curve[i - 1]));
    }
    length = along.back();
    std::vector<Point> even;
    std::size_t at = 1;
    for (std::size_t k = 0; k < count; ++k) {
        const double wanted = length * static_cast<double>(k) / static_cast<double>(count - 1);
        while (at + 1 < curve.size() && along[at] < wanted) {
            ++at;
        }
        const double part = (wanted - along[at - 1]) / std::max(1e-9, along[at] - along[at - 1]);
        even.push_back(curve[at - 1] + part * (curve[at] - curve[at - 1]));
    }
    return even;
}

struct Reach {
    std::size_t first;
    std::size_t last;
};

constexpr std::array<Reach, kProfileParts> kReaches{
    Reach{kForehead + 1, kBelowChin}, Reach{kForehead, kUpperLip + 2}, Reach{kBridge, kThroat}};

ProfileShape shape_of(const Traits& traits, ProfilePart part) {
    const Reach reach = kReaches[static_cast<std::size_t>(part)];
    ProfileShape shape;
    shape.part = part;
    shape.places =
        evenly(smoothed(landmarks(traits), reach.first, reach.last), kProfileSteps + 1, shape.length);
    double norm = 0;
    shape.steps = detrended_steps(shape.places.data(), norm);
    return shape;
}

std::vector<Traits> people() {
    std::vector<Traits> all{
        Traits{}, {.nose = 0.75, .chin = 3, .lips = 3, .lower = 0.9}, {.nose = 1.3, .chin = -5}};
    for (const double nose : {0.7, 1.05, 1.35}) {
        for (const double chin : {-8.0, 0.0, 5.0}) {
            for (const double lips : {-1.0, 3.0}) {
                all.push_back({.nose = nose, .chin = chin, .lips = lips});
                all.push_back({.nose = nose, .chin = chin, .lips = lips, .lower = 0.85});
            }
            all.push_back({.nose = nose, .chin = chin, .mouth = 12});
        }
    }
    return all;
}

}  // namespace

Directions detrended_steps(const std::complex<double>* places, double& norm) {
    std::array<Point, kProfileSteps> steps{};
    Point mean = 0;
    Point slope = 0;
    double spread = 0;
    for (std::size_t i = 0; i < kProfileSteps; ++i) {
        const Point step = places[i + 1] - places[i];
        steps[i] = step / std::max(1e-9, std::abs(step));
        const double at = static_cast<double>(i) - (kProfileSteps - 1) / 2.0;
        mean += steps[i];
        slope += at * steps[i];
        spread += at * at;
    }
    mean /= kProfileSteps;
    slope /= spread;
    double power = 0;
    for (std::size_t i = 0; i < kProfileSteps; ++i) {
        steps[i] -= mean + slope * (static_cast<double>(i) - (kProfileSteps - 1) / 2.0);
        power += std::norm(steps[i]);
    }
    norm = std::sqrt(power);
    Directions result{};
    for (std::size_t i = 0; i < kProfileSteps && norm > 1e-6; ++i) {
        result[i] = std::complex<float>{steps[i] / norm};
    }
    return result;
}

const std::vector<ProfileShape>& profile_shapes() {
    static const std::vector<ProfileShape> shapes = [] {
        std::vector<ProfileShape> all;
        for (std::size_t part = 0; part < kProfileParts; ++part) {
            for (const Traits& traits : people()) {
                all.push_back(shape_of(traits, static_cast<ProfilePart>(part)));
            }
        }
        return all;
    }();
    return shapes;
}

const std::vector<std::complex<double>>& profile_line() {
    static const std::vector<Point> line = [] {
        double length = 0;
        return evenly(smoothed(landmarks({}), kForehead + 1, kBelowChin), 2 * kProfileSteps + 1, length);
    }();
    return line;
}

}  // namespace efface::pipeline
