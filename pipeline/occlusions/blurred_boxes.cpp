#include "pipeline/occlusions/blurred_boxes.h"

#include "pipeline/occlusions/edges.h"
#include "pipeline/occlusions/side_pairs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>

namespace efface::pipeline {

namespace {

constexpr std::int64_t kSideMin = 24;
constexpr std::size_t kPairsMax = 2000;
constexpr std::size_t kBoxesMax = 400;
constexpr std::int64_t kReach = 64;      ///< How far its ends may lie from those of its upright sides.
constexpr double kLevelCommonMin = 0.5;  ///< Of the box's width that a level side is seen on.
constexpr double kStepMin = 3;
constexpr double kSharpMin = 1.3;    ///< The step over those of the content beside it.
constexpr double kWithinMax = 0.35;  ///< What changes right inside, of the step.
constexpr double kSideStepMin = 2;
constexpr int kSidesSeenMin = 3;
constexpr std::int64_t kFineReach = 6;  ///< Structure along a side: finer than this is fine.
constexpr double kFineMax = 0.5;        ///< Of the fine structure outside, what is left inside.
constexpr double kCoarseMin = 0.6;      ///< Correlation of what is coarser.
constexpr double kInsideMax = 0.4;      ///< Second differences inside to those of the ring around.
constexpr double kSpreadMin = 5;        ///< Grey levels that the coarse structure along the sides spans.
constexpr std::int64_t kRing = 8;

/// Structure along the sides, right outside and inside.
struct Along {
    double fine_out = 0;
    double fine_in = 0;
    double n = 0;
    double out = 0;
    double in = 0;
    double out_out = 0;
    double in_in = 0;
    double both = 0;

    void add(double fine_outer, double fine_inner, double coarse_outer, double coarse_inner) {
        fine_out += fine_outer * fine_outer;
        fine_in += fine_inner * fine_inner;
        n += 1;
        out += coarse_outer;
        in += coarse_inner;
        out_out += coarse_outer * coarse_outer;
        in_in += coarse_inner * coarse_inner;
        both += coarse_outer * coarse_inner;
    }

    double left_of_fine() const { return fine_out > 0 ? std::sqrt(fine_in / fine_out) : 1; }

    double spread() const { return std::sqrt(std::max(0.0, in_in / n - (in / n) * (in / n))); }

