#include "pipeline/head_profile/profile_match.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <span>

namespace efface::pipeline {

namespace {

using Point = std::complex<double>;

constexpr double kLengthMin = 72;  ///< Of a part's curve, pixels of the plane.
constexpr double kLengthMax = 900;
constexpr double kLengthStep = 1.1;
constexpr double kLikelyAtAll = 0.62;
constexpr double kNormMin = 1.6;  ///< Of steps without mean and trend: less is nearly straight.
constexpr double kNormMax = 6.0;
constexpr std::size_t kRefinedMax = 48;  ///< Of one level.

/// A line at places of equal distance, after what is finer than that is taken away.
std::vector<Point> evenly(const LevelLine& line, double distance) {
    const auto count = static_cast<std::int64_t>(line.places.size());
    std::vector<Point> sums{0};
    const std::int64_t all = line.closed ? 2 * count : count;
    sums.reserve(static_cast<std::size_t>(all) + 1);
    for (std::int64_t i = 0; i < all; ++i) {
        sums.push_back(sums.back() + Point{line.places[static_cast<std::size_t>(i % count)]});
    }
    // Places of a level line lie about 0.8 pixels apart.
    const std::int64_t half = std::max<std::int64_t>(0, std::llround((distance / 0.8 - 1) / 2));
    const auto mean = [&](std::int64_t i) {
        const std::int64_t low = std::max<std::int64_t>(0, i - half);
        const std::int64_t high = std::min(all, i + half + 1);
        return (sums[static_cast<std::size_t>(high)] - sums[static_cast<std::size_t>(low)]) /
               static_cast<double>(high - low);
    };
    std::vector<Point> even{mean(0)};
    Point before = even.back();
    double walked = 0;
    for (std::int64_t i = 1; i < all; ++i) {
        const Point here = mean(i);
        double left = std::abs(here - before);
        while (left > 0 && walked + left >= distance) {
            before += (here - before) * ((distance - walked) / left);
            even.push_back(before);
            left = std::abs(here - before);
            walked = 0;
        }
        walked += left;
        before = here;
    }
    return even;
}

/// The model as a level line may run through it: from brow to chin or back, and mirrored.
struct Way {
    bool mirrored = false;
    bool reversed = false;
};

constexpr std::array kWays{Way{false, false}, Way{false, true}, Way{true, false}, Way{true, true}};

Directions along(const Directions& steps, Way way) {
    Directions result = steps;
    if (way.reversed) {
        std::ranges::reverse(result);
        for (auto& step : result) {
            step = -step;
        }
    }
    if (way.mirrored) {
        for (auto& step : result) {
            step = std::conj(step);
        }
    }
    return result;
}

std::complex<float> correlation(const Directions& a, const Directions& b) {
    float real = 0;
    float imaginary = 0;
    for (std::size_t i = 0; i < kProfileSteps; ++i) {
        real += a[i].real() * b[i].real() + a[i].imag() * b[i].imag();
        imaginary += a[i].imag() * b[i].real() - a[i].real() * b[i].imag();
    }
    return {real, imaginary};
}

struct Candidate {
    float likeness = 0;
    std::complex<float> correlation;
    double norm = 0;
    Directions steps{};
    std::array<Point, kProfileSteps + 1> places{};
    Way way;
    ProfilePart part = ProfilePart::kWhole;
};

std::size_t people_count() {
    return profile_shapes().size() / kProfileParts;
}

const ProfileShape& shape_at(ProfilePart part, std::size_t person) {
    return profile_shapes()[static_cast<std::size_t>(part) * people_count() + person];
}

/// A shape as a line may run through it, in two planes for the loop below.
struct FirstShape {
    ProfilePart part;
    bool reversed;
    std::array<float, kProfileSteps> real{};
    std::array<float, kProfileSteps> imaginary{};
};

/// Those that are looked for first: so many of each part as kFirstShapes says.
const std::vector<FirstShape>& first_shapes() {
    static const std::vector<FirstShape> shapes = [] {
        std::vector<FirstShape> all;
        for (std::size_t i = 0; i < kProfileParts * kFirstShapes; ++i) {
            const auto part = static_cast<ProfilePart>(i / kFirstShapes);
            for (const bool reversed : {false, true}) {
                FirstShape shape{part, reversed};
                const Directions steps = along(shape_at(part, i % kFirstShapes).steps, {false, reversed});
                for (std::size_t k = 0; k < kProfileSteps; ++k) {
                    shape.real[k] = steps[k].real();
                    shape.imaginary[k] = steps[k].imag();
                }
                all.push_back(shape);
            }
        }
        return all;
    }();
    return shapes;
}

/// Sizes of the correlations of steps with a shape and with its mirror image. Shapes have neither mean nor
/// trend, so those of the steps need not be taken off before.
std::array<float, 2> sizes_of_correlation(
    const float* real, const float* imaginary, const FirstShape& shape
) {
    constexpr std::size_t kLanes = 8;
    static_assert(kProfileSteps % kLanes == 0);
    std::array<float, kLanes> rr{};
    std::array<float, kLanes> ii{};
    std::array<float, kLanes> ir{};
    std::array<float, kLanes> ri{};
    for (std::size_t at = 0; at < kProfileSteps; at += kLanes) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            const std::size_t k = at + lane;
            rr[lane] += real[k] * shape.real[k];
            ii[lane] += imaginary[k] * shape.imaginary[k];
            ir[lane] += imaginary[k] * shape.real[k];
            ri[lane] += real[k] * shape.imaginary[k];
        }
    }
    const auto sum = [](const std::array<float, kLanes>& lanes) {
        return std::accumulate(lanes.begin(), lanes.end(), 0.0F);
    };
    const float a = sum(rr);
    const float b = sum(ii);
    const float c = sum(ir);
    const float d = sum(ri);
    return {std::hypot(a + b, c - d), std::hypot(a - b, c + d)};
}

