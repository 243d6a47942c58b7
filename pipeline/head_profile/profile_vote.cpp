#include "pipeline/head_profile/profile_vote.h"

#include <algorithm>
#include <cmath>

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

/// Logistic regression over votes in drawn pictures, of each the hardest alone: 160 heads from the side, 120
/// from the front, 160 of other things (docs/pixels.md). Above 0 lay one in fifty of those without a profile.
double score_of(const ProfileVote& vote) {
    constexpr double kNothing = 0.6;  ///< Likeness that says nothing.
    constexpr std::array<double, kProfileParts> kByPart{-2.9, 9.3, 36.2};
    constexpr std::array<double, kHeadAreas> kByArea{7.57, 5.09, 12.91, 7.79, -5.37};
    const auto above = [](double likeness) { return std::max(0.0, likeness - kNothing); };
    double score = -26.06;
    for (std::size_t i = 0; i < kProfileParts; ++i) {
        score += kByPart[i] * above(vote.likeness[i]);
    }
    for (std::size_t i = 0; i < kHeadAreas; ++i) {
        score += kByArea[i] * vote.areas[i];
    }
    return score - 2.35 * vote.known - 4.79 * std::abs(std::log(std::max(1e-3, vote.best.bends))) -
           1.0 * vote.best.twist - 8.49 * above(std::max(vote.likeness[0], vote.likeness[2])) -
           10.52 * std::min(vote.best.flat_air, 1.2);
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
        for (std::size_t k = i; k < matches.size(); ++k) {
            if (!taken[k] && agree(matches[i], matches[k])) {
                taken[k] = true;
                double& likeness = vote.likeness[static_cast<std::size_t>(matches[k].part)];
                likeness = std::max(likeness, matches[k].likeness);
                vote.lines.push_back(matches[k].line);
            }
        }
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
