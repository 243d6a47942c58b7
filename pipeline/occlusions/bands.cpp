#include "pipeline/occlusions/bands.h"

#include "pipeline/occlusions/edges.h"
#include "pipeline/occlusions/side_pairs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>

namespace efface::pipeline {

namespace {

constexpr std::size_t kPairsMax = 4000;
constexpr std::size_t kSearchesMax = 100;  ///< Pairs between which the other two sides are looked for.
constexpr std::int64_t kThickMin = 10;
constexpr double kShownMin = 0.04;  ///< Less than this of the contrast left: as good as one colour.
constexpr double kShownMax = 0.93;
constexpr double kUnexplainedMax = 0.28;  ///< Of the step that a and b leave over.
constexpr double kSideUnexplainedMax = 0.5;
constexpr double kNoiseMax = 1.15;
constexpr double kNoiseOfStepMax = 0.5;
constexpr double kNoiseOfSideMax = 0.9;
constexpr double kMixedAway = 0.04;  ///< Of the step, where little is left of what was there.
constexpr double kTextureMin = 3;    ///< Standard deviation along the sides: something must go on.
constexpr std::int64_t kStructureReach = 6;
constexpr double kStructureMin = 0.2;
constexpr double kStructureOfOutside = 0.75;  ///< Of what a row outside has in common with the next one out.
constexpr std::size_t kLevelsMax = 3;
constexpr double kSideStepMin = 3;
constexpr int kUnseenMax = 1;       ///< Sides along which what is mixed in resembles what was there.
constexpr double kSharpMin = 1.45;  ///< The step over those of the content beside it.
constexpr double kWithinMax = 0.7;  ///< Of the step: what changes right inside.
constexpr double kStepMin = 4;
constexpr std::int64_t kReach = 64;  ///< How far a band may go on where its upright edges cannot be seen.

struct Mixing {
    double a = 0;
    double b = 0;
};

/// From the spread on both sides: a regression would take noise, which no neighbour predicts, for lost
/// contrast.
std::optional<Mixing> mixing_of(const Pairs& all) {
    const double out = all.spread_out();
    if (all.n < 40 || out < kTextureMin) {
        return std::nullopt;
    }
    const double a = all.spread_in() / out;
    return Mixing{a, (all.in - a * all.out) / all.n};
}

/// What a and b leave of the step is little of it, or no more than what neighbours differ by when they are
/// mixed.
bool explains(const Mixing& mixing, const Pairs& side, double most, double most_of_noise) {
    const double left = side.residual(mixing.a, mixing.b);
    const double step = side.step();
    const double natural = std::sqrt(side.natural / side.n);
    const bool is_noise = left <= most_of_noise * step && left <= kNoiseMax * mixing.a * natural + 1;
    return (left <= most * step || is_noise) && left <= 1.5 * natural + kMixedAway * step + 1.5;
}

/// What both upright sides say; none: they bound no band.
std::optional<Mixing> mixing_between(const std::array<Pairs, 2>& sides) {
    Pairs all = sides[0];
    all.add(sides[1]);
    const auto mixing = mixing_of(all);
    const bool bound = mixing && mixing->a >= kShownMin && mixing->a <= kShownMax && all.step() >= kStepMin &&
                       explains(*mixing, all, kUnexplainedMax, kNoiseOfStepMax);
    return bound ? mixing : std::nullopt;
}

struct Search {
    std::int64_t left;
    std::int64_t right;
    std::int64_t from;
    std::int64_t to;
    bool inside_below;  ///< The band begins here and ends further down.
};

struct Level {
    std::int64_t y;
    double gain;
};

/// How much of the step between rows y-1 and y mixing explains; anywhere else it would make one.
double gain_at(const Plane& turned, const Search& search, const Mixing& mixing, std::int64_t y) {
    double gain = 0;
    for (std::int64_t x = search.left + 1; x < search.right - 1; ++x) {
        const int above = turned.at(y - 1, x);
        const int below = turned.at(y, x);
        const double out = search.inside_below ? above : below;
        const double in = search.inside_below ? below : above;
        gain += std::abs(in - out) - std::abs(in - mixing.a * out - mixing.b);
    }
    return gain;
}

/// The rows at which the band may begin or end, the likeliest first. The picture's own edge where there is
/// none and that is near.
std::vector<std::int64_t> level_edges(const Profiles& profiles, const Search& search, const Mixing& mixing) {
    const Plane& turned = profiles.turned;
    std::vector<Level> levels;
    const std::int64_t from = std::max<std::int64_t>(1, search.from - kReach);
    const std::int64_t to = std::min(turned.columns - 1, search.to + kReach);
    for (std::int64_t y = from; y <= to; ++y) {
        const double gain = gain_at(turned, search, mixing, y);
        if (gain >= static_cast<double>(search.right - search.left)) {
            levels.push_back({y, gain});
        }
    }
    std::ranges::stable_sort(levels, [](const Level& a, const Level& b) { return a.gain > b.gain; });
    std::vector<std::int64_t> rows;
    for (const Level& level : levels) {
        if (rows.size() < kLevelsMax) {
            rows.push_back(level.y);
        }
    }
    if (rows.empty() && search.inside_below) {
        rows.push_back(search.from <= kReach ? 0 : search.from);
    } else if (rows.empty()) {
        rows.push_back(search.to >= turned.columns - kReach ? turned.columns : search.to);
    }
    return rows;
}

/// Where both edges surely run: they are known to whole bands only.
Box middle_of(const Box& box) {
    const std::int64_t less = std::min(2 * kBandRows, box.height() / 5);
    return {box.left, box.top + less, box.right, box.bottom - less};
}

/// Other edges in line with a side may make it look longer.
Box half_of(const Box& box) {
    const std::int64_t less = box.height() / 4;
    return {box.left, box.top + less, box.right, box.bottom - less};
}

/// Sums for a correlation.
struct Correlation {
    double outer = 0;
    double inner = 0;
    double both = 0;