void note(std::vector<Candidate>& all, const Candidate& candidate) {
    for (Candidate& other : all) {
        const double apart = std::abs(other.places[kProfileSteps / 2] - candidate.places[kProfileSteps / 2]);
        const double length = kProfileSteps * std::abs(candidate.places[1] - candidate.places[0]);
        if (other.part == candidate.part && apart < 0.15 * length) {
            if (candidate.likeness > other.likeness) {
                other = candidate;
            }
            return;
        }
    }
    all.push_back(candidate);
}

/// The unit steps of a line at places of equal distance, and sums of them from its beginning.
struct Steps {
    explicit Steps(const std::vector<Point>& places) {
        for (std::size_t i = 0; i + 1 < places.size(); ++i) {
            const Point step = places[i + 1] - places[i];
            const Point unit = step / std::max(1e-9, std::sqrt(std::norm(step)));
            real.push_back(static_cast<float>(unit.real()));
            imaginary.push_back(static_cast<float>(unit.imag()));
            sums.push_back(sums.back() + unit);
            moments.push_back(moments.back() + static_cast<double>(i) * unit);
        }
    }

    /// What is left of kProfileSteps steps from `at` on without their mean and trend: the norm.
    double norm(std::size_t at) const {
        constexpr double kCount = kProfileSteps;
        constexpr double kSpread = kCount * (kCount * kCount - 1) / 12;
        const double middle = static_cast<double>(at) + (kCount - 1) / 2;
        const Point sum = sums[at + kProfileSteps] - sums[at];
        const Point slope = moments[at + kProfileSteps] - moments[at] - middle * sum;
        return std::sqrt(std::max(0.0, kCount - std::norm(sum) / kCount - std::norm(slope) / kSpread));
    }

    std::vector<float> real;
    std::vector<float> imaginary;
    std::vector<Point> sums{0};
    std::vector<Point> moments{0};
};

