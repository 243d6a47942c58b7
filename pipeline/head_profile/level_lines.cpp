#include "pipeline/head_profile/level_lines.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace efface::pipeline {

namespace {

constexpr std::array kShares{0.03, 0.07, 0.12, 0.18, 0.25, 0.34, 0.45, 0.55, 0.66, 0.76, 0.86, 0.94};
/// Of the range, to either side of a grey that much of the picture has: skin is little brighter than air.
constexpr std::array kBesidePeak{0.01, 0.02, 0.035};
constexpr std::size_t kPeaksMax = 3;
constexpr std::size_t kBins = 128;
constexpr std::size_t kPeakApart = 5;  ///< Bins.
constexpr double kOutliers = 0.003;    ///< Of the samples at either end: lead letters, dead pixels.

/// Edges of the plane's lattice: 2 * place for the one to the right, + 1 for the one below.
using Edge = std::int32_t;
constexpr Edge kNone = -1;

class Tracer {
public:
    Tracer(const SmallPlane& plane, float level)
        : plane_{plane},
          level_{level},
          links_(2 * plane.samples.size(), {kNone, kNone}),
          seen_(2 * plane.samples.size(), 0) {
        for (std::int64_t y = 0; y + 1 < plane.rows; ++y) {
            for (std::int64_t x = 0; x + 1 < plane.columns; ++x) {
                join_cell(x, y);
            }
        }
    }

    std::vector<LevelLine> lines() {
        std::vector<LevelLine> all;
        for (const bool ends_only : {true, false}) {
            for (std::size_t edge = 0; edge < links_.size(); ++edge) {
                const bool is_end = (links_[edge][0] == kNone) != (links_[edge][1] == kNone);
                const bool is_any = links_[edge][0] != kNone || links_[edge][1] != kNone;
                if (seen_[edge] == 0 && (ends_only ? is_end : is_any)) {
                    all.push_back(followed(static_cast<Edge>(edge), !ends_only));
                }
            }
        }
        return all;
    }

private:
    bool above(std::int64_t x, std::int64_t y) const { return plane_.at(x, y) >= level_; }

    Edge right_of(std::int64_t x, std::int64_t y) const {
        return static_cast<Edge>(2 * (y * plane_.columns + x));
    }

    Edge below(std::int64_t x, std::int64_t y) const { return right_of(x, y) + 1; }

    void link(Edge a, Edge b) {
        for (const auto& [from, to] : {std::pair{a, b}, std::pair{b, a}}) {
            auto& links = links_[static_cast<std::size_t>(from)];
            (links[0] == kNone ? links[0] : links[1]) = to;
        }
    }

    void join_cell(std::int64_t x, std::int64_t y) {
        const std::array corners{above(x, y), above(x + 1, y), above(x + 1, y + 1), above(x, y + 1)};
        const std::array edges{right_of(x, y), below(x + 1, y), right_of(x, y + 1), below(x, y)};
        std::array<Edge, 4> crossed{};
        std::size_t count = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            if (corners[i] != corners[(i + 1) % 4]) {
                crossed[count++] = edges[i];
            }
        }
        if (count == 2) {
            link(crossed[0], crossed[1]);
        } else if (count == 4) {  // A saddle: the line keeps the first corner on its own.
            link(crossed[3], crossed[0]);
            link(crossed[1], crossed[2]);
        }
    }

    Place place(Edge edge) const {
        const std::int64_t x = edge / 2 % plane_.columns;
        const std::int64_t y = edge / 2 / plane_.columns;
        const bool down = edge % 2 == 1;
        const float first = plane_.at(x, y);
        const float second = down ? plane_.at(x, y + 1) : plane_.at(x + 1, y);
        const float part = (level_ - first) / (second - first);
        return {static_cast<float>(x) + (down ? 0 : part), static_cast<float>(y) + (down ? part : 0)};
    }

    LevelLine followed(Edge first, bool closed) {
        LevelLine line;
        line.closed = closed;
        Edge at = first;
        while (at != kNone && seen_[static_cast<std::size_t>(at)] == 0) {
            seen_[static_cast<std::size_t>(at)] = 1;
            line.places.push_back(place(at));
            const auto& links = links_[static_cast<std::size_t>(at)];
            const bool back = links[0] == kNone || seen_[static_cast<std::size_t>(links[0])] != 0;
            at = back ? links[1] : links[0];
        }
        return line;
    }

    const SmallPlane& plane_;
    float level_;
    std::vector<std::array<Edge, 2>> links_;
    std::vector<std::uint8_t> seen_;
};

}  // namespace

namespace {

/// The greys that most of the picture has, as shares of the range.
std::vector<double> peaks(const SmallPlane& plane, float low, float high) {
    std::array<int, kBins> counts{};
    for (const float sample : plane.samples) {
        const float share = std::clamp((sample - low) / (high - low), 0.0F, 0.9999F);
        ++counts[static_cast<std::size_t>(share * kBins)];
    }
    std::vector<double> found;
    while (found.size() < kPeaksMax) {
        const auto most = std::ranges::max_element(counts);
        if (*most * 50 < static_cast<int>(plane.samples.size())) {
            break;
        }
        const auto at = static_cast<std::size_t>(most - counts.begin());
        found.push_back((static_cast<double>(at) + 0.5) / kBins);
        for (std::size_t i = at - std::min(at, kPeakApart); i < std::min(kBins, at + kPeakApart + 1); ++i) {
            counts[i] = 0;
        }
    }
    return found;
}

}  // namespace

std::vector<float> levels_of(const SmallPlane& plane) {
    std::vector<float> sorted = plane.samples;
    if (sorted.empty()) {
        return {};
    }
    const auto rank = [&](double share) {
        const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(sorted.size() - 1));
        std::nth_element(sorted.begin(), sorted.begin() + at, sorted.end());
        return sorted[static_cast<std::size_t>(at)];
    };
    const float low = rank(kOutliers);
    const float high = rank(1 - kOutliers);
    if (high - low < 2) {
        return {};
    }
    std::vector<float> levels;
    const auto add = [&](double share) {
        if (share > 0.004 && share < 0.996) {
            // Off the values that whole samples have: a plain area is no line.
            levels.push_back(low + static_cast<float>(share) * (high - low) + 0.013F);
        }
    };
    for (const double share : kShares) {
        add(share);
    }
    for (const double peak : peaks(plane, low, high)) {
        for (const double beside : kBesidePeak) {
            add(peak - beside);
            add(peak + beside);
        }
    }
    std::ranges::sort(levels);
    return levels;
}

std::vector<LevelLine> level_lines(const SmallPlane& plane, float level, std::size_t length_min) {
    std::vector<LevelLine> lines = Tracer{plane, level}.lines();
    std::erase_if(lines, [&](const LevelLine& line) { return line.places.size() < length_min; });
    std::ranges::stable_sort(lines, [](const LevelLine& a, const LevelLine& b) {
        return a.places.size() > b.places.size();
    });
    if (lines.size() > kLinesMax) {
        lines.resize(kLinesMax);
    }
    return lines;
}

}  // namespace efface::pipeline
