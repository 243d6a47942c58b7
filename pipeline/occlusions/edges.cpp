#include "pipeline/occlusions/edges.h"

#include <algorithm>
#include <cmath>

namespace efface::pipeline {

namespace {

constexpr double kStandsOut = 1.5;  ///< An edge's steps over those beside it, in one band.
constexpr std::int64_t kBandsMin = 4;
constexpr std::int64_t kMissedMax = 4;        ///< Bands in which what is mixed in resembles what was there.
constexpr double kScoreMin = 2.2;             ///< Sum over bands of the logarithm of that ratio.
constexpr double kCommonMin = 0.6;            ///< Rows that two edges have in common, of the longer one.
constexpr double kCommonOfShorterMin = 0.85;  ///< Where a part of a side cannot be told from what is around.

/// How far the column stands out from those two and three columns beside it; 0: it does not.
double stands_out(const StepProfile& profile, std::int64_t band, std::int64_t x) {
    const int here = profile.at(band, x);
    if (here < profile.at(band, x - 1) || here < profile.at(band, x + 1)) {
        return 0;
    }
    const double beside = (profile.at(band, x - 3) + profile.at(band, x - 2) + profile.at(band, x + 2) +
                           profile.at(band, x + 3)) /
                          4.0;
    const double ratio = here / std::max(beside, 1.0 * kBandRows);
    return ratio >= kStandsOut ? std::log(ratio) : 0;
}

}  // namespace

std::vector<Edge> edges_of(const StepProfile& profile) {
    std::vector<Edge> edges;
    for (std::int64_t x = 3; x + 3 < profile.columns(); ++x) {
        double score = 0;
        std::int64_t first = -1;
        std::int64_t last = -1;
        for (std::int64_t band = 0; band <= profile.bands(); ++band) {
            const double here = band < profile.bands() ? stands_out(profile, band, x) : 0;
            if (here > 0) {
                first = first < 0 ? band : first;
                last = band;
                score += here;
            } else if (first >= 0 && (band == profile.bands() || band - last > kMissedMax)) {
                if (last - first + 1 >= kBandsMin && score >= kScoreMin) {
                    edges.push_back({x, first * kBandRows, (last + 1) * kBandRows, score});
                }
                first = -1;
                score = 0;
            }
        }
    }
    std::ranges::stable_sort(edges, [](const Edge& a, const Edge& b) { return a.score > b.score; });
    edges.resize(std::min(edges.size(), kEdgesMax));
    return edges;
}

bool lie_abreast(const Edge& left, const Edge& right) {
    const auto [shorter, longer] = std::minmax({left.bottom - left.top, right.bottom - right.top});
    const auto common =
        static_cast<double>(std::min(left.bottom, right.bottom) - std::max(left.top, right.top));
    return common >= kCommonMin * static_cast<double>(longer) ||
           common >= kCommonOfShorterMin * static_cast<double>(shorter);
}

}  // namespace efface::pipeline
