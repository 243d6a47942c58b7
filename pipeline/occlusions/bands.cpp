#include "pipeline/occlusions/bands.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>

namespace efface::pipeline {

namespace {

constexpr double kStandsOut = 1.5;  ///< An edge's steps over those beside it, in one band.
constexpr std::int64_t kBandsMin = 4;
constexpr std::int64_t kMissedMax = 4;  ///< Bands in which what is mixed in resembles what was there.
constexpr double kScoreMin = 2.2;       ///< Sum over bands of the logarithm of that ratio.
constexpr std::size_t kEdgesMax = 600;
constexpr std::size_t kPairsMax = 4000;
constexpr std::int64_t kThickMin = 10;
constexpr double kCommonMin = 0.6;
constexpr double kShownMin = 0.04;  ///< Less than this of the contrast left: as good as one colour.
constexpr double kShownMax = 0.93;
constexpr double kUnexplainedMax = 0.28;  ///< Of the step that a and b leave over.
constexpr double kSideUnexplainedMax = 0.5;
constexpr double kTextureMin = 3;  ///< Standard deviation along the sides: something must go on.
constexpr std::int64_t kStructureReach = 6;
constexpr double kStructureMin = 0.5;
constexpr double kSideStepMin = 3;
constexpr int kUnseenMax = 1;      ///< Sides along which what is mixed in resembles what was there.
constexpr double kSharpMin = 1.6;  ///< The step over those of the content beside it.
constexpr double kStepMin = 4;
constexpr std::int64_t kBlock = 8;
constexpr double kBlockStepMin = 14;  ///< Blocks of a JPEG differ from their neighbours by less.
constexpr std::int64_t kReach = 64;   ///< How far a band may go on where its upright edges cannot be seen.

/// An upright edge: between columns x-1 and x, over rows top to bottom.
struct Edge {
    std::int64_t x;
    std::int64_t top;
    std::int64_t bottom;
    double score;
};

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

/// Pairs of neighbouring samples across a side, the outer one first.
struct Pairs {
    double n = 0;
    double out = 0;
    double in = 0;
    double out_out = 0;
    double in_in = 0;
    double out_in = 0;
    double natural = 0;  ///< Squared steps from the outer row to the next one out.

    void add(int outer, int inner, int further) {
        n += 1;
        out += outer;
        in += inner;
        out_out += outer * outer;
        in_in += inner * inner;
        out_in += outer * inner;
        natural += (outer - further) * (outer - further);
    }

    void add(const Pairs& other) {
        n += other.n;
        out += other.out;
        in += other.in;
        out_out += other.out_out;
        in_in += other.in_in;
        out_in += other.out_in;
        natural += other.natural;
    }

    double spread_out() const { return std::sqrt(std::max(0.0, out_out / n - (out / n) * (out / n))); }

    double spread_in() const { return std::sqrt(std::max(0.0, in_in / n - (in / n) * (in / n))); }

    /// Root mean square of inner - (a * outer + b).
    double residual(double a, double b) const {
        const double squares =
            in_in + a * a * out_out + n * b * b - 2 * a * out_in - 2 * b * in + 2 * a * b * out;
        return std::sqrt(std::max(0.0, squares / n));
    }

