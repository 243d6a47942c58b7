#include "pipeline/occlusions/rim.h"

#include <algorithm>
#include <cmath>

namespace efface::pipeline {

namespace {

constexpr double kRimStep = 2;
constexpr int kSeenContrast = 6;
constexpr int kTexture = 3;  ///< Range of grey levels that plain ground does not reach.

struct Place {
    std::int64_t x;
    std::int64_t y;
};

Place at(const RimPoint& point, double out, double along = 0) {
    return {
        static_cast<std::int64_t>(std::floor(point.x + out * point.out_x - along * point.out_y)),
        static_cast<std::int64_t>(std::floor(point.y + out * point.out_y + along * point.out_x))};
}

/// Largest less smallest sample near a place outside; 0 beyond the picture.
int range_outside(const Plane& plane, const RimPoint& point, double gap) {
    int least = 255;
    int most = 0;
    for (const double out : {gap + 1.5, gap + 3.5, gap + 5.5, gap + 8.5}) {
        for (const double along : {-5.0, -2.0, 0.0, 2.0, 5.0}) {
            const Place place = at(point, out, along);
            if (plane.holds(place.x, place.y)) {
                const int value = plane.at(place.x, place.y);
                least = std::min(least, value);
                most = std::max(most, value);
            }
        }
    }
    return most - least;
}

/// Mean of a square around a place, clipped to the picture; negative: none of it lies inside.
double mean_around(const Plane& plane, const Place& middle, std::int64_t reach) {
    double sum = 0;
    double count = 0;
    for (std::int64_t y = middle.y - reach; y <= middle.y + reach; ++y) {
        for (std::int64_t x = middle.x - reach; x <= middle.x + reach; ++x) {
            if (plane.holds(x, y)) {
                sum += plane.at(x, y);
                ++count;
            }
        }
    }
    return count > 0 ? sum / count : -1;
}

}  // namespace

RimFacts rim_facts(const Plane& plane, const Shape& shape, double value, double gap) {
    RimFacts facts;
    double count = 0;
    double near = 0;
    double far = 0;
    double squares = 0;
    double sum = 0;
    const std::vector<RimPoint> rim = shape.rim(kRimStep);
    for (const RimPoint& point : rim) {
        const Place first = at(point, gap + 1.5);
        const Place second = at(point, gap + 4.5);
        if (!plane.holds(second.x, second.y)) {
            facts.outside += 1;
            continue;
        }
        const double ground = plane.at(first.x, first.y);
        const Place next = at(point, gap + 1.5, 1);
        facts.equal +=
            plane.holds(next.x, next.y) && plane.at(next.x, next.y) == plane.at(first.x, first.y) ? 1 : 0;
        const double step = std::abs(ground - value);
        ++count;
        near += step;
        far += std::abs(plane.at(second.x, second.y) - value);
        facts.differing += step >= kSeenContrast ? 1 : 0;
        facts.textured += range_outside(plane, point, gap) >= kTexture ? 1 : 0;
        sum += ground;
        squares += ground * ground;
    }
    facts.outside /= static_cast<double>(std::max<std::size_t>(1, rim.size()));
    const double n = std::max(1.0, count);
    facts.contrast = near / n;
    facts.differing /= n;
    facts.textured /= n;
    facts.equal /= n;
    facts.sharpness = near / std::max(1.0, far);
    facts.variety = std::sqrt(std::max(0.0, squares / n - (sum / n) * (sum / n)));
    return facts;
}

double continuity(const Plane& plane, const Shape& shape, double reach) {
    double n = 0;
    double a = 0;
    double b = 0;
    double aa = 0;
    double bb = 0;
    double ab = 0;
    const auto radius = static_cast<std::int64_t>(reach / 2);
    for (const RimPoint& point : shape.rim(std::max(kRimStep, reach / 2))) {
        const double inside = mean_around(plane, at(point, -reach), radius);
        const double outside = mean_around(plane, at(point, reach), radius);
        if (inside < 0 || outside < 0) {
            continue;
        }
        n += 1;
        a += inside;
        b += outside;
        aa += inside * inside;
        bb += outside * outside;
        ab += inside * outside;
    }
    const double spread = (aa - a * a / std::max(1.0, n)) * (bb - b * b / std::max(1.0, n));
    return spread > 1e-6 ? (ab - a * b / n) / std::sqrt(spread) : 0.0;
}

}  // namespace efface::pipeline