    double value() const { return outer > 0 && inner > 0 ? both / std::sqrt(outer * inner) : 0; }
};

/// Structure of a few pixels along a left or right side: what is finer is noise, what is coarser any two
/// things have in common.
void add_structure(const Plane& plane, const Box& box, std::int64_t out, std::int64_t in, Correlation& sums) {
    const auto mean = [&](std::int64_t x, std::int64_t y, std::int64_t reach) {
        double sum = 0;
        for (std::int64_t at = y - reach; at <= y + reach; ++at) {
            sum += plane.at(x, at);
        }
        return sum / static_cast<double>(2 * reach + 1);
    };
    for (std::int64_t y = box.top + kStructureReach; y < box.bottom - kStructureReach; y += 2) {
        const double outer = mean(out, y, 1) - mean(out, y, kStructureReach);
        const double inner = mean(in, y, 1) - mean(in, y, kStructureReach);
        sums.outer += outer * outer;
        sums.inner += inner * inner;
        sums.both += outer * inner;
    }
}

/// What the rows right outside have in common with those `in` pixels further in (negative: out).
double structure_in_common(const Profiles& profiles, const Box& box, std::int64_t in) {
    Correlation sums;
    const Box turned = transposed(box);
    add_structure(profiles.plane, box, box.left - 1, box.left - 1 + in, sums);
    add_structure(profiles.plane, box, box.right, box.right - in, sums);
    add_structure(profiles.turned, turned, turned.left - 1, turned.left - 1 + in, sums);
    add_structure(profiles.turned, turned, turned.right, turned.right - in, sums);
    return sums.value();
}

/// Whether what is outside goes on inside as it does further out: noise has little in common with itself.
bool structure_goes_on(const Profiles& profiles, const Box& box) {
    const double inside = structure_in_common(profiles, box, 1);
    return inside >= kStructureMin && inside >= kStructureOfOutside * structure_in_common(profiles, box, -1);
}

/// The step stands between two rows; the edge of a thing out of focus goes on inside.
bool ends_sharply(const Pairs& all) {
    return all.step() >= kSharpMin * std::sqrt(all.natural / all.n) &&
           kWithinMax * all.step() >= std::sqrt(all.within / all.n);
}

std::optional<Occlusion> judged(const Profiles& profiles, const Box& box) {
    const std::array<Pairs, 2> upright = pairs_beside(profiles.plane, box);
    const std::array<Pairs, 2> level = pairs_beside(profiles.turned, transposed(box));
    Pairs all;
    int sides = 0;
    for (const Pairs& side : {upright[0], upright[1], level[0], level[1]}) {
        all.add(side);
        sides += side.n > 0 ? 1 : 0;
    }
    // On the picture's own edge ends whatever is cut by it.
    if (sides < 4) {
        return std::nullopt;
    }
    const auto mixing = mixing_of(all);
    if (!mixing || mixing->a < kShownMin || mixing->a > kShownMax ||
        all.step() < (is_on_blocks(box) ? kStepOnBlocksMin : kStepMin) ||
        !explains(*mixing, all, kUnexplainedMax, kNoiseOfStepMax)) {
        return std::nullopt;
    }
    int unseen = 0;
    for (const Pairs& side : {upright[0], upright[1], level[0], level[1]}) {
        if (side.n > 0 && side.step() < kSideStepMin) {
            ++unseen;
        } else if (side.n > 0 && !explains(*mixing, side, kSideUnexplainedMax, kNoiseOfSideMax)) {
            return std::nullopt;
        }
    }
    if (unseen > kUnseenMax || !ends_sharply(all)) {
        return std::nullopt;
    }
    const double colour = mixing->b / (1 - mixing->a);
    if (colour < -40 || colour > 295 || !structure_goes_on(profiles, box)) {
        return std::nullopt;
    }
    const double left_over = all.residual(mixing->a, mixing->b) / all.step();
    return Occlusion{
        box, OcclusionKind::kBand, OcclusionVerdict::kInsufficient, static_cast<float>(1 - left_over)};
}

/// Of the rows at which it may begin and end, those between which it is a band most clearly.
std::optional<Occlusion> best_between(
    const Profiles& profiles, const Search& above, const Search& below, const Mixing& mixing
) {
    std::optional<Occlusion> best;
    const std::vector<std::int64_t> ends = level_edges(profiles, below, mixing);
    for (const std::int64_t first : level_edges(profiles, above, mixing)) {
        for (const std::int64_t end : ends) {
            const Box box{above.left, first, above.right, end};
            if (box.height() < kThickMin) {
                continue;
            }
            const auto occlusion = judged(profiles, box);
            if (occlusion && (!best || occlusion->score > best->score)) {
                best = occlusion;
            }
        }
    }
    return best;
}

std::optional<Occlusion> between(
    const Profiles& profiles, const Edge& left, const Edge& right, std::size_t& searches
) {
    const Box common{left.x, std::max(left.top, right.top), right.x, std::min(left.bottom, right.bottom)};
    const Search above{left.x, right.x, std::min(left.top, right.top), common.top, true};
    const Search below{left.x, right.x, common.bottom, std::max(left.bottom, right.bottom), false};
    for (const Box& part : {middle_of(common), half_of(common)}) {
        const auto mixing = mixing_between(pairs_beside(profiles.plane, part));
        if (!mixing || ++searches > kSearchesMax) {
            continue;
        }
        if (auto occlusion = best_between(profiles, above, below, *mixing)) {
            return occlusion;
        }
    }
    return std::nullopt;
}

void find_upright(const Profiles& profiles, bool turned, std::vector<Occlusion>& found) {
    const std::vector<Edge> edges = edges_of(profiles.columns);
    std::size_t pairs = 0;
    std::size_t searches = 0;
    for (const Edge& left : edges) {
        for (const Edge& right : edges) {
            if (right.x - left.x < kThickMin || !lie_abreast(left, right) || ++pairs > kPairsMax) {
                continue;
            }
            if (auto occlusion = between(profiles, left, right, searches)) {
                occlusion->box = turned ? transposed(occlusion->box) : occlusion->box;
                found.push_back(*occlusion);
            }
        }
    }
}

}  // namespace

std::vector<Occlusion> find_bands(const Profiles& profiles) {
    std::vector<Occlusion> found;
    find_upright(profiles, false, found);
    const Profiles other{profiles.turned, profiles.plane, profiles.rows, profiles.columns};
    find_upright(other, true, found);
    return found;
}

}  // namespace efface::pipeline