    double correlation() const {
        const double squares = (out_out - out * out / n) * (in_in - in * in / n);
        return squares > 0 ? (both - out * in / n) / std::sqrt(squares) : 0;
    }
};

double mean_down(const Plane& plane, std::int64_t x, std::int64_t y, std::int64_t reach) {
    double sum = 0;
    for (std::int64_t at = y - reach; at <= y + reach; ++at) {
        sum += plane.at(x, at);
    }
    return sum / static_cast<double>(2 * reach + 1);
}

void add_side(const Plane& plane, const Box& box, std::int64_t outer, std::int64_t inner, Along& along) {
    for (std::int64_t y = box.top + kFineReach; y < box.bottom - kFineReach; y += 2) {
        const double coarse_out = mean_down(plane, outer, y, kFineReach);
        const double coarse_in = mean_down(plane, inner, y, kFineReach);
        along.add(plane.at(outer, y) - coarse_out, plane.at(inner, y) - coarse_in, coarse_out, coarse_in);
    }
}

Along along_sides(const Profiles& profiles, const Box& box) {
    Along along;
    const Box turned = transposed(box);
    add_side(profiles.plane, box, box.left - 2, box.left + 1, along);
    add_side(profiles.plane, box, box.right + 1, box.right - 2, along);
    add_side(profiles.turned, turned, turned.left - 2, turned.left + 1, along);
    add_side(profiles.turned, turned, turned.right + 1, turned.right - 2, along);
    return along;
}

/// Mean second difference along rows; of an empty box 0.
double fine_of(const Plane& plane, const Box& whole) {
    const Box box =
        whole.clipped_to(static_cast<std::size_t>(plane.columns), static_cast<std::size_t>(plane.rows));
    double sum = 0;
    double count = 0;
    for (std::int64_t y = box.top; y < box.bottom; ++y) {
        const std::uint8_t* row = plane.row(y);
        for (std::int64_t x = std::max<std::int64_t>(1, box.left); x < std::min(box.right, plane.columns - 1);
             ++x) {
            sum += std::abs(2 * row[x] - row[x - 1] - row[x + 1]);
            ++count;
        }
    }
    return count > 0 ? sum / count : 0;
}

double fine_around(const Plane& plane, const Box& box) {
    const std::array strips{
        Box{box.left - kRing, box.top - kRing, box.right + kRing, box.top - 1},
        Box{box.left - kRing, box.bottom + 1, box.right + kRing, box.bottom + kRing},
        Box{box.left - kRing, box.top, box.left - 1, box.bottom},
        Box{box.right + 1, box.top, box.right + kRing, box.bottom}};
    double sum = 0;
    double area = 0;
    for (const Box& strip : strips) {
        sum += fine_of(plane, strip) * static_cast<double>(strip.area());
        area += static_cast<double>(strip.area());
    }
    return sum / area;
}

bool cuts_sharply(const Pairs& all) {
    const double step = all.step();
    return step >= kStepMin && step >= kSharpMin * std::sqrt(all.natural / all.n) &&
           std::sqrt(all.within / all.n) <= kWithinMax * step;
}

std::optional<Occlusion> judged(const Profiles& profiles, const Box& box) {
    const std::array<Pairs, 2> upright = pairs_beside(profiles.plane, box);
    const std::array<Pairs, 2> level = pairs_beside(profiles.turned, transposed(box));
    Pairs all;
    int seen = 0;
    for (const Pairs& side : {upright[0], upright[1], level[0], level[1]}) {
        if (side.n == 0) {
            return std::nullopt;
        }
        all.add(side);
        seen += side.step() >= kSideStepMin ? 1 : 0;
    }
    if (seen < kSidesSeenMin || !cuts_sharply(all)) {
        return std::nullopt;
    }
    const Along along = along_sides(profiles, box);
    if (along.left_of_fine() > kFineMax || along.correlation() < kCoarseMin || along.spread() < kSpreadMin) {
        return std::nullopt;
    }
    const Box middle{box.left + 2, box.top + 2, box.right - 2, box.bottom - 2};
    const double inside =
        std::max(fine_of(profiles.plane, middle), fine_of(profiles.turned, transposed(middle)));
    const double around =
        std::min(fine_around(profiles.plane, box), fine_around(profiles.turned, transposed(box)));
    if (inside > kInsideMax * around) {
        return std::nullopt;
    }
    return Occlusion{
        box, OcclusionKind::kBlur, OcclusionVerdict::kInsufficient,
        static_cast<float>(1 - inside / std::max(around, 1e-3))};
}

/// Rows where a level side between `left` and `right` may stand, near `row`.
std::vector<std::int64_t> level_sides(
    const std::vector<Edge>& level, std::int64_t left, std::int64_t right, std::int64_t from, std::int64_t to
) {
    std::vector<std::int64_t> rows;
    for (const Edge& edge : level) {
        const auto common = static_cast<double>(std::min(edge.bottom, right) - std::max(edge.top, left));
        if (edge.x >= from && edge.x <= to && common >= kLevelCommonMin * static_cast<double>(right - left)) {
            rows.push_back(edge.x);
        }
    }
    return rows;
}

/// Among the rows between which two upright sides may run, those where they bound a blur most clearly.
void find_between(
    const Profiles& profiles, const Edge& left, const Edge& right, const std::vector<Edge>& level,
    std::size_t& boxes, std::vector<Occlusion>& found
) {
    const std::int64_t top = std::max(left.top, right.top);
    const std::int64_t bottom = std::min(left.bottom, right.bottom);
    const std::int64_t middle = (top + bottom) / 2;
    const auto tops = level_sides(level, left.x, right.x, std::min(left.top, right.top) - kReach, middle);
    const auto bottoms =
        level_sides(level, left.x, right.x, middle, std::max(left.bottom, right.bottom) + kReach);
    for (const std::int64_t first : tops) {
        for (const std::int64_t end : bottoms) {
            if (end - first < kSideMin || ++boxes > kBoxesMax) {
                continue;
            }
            if (const auto occlusion = judged(profiles, {left.x, first, right.x, end})) {
                found.push_back(*occlusion);
            }
        }
    }
}

}  // namespace

std::vector<Occlusion> find_blurred_boxes(const Profiles& profiles) {
    const std::vector<Edge> upright = edges_of(profiles.columns);
    const std::vector<Edge> level = edges_of(profiles.rows);
    std::vector<Occlusion> found;
    std::size_t pairs = 0;
    std::size_t boxes = 0;
    for (const Edge& left : upright) {
        for (const Edge& right : upright) {
            if (right.x - left.x < kSideMin || !lie_abreast(left, right) || ++pairs > kPairsMax) {
                continue;
            }
            const Box common{
                left.x, std::max(left.top, right.top), right.x, std::min(left.bottom, right.bottom)};
            const std::array<Pairs, 2> sides = pairs_beside(profiles.plane, common);
            Pairs both = sides[0];
            both.add(sides[1]);
            if (both.n > 0 && cuts_sharply(both)) {
                find_between(profiles, left, right, level, boxes, found);
            }
        }
    }
    return found;
}

}  // namespace efface::pipeline