    double step() const { return residual(1, 0); }
};

/// The left and right sides of a box in `plane`; a side on the picture's edge has no pairs.
std::array<Pairs, 2> pairs_beside(const Plane& plane, const Box& box) {
    std::array<Pairs, 2> sides;
    for (std::int64_t y = box.top + 1; y < box.bottom - 1; ++y) {
        if (box.left >= 2) {
            sides[0].add(plane.at(box.left - 1, y), plane.at(box.left, y), plane.at(box.left - 2, y));
        }
        if (box.right + 1 < plane.columns) {
            sides[1].add(plane.at(box.right, y), plane.at(box.right - 1, y), plane.at(box.right + 1, y));
        }
    }
    return sides;
}

struct Mixing {
    double a = 0;
    double b = 0;
};

/// From the spread on both sides: a regression would take noise for lost contrast.
std::optional<Mixing> mixing_of(const Pairs& all) {
    const double out = all.spread_out();
    if (all.n < 40 || out < kTextureMin) {
        return std::nullopt;
    }
    const double noise = all.natural / all.n / 2;
    const double covariance = all.out_in / all.n - (all.out / all.n) * (all.in / all.n);
    const double a = covariance / std::max(0.25 * out * out, out * out - noise / 2);
    return Mixing{a, (all.in - a * all.out) / all.n};
}

bool explains(const Mixing& mixing, const Pairs& side, double most) {
    const double left = side.residual(mixing.a, mixing.b);
    const double natural = std::sqrt(side.natural / side.n);
    return left <= most * side.step() && left <= 1.5 * natural + 1.5;
}

/// What both upright sides say; none: they bound no band.
std::optional<Mixing> mixing_between(const std::array<Pairs, 2>& sides) {
    Pairs all = sides[0];
    all.add(sides[1]);
    const auto mixing = mixing_of(all);
    const bool bound = mixing && mixing->a >= kShownMin && mixing->a <= kShownMax && all.step() >= kStepMin &&
                       explains(*mixing, all, kUnexplainedMax);
    return bound ? mixing : std::nullopt;
}

struct Search {
    std::int64_t left;
    std::int64_t right;
    std::int64_t from;
    std::int64_t to;
    bool inside_below;  ///< The band begins here and ends further down.
};

/// The row at which the band begins or ends: where mixing explains the step that there is, which anywhere
/// else it would make. The picture's own edge where there is none and that is near.
std::int64_t level_edge(const Profiles& profiles, const Search& search, const Mixing& mixing) {
    const Plane& turned = profiles.turned;
    double most = 0;
    std::int64_t best = -1;
    const std::int64_t from = std::max<std::int64_t>(1, search.from - kReach);
    const std::int64_t to = std::min(turned.columns - 1, search.to + kReach);
    for (std::int64_t y = from; y <= to; ++y) {
        double gain = 0;
        for (std::int64_t x = search.left + 1; x < search.right - 1; ++x) {
            const int above = turned.at(y - 1, x);
            const int below = turned.at(y, x);
            const double out = search.inside_below ? above : below;
            const double in = search.inside_below ? below : above;
            gain += std::abs(in - out) - std::abs(in - mixing.a * out - mixing.b);
        }
        if (gain > most) {
            most = gain;
            best = y;
        }
    }
    if (best >= 0 && most >= static_cast<double>(search.right - search.left)) {
        return best;
    }
    if (search.inside_below) {
        return search.from <= kReach ? 0 : search.from;
    }
    return search.to >= turned.columns - kReach ? turned.columns : search.to;
}

/// Where both edges surely run: they are known to whole bands only.
Box middle_of(const Box& box) {
    const std::int64_t less = std::min(2 * kBandRows, box.height() / 5);
    return {box.left, box.top + less, box.right, box.bottom - less};
}

/// Most sides lie where a JPEG's blocks meet.
bool is_on_blocks(const Box& box) {
    int sides = 0;
    for (const std::int64_t place : {box.left, box.top, box.right, box.bottom}) {
        sides += place % kBlock == 0 ? 1 : 0;
    }
    return sides >= 2;
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

/// Whether what is outside goes on inside.
bool structure_goes_on(const Profiles& profiles, const Box& box) {
    Correlation sums;
    const Box turned = transposed(box);
    add_structure(profiles.plane, box, box.left - 1, box.left, sums);
    add_structure(profiles.plane, box, box.right, box.right - 1, sums);
    add_structure(profiles.turned, turned, turned.left - 1, turned.left, sums);
    add_structure(profiles.turned, turned, turned.right, turned.right - 1, sums);
    return sums.value() >= kStructureMin;
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
    if (sides < 4 || !structure_goes_on(profiles, box)) {
        return std::nullopt;
    }
    const auto mixing = mixing_of(all);
    if (!mixing || mixing->a < kShownMin || mixing->a > kShownMax ||
        all.step() < (is_on_blocks(box) ? kBlockStepMin : kStepMin) ||
        !explains(*mixing, all, kUnexplainedMax)) {
        return std::nullopt;
    }
    int unseen = 0;
    for (const Pairs& side : {upright[0], upright[1], level[0], level[1]}) {
        if (side.n > 0 && side.step() < kSideStepMin) {
            ++unseen;
        } else if (side.n > 0 && !explains(*mixing, side, kSideUnexplainedMax)) {
            return std::nullopt;
        }
    }
    if (unseen > kUnseenMax || all.step() < kSharpMin * std::sqrt(all.natural / all.n)) {
        return std::nullopt;
    }
    const double colour = mixing->b / (1 - mixing->a);
    if (colour < -40 || colour > 295) {
        return std::nullopt;
    }
    const double left_over = all.residual(mixing->a, mixing->b) / all.step();
    return Occlusion{
        box, OcclusionKind::kBand, OcclusionVerdict::kInsufficient, static_cast<float>(1 - left_over)};
}

void find_upright(const Profiles& profiles, bool turned, std::vector<Occlusion>& found) {
    const std::vector<Edge> edges = edges_of(profiles.columns);
    std::size_t pairs = 0;
    for (const Edge& left : edges) {
        for (const Edge& right : edges) {
            const std::int64_t top = std::max(left.top, right.top);
            const std::int64_t bottom = std::min(left.bottom, right.bottom);
            const std::int64_t longer = std::max(left.bottom - left.top, right.bottom - right.top);
            if (right.x - left.x < kThickMin ||
                static_cast<double>(bottom - top) < kCommonMin * static_cast<double>(longer) ||
                ++pairs > kPairsMax) {
                continue;
            }
            const auto mixing =
                mixing_between(pairs_beside(profiles.plane, middle_of({left.x, top, right.x, bottom})));
            if (!mixing) {
                continue;
            }
            const std::int64_t first =
                level_edge(profiles, {left.x, right.x, std::min(left.top, right.top), top, true}, *mixing);
            const std::int64_t end = level_edge(
                profiles, {left.x, right.x, bottom, std::max(left.bottom, right.bottom), false}, *mixing
            );
            const Box box{left.x, first, right.x, end};
            if (box.height() < kThickMin) {
                continue;
            }
            if (auto occlusion = judged(profiles, box)) {
                occlusion->box = turned ? transposed(box) : box;
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
