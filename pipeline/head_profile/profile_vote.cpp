#include "pipeline/head_profile/profile_vote.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace efface::pipeline {

namespace {

using Point = std::complex<double>;

constexpr Point kBrow{-7, -66};
constexpr Point kChin{-3, 51};
constexpr double kApartMax = 0.17;  ///< Of the distance from brow to chin.

/// Millimetres of the model, and whether there is air.
struct Ground {
    HeadArea area;
    Point place;
};

constexpr bool is_air(HeadArea area) {
    return area == HeadArea::kBefore || area == HeadArea::kBelowChin;
}

constexpr std::array kGrounds{
    Ground{HeadArea::kBefore, {18, -95}},     Ground{HeadArea::kBefore, {35, -95}},
    Ground{HeadArea::kBefore, {20, -70}},     Ground{HeadArea::kBefore, {40, -60}},
    Ground{HeadArea::kBefore, {8, -52}},      Ground{HeadArea::kBefore, {25, -40}},
    Ground{HeadArea::kBefore, {45, -30}},     Ground{HeadArea::kBefore, {40, -5}},
    Ground{HeadArea::kBefore, {20, 6}},       Ground{HeadArea::kBefore, {55, 10}},
    Ground{HeadArea::kBefore, {30, 25}},      Ground{HeadArea::kBefore, {45, 40}},
    Ground{HeadArea::kBefore, {14, 42}},      Ground{HeadArea::kBefore, {22, 55}},
    Ground{HeadArea::kBefore, {38, 65}},      Ground{HeadArea::kBelowChin, {12, 80}},
    Ground{HeadArea::kBelowChin, {30, 85}},   Ground{HeadArea::kBelowChin, {-5, 92}},
    Ground{HeadArea::kBelowChin, {15, 105}},  Ground{HeadArea::kBelowChin, {-22, 95}},
    Ground{HeadArea::kBelowChin, {-35, 105}}, Ground{HeadArea::kBelowChin, {-10, 118}},
    Ground{HeadArea::kFace, {-30, -45}},      Ground{HeadArea::kFace, {-55, -45}},
    Ground{HeadArea::kFace, {-25, -15}},      Ground{HeadArea::kFace, {-50, -15}},
    Ground{HeadArea::kFace, {-22, 12}},       Ground{HeadArea::kFace, {-50, 12}},
    Ground{HeadArea::kFace, {-22, 45}},       Ground{HeadArea::kFace, {-45, 45}},
    Ground{HeadArea::kFace, {-28, 60}},       Ground{HeadArea::kFace, {-65, 40}},
    Ground{HeadArea::kSkull, {-30, -75}},     Ground{HeadArea::kSkull, {-55, -85}},
    Ground{HeadArea::kSkull, {-80, -70}},     Ground{HeadArea::kSkull, {-85, -30}},
    Ground{HeadArea::kSkull, {-110, -60}},    Ground{HeadArea::kSkull, {-110, -30}},
    Ground{HeadArea::kSkull, {-140, -60}},    Ground{HeadArea::kSkull, {-150, -40}},
    Ground{HeadArea::kSkull, {-80, -100}},    Ground{HeadArea::kSkull, {-110, -100}},
    Ground{HeadArea::kNeck, {-90, 0}},        Ground{HeadArea::kNeck, {-110, 0}},
    Ground{HeadArea::kNeck, {-90, 30}},       Ground{HeadArea::kNeck, {-115, 30}},
    Ground{HeadArea::kNeck, {-90, 60}},       Ground{HeadArea::kNeck, {-110, 60}},
    Ground{HeadArea::kNeck, {-95, 90}},       Ground{HeadArea::kNeck, {-110, 110}},
};

bool agree(const ProfileMatch& a, const ProfileMatch& b) {
    if (a.mirrored != b.mirrored) {
        return false;
    }
    const double face = std::abs(a.placed(kBrow) - a.placed(kChin));
    return std::abs(a.placed(kBrow) - b.placed(kBrow)) < kApartMax * face &&
           std::abs(a.placed(kChin) - b.placed(kChin)) < kApartMax * face;
}

void look_around(const SmallPlane& plane, ProfileVote& vote) {
    std::array<int, kHeadAreas> inside{};
    std::array<int, kHeadAreas> right{};
    for (const Ground& ground : kGrounds) {
        const Place place = vote.best.placed(ground.place);
        if (plane.holds(place.real(), place.imag())) {
            const bool dark =
                plane.at(static_cast<std::int64_t>(place.real()), static_cast<std::int64_t>(place.imag())) <
                vote.best.level;
            const auto area = static_cast<std::size_t>(ground.area);
            ++inside[area];
            right[area] += dark == (is_air(ground.area) == vote.best.air_is_dark) ? 1 : 0;
        }
    }
    int known = 0;
    for (std::size_t i = 0; i < kHeadAreas; ++i) {
        known += inside[i];
        // What the picture does not show speaks for nothing: as if half of it were right.
        vote.areas[i] = (right[i] + 1.0) / (inside[i] + 2.0);
    }
    vote.known = static_cast<double>(known) / static_cast<double>(kGrounds.size());
}

/// Logistic regression over votes of drawn heads (from the side, and all that is none), the hardest of each
/// picture weighed alone; 0 is where three in a hundred of the pictures without a profile still had one
/// above 1. docs/pixels.md says on what.
double score_of(const ProfileVote& vote) {
    constexpr double kNothing = 0.6;  ///< Likeness that says nothing.
    constexpr std::array<double, kProfileParts> kByPart{8.98, 13.67, 33.3};
    constexpr std::array<double, kHeadAreas> kByArea{5.25, 3.14, 22.56, 2.44, -3.04};
    const auto above = [](double likeness) { return std::max(0.0, likeness - kNothing); };
    double score = -30.07;
    int parts = 0;
    for (std::size_t i = 0; i < kProfileParts; ++i) {
        score += kByPart[i] * above(vote.likeness[i]);
        parts += vote.likeness[i] > 0 ? 1 : 0;
    }
    for (std::size_t i = 0; i < kHeadAreas; ++i) {
        score += kByArea[i] * vote.areas[i];
    }
    const double face = std::max(vote.likeness[0], vote.likeness[2]);
    return score + 2.5 * std::min(vote.levels, 8) / 8 - 3.39 * vote.known -
           4.82 * std::abs(std::log(std::max(1e-3, vote.best.bends))) - 4.04 * vote.best.twist -
           0.93 * parts - 5.11 * above(face);
}

}  // namespace

std::vector<ProfileVote> profile_votes(const SmallPlane& plane, const std::vector<ProfileMatch>& matches) {
    std::vector<ProfileVote> votes;
    std::vector<bool> taken(matches.size(), false);
    for (std::size_t i = 0; i < matches.size(); ++i) {
        if (taken[i]) {
            continue;
        }
        ProfileVote vote;
        vote.best = matches[i];
        std::set<float> levels;
        for (std::size_t k = i; k < matches.size(); ++k) {
            if (!taken[k] && agree(matches[i], matches[k])) {
                taken[k] = true;
                levels.insert(matches[k].level);
                double& likeness = vote.likeness[static_cast<std::size_t>(matches[k].part)];
                likeness = std::max(likeness, matches[k].likeness);
                vote.lines.push_back(matches[k].line);
            }
        }
        vote.levels = static_cast<int>(levels.size());
        look_around(plane, vote);
        vote.score = score_of(vote);
        votes.push_back(std::move(vote));
    }
    std::ranges::stable_sort(votes, [](const ProfileVote& a, const ProfileVote& b) {
        return a.score > b.score;
    });
    return votes;
}

}  // namespace efface::pipeline