void compare_window(
    const Steps& steps, const std::vector<Point>& even, std::size_t at, std::vector<Candidate>& all
) {
    Candidate candidate;
    candidate.norm = steps.norm(at);
    if (candidate.norm < kNormMin || candidate.norm > kNormMax) {
        return;
    }
    const auto least = static_cast<float>(kLikelyAtAll * candidate.norm);
    for (const FirstShape& shape : first_shapes()) {
        const auto sizes = sizes_of_correlation(steps.real.data() + at, steps.imaginary.data() + at, shape);
        const float size = std::max(sizes[0], sizes[1]);
        if (size > least && size > candidate.likeness * static_cast<float>(candidate.norm)) {
            candidate.likeness = size / static_cast<float>(candidate.norm);
            candidate.part = shape.part;
        }
    }
    if (candidate.likeness > 0) {
        std::copy_n(
            even.begin() + static_cast<std::ptrdiff_t>(at), kProfileSteps + 1, candidate.places.begin()
        );
        note(all, candidate);
    }
}

void compare_line(const LevelLine& line, std::vector<Candidate>& all) {
    for (double length = kLengthMin; length <= kLengthMax; length *= kLengthStep) {
        if (static_cast<double>(line.places.size()) < 0.6 * length) {
            break;
        }
        const std::vector<Point> even = evenly(line, length / kProfileSteps);
        const Steps steps{even};
        for (std::size_t at = 0; at + kProfileSteps < even.size(); ++at) {
            compare_window(steps, even, at, all);
        }
    }
}

struct Fit {
    const ProfileShape* shape = nullptr;
    std::complex<float> correlation;
};

/// Among all people and ways of this part the one that is most like it.
Fit fit_people(Candidate& candidate) {
    Fit best;
    for (std::size_t person = 0; person < people_count(); ++person) {
        const ProfileShape& shape = shape_at(candidate.part, person);
        for (const Way way : kWays) {
            const std::complex<float> like = correlation(candidate.steps, along(shape.steps, way));
            if (best.shape == nullptr || std::abs(like) > std::abs(best.correlation)) {
                best = {&shape, like};
                candidate.way = way;
            }
        }
    }
    return best;
}

/// Least squares of places: turn, size and place.
void lay(const Candidate& candidate, const ProfileShape& shape, ProfileMatch& match) {
    Point from_mean = 0;
    Point to_mean = 0;
    const auto model = [&](std::size_t i) {
        const Point place = shape.places[candidate.way.reversed ? kProfileSteps - i : i];
        return candidate.way.mirrored ? std::conj(place) : place;
    };
    for (std::size_t i = 0; i <= kProfileSteps; ++i) {
        from_mean += model(i);
        to_mean += candidate.places[i];
    }
    from_mean /= static_cast<double>(kProfileSteps + 1);
    to_mean /= static_cast<double>(kProfileSteps + 1);
    Point product = 0;
    double power = 0;
    for (std::size_t i = 0; i <= kProfileSteps; ++i) {
        const Point from = model(i) - from_mean;
        product += (candidate.places[i] - to_mean) * std::conj(from);
        power += std::norm(from);
    }
    match.turn = product / power;
    match.at = Place{to_mean - match.turn * from_mean};
    match.mirrored = candidate.way.mirrored;
}

/// Grey in front of the line and behind it, at depths of the model's millimetres, along its own normals.
struct Ground {
    std::vector<float> air;
    std::vector<float> body;
};

Ground ground_of(const SmallPlane& plane, const Candidate& candidate, const ProfileMatch& match) {
    // The model looks to the right and goes down: its front is to the left of its way.
    const double millimetre = std::abs(match.turn);
    const bool left = candidate.way.mirrored == candidate.way.reversed;
    Ground ground;
    const Point chord = candidate.places[kProfileSteps] - candidate.places[0];
    const Point ahead = chord / std::max(1e-9, std::abs(chord)) * Point{0, left ? -1.0 : 1.0};
    for (std::size_t i = 2; i + 1 < kProfileSteps; i += 2) {
        const auto sample = [&](double depth, std::vector<float>& into) {
            const Point place = candidate.places[i] + ahead * depth * millimetre;
            if (plane.holds(place.real(), place.imag())) {
                into.push_back(
                    plane.at(static_cast<std::int64_t>(place.real()), static_cast<std::int64_t>(place.imag()))
                );
            }
        };
        for (const double depth : {12.0, 18.0, 24.0}) {
            sample(depth, ground.air);
        }
        for (const double depth : {6.0, 12.0, 20.0, 30.0, 40.0, 50.0, 60.0}) {
            sample(-depth, ground.body);
        }
    }
    return ground;
}

void judge_sides(const Ground& ground, float level, ProfileMatch& match) {
    const auto share_below = [&](const std::vector<float>& samples) {
        const auto below = std::ranges::count_if(samples, [&](float s) { return s < level; });
        return samples.empty() ? 0.5 : static_cast<double>(below) / static_cast<double>(samples.size());
    };
    const double air = share_below(ground.air);
    const double body = share_below(ground.body);
    match.air_is_dark = air - body >= 0;
    match.air = match.air_is_dark ? air : 1 - air;
    match.body = match.air_is_dark ? 1 - body : body;
    std::vector<float> sorted = ground.air;
    std::vector<float> behind = ground.body;
    std::ranges::sort(sorted);
    std::ranges::sort(behind);
    if (!sorted.empty() && !behind.empty()) {
        const double spread = sorted[sorted.size() * 9 / 10] - sorted[sorted.size() / 10];
        const double step = std::abs(behind[behind.size() / 2] - sorted[sorted.size() / 2]);
        match.flat_air = spread / std::max(1.0, step);
    }
}

ProfileMatch refined(const SmallPlane& plane, float level, Candidate& candidate) {
    candidate.steps = detrended_steps(candidate.places.data(), candidate.norm);
    const Fit fit = fit_people(candidate);
    ProfileMatch match;
    match.part = candidate.part;
    match.level = level;
    match.likeness = std::abs(fit.correlation);
    double middle_norm = 0;
    detrended_steps(fit.shape->places.data(), middle_norm);
    match.bends = candidate.norm / std::max(1e-6, middle_norm);
    lay(candidate, *fit.shape, match);
    match.twist = std::abs(std::arg(Point{fit.correlation} * std::conj(match.turn)));
    judge_sides(ground_of(plane, candidate, match), level, match);
    for (const Point& place : candidate.places) {
        match.line.emplace_back(place);
    }
    if (candidate.way.reversed) {
        std::ranges::reverse(match.line);
    }
    return match;
}

bool is_plausible(const ProfileMatch& match) {
    return match.bends >= 0.5 && match.bends <= 1.7 && match.twist <= 0.5 && match.air >= 0.8 &&
           match.body >= 0.7 && match.flat_air <= 1.2;
}

}  // namespace

std::vector<ProfileMatch> match_profiles(const SmallPlane& plane) {
    std::vector<ProfileMatch> matches;
    for (const float level : levels_of(plane)) {
        std::vector<Candidate> likely;
        for (const LevelLine& line : level_lines(plane, level, static_cast<std::size_t>(kLengthMin))) {
            compare_line(line, likely);
        }
        std::ranges::stable_sort(likely, [](const Candidate& a, const Candidate& b) {
            return a.likeness > b.likeness;
        });
        for (std::size_t i = 0; i < std::min(likely.size(), kRefinedMax); ++i) {
            const ProfileMatch match = refined(plane, level, likely[i]);
            if (is_plausible(match)) {
                matches.push_back(match);
            }
        }
    }
    std::ranges::stable_sort(matches, [](const ProfileMatch& a, const ProfileMatch& b) {
        return a.likeness > b.likeness;
    });
    if (matches.size() > kMatchesMax) {
        matches.resize(kMatchesMax);
    }
    return matches;
}

}  // namespace efface::pipeline
