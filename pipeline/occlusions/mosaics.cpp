#include "pipeline/occlusions/mosaics.h"

#include "pipeline/occlusions/combs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace efface::pipeline {

namespace {

constexpr std::int64_t kRing = 12;
constexpr double kInsideMax = 0.35;  ///< Of the steps within cells to those around the region.
constexpr double kAroundMin = 0.6;   ///< Grey levels a step: content goes on.
constexpr double kOnLinesMin = 3;    ///< Of the steps on lines to those within cells.
/// Compression rings within cells; then their lines must be the clearer.
constexpr double kInsideSoftMax = 0.8;
constexpr double kOnLinesSoftMin = 6;
constexpr double kEqualMax = 0.7;    ///< Share of equal neighbours around it, which texture does not reach.
constexpr double kBlockStepMin = 8;  ///< Blocks of a JPEG differ from their neighbours by less.
constexpr double kRangeMin = 12;     ///< Grey levels: cells of two plain colours are no mosaic.
constexpr std::size_t kValuesMin = 5;
constexpr double kSeenMin = 0.5;  ///< Share of the ring that lies in the picture.
constexpr std::size_t kPairsMax = 100'000;
constexpr std::size_t kGridsMax = 32;
constexpr std::int64_t kRowsSeen = 96;  ///< Of a region: enough for a mean.

/// Steps along rows, on the lines of the grid and away from them.
struct Steps {
    double on = 0;
    double off = 0;
};

/// `line`: a column where one of the lines stands.
Steps steps_of(const Plane& plane, const Box& box, std::int64_t line, double gap) {
    double on = 0;
    double off = 0;
    double on_count = 0;
    double off_count = 0;
    const std::int64_t stride = std::max<std::int64_t>(1, box.height() / kRowsSeen);
    for (std::int64_t x = box.left + 1; x < box.right; ++x) {
        const double place = static_cast<double>(x - line) / gap;
        const double distance = std::abs(place - std::round(place)) * gap;
        double sum = 0;
        for (std::int64_t y = box.top; y < box.bottom; y += stride) {
            sum += std::abs(plane.at(x, y) - plane.at(x - 1, y));
        }
        if (distance < 0.75) {
            on += sum;
            ++on_count;
        } else if (distance > 1.3) {
            off += sum;
            ++off_count;
        }
    }
    const auto rows = static_cast<double>(std::max<std::int64_t>(1, (box.height() + stride - 1) / stride));
    return {on / rows / std::max(1.0, on_count), off / rows / std::max(1.0, off_count)};
}

/// Mean step along rows in the four strips around a box; negative where too little of them is in the picture.
double around(const Plane& plane, const Box& box) {
    const std::vector<Box> strips{
        {box.left, box.top - kRing, box.right, box.top - 1},
        {box.left, box.bottom + 1, box.right, box.bottom + kRing},
        {box.left - kRing, box.top, box.left - 1, box.bottom},
        {box.right + 1, box.top, box.right + kRing, box.bottom}};
    double seen = 0;
    double all = 0;
    double sum = 0;
    for (const Box& strip : strips) {
        const Box inside =
            strip.clipped_to(static_cast<std::size_t>(plane.columns), static_cast<std::size_t>(plane.rows));
        all += static_cast<double>(strip.area());
        seen += static_cast<double>(inside.area());
        sum += mean_step(plane, inside) * static_cast<double>(inside.area());
    }
    return seen >= kSeenMin * all ? sum / seen : -1;
}

/// The line that bounds the outer cells has texture beyond it and does not stand alone: one cell further, or
/// as much of one as there is, where that is plain.
void extend(const Plane& plane, Box& box, double gap, double plain) {
    const auto cell = static_cast<std::int64_t>(std::lround(gap));
    for (const std::int64_t width : {cell, 3 * cell / 4, cell / 2}) {
        const Box before{box.left - width + 1, box.top, box.left, box.bottom};
        if (width >= kGapMin && before.left >= 1 && mean_step(plane, before) <= plain) {
            box.left -= width;
            break;
        }
    }
    for (const std::int64_t width : {cell, 3 * cell / 4, cell / 2}) {
        const Box after{box.right + 1, box.top, box.right + width, box.bottom};
        if (width >= kGapMin && after.right <= plane.columns && mean_step(plane, after) <= plain) {
            box.right += width;
            break;
        }
    }
}

/// Cells differ from each other in more than two or three plain colours.
bool is_varied(const Plane& plane, const Box& box, double gap) {
    std::vector<int> values;
    for (double y = static_cast<double>(box.top) + gap / 2; y < static_cast<double>(box.bottom); y += gap) {
        for (double x = static_cast<double>(box.left) + gap / 2; x < static_cast<double>(box.right);
             x += gap) {
            values.push_back(plane.at(static_cast<std::int64_t>(x), static_cast<std::int64_t>(y)));
        }
    }
    std::ranges::sort(values);
    if (values.empty() || values.back() - values.front() < kRangeMin) {
        return false;
    }
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values.size() >= kValuesMin;
}

struct Grid {
    Box box;
    double across = 0;  ///< Columns a cell.
    double down = 0;
    std::int64_t line_across = 0;  ///< A column and a row where lines stand.
    std::int64_t line_down = 0;
    double score = 0;
};

/// Its lines are those between the blocks of a JPEG.
bool is_on_blocks(const Grid& grid) {
    const auto is_eight = [](double gap) { return std::abs(gap - 8 * std::round(gap / 8)) < 0.3; };
    return grid.line_across % 8 == 0 && grid.line_down % 8 == 0 && is_eight(grid.across) &&
           is_eight(grid.down);
}

/// Within its cells nothing changes, on its lines much, around it content goes on.
bool holds(const Profiles& profiles, Grid& grid, double beyond) {
    const Steps x = steps_of(profiles.plane, grid.box, grid.line_across, grid.across);
    const Steps y = steps_of(profiles.turned, transposed(grid.box), grid.line_down, grid.down);
    const double inside = std::max(x.off, y.off);
    grid.score = 1 - inside / beyond;
    const double lines = std::min(x.on, y.on) / std::max(0.2, inside);
    const bool plain_cells = (inside <= kInsideMax * beyond && lines >= kOnLinesMin) ||
                             (inside <= kInsideSoftMax * beyond && lines >= kOnLinesSoftMin);
    const bool blocks = std::min(x.on, y.on) < kBlockStepMin && is_on_blocks(grid);
    return plain_cells && !blocks && is_varied(profiles.plane, grid.box, grid.across);
}

double beyond_of(const Profiles& profiles, const Box& box) {
    return std::min(around(profiles.plane, box), around(profiles.turned, transposed(box)));
}

bool alike(double a, double b) {
    return std::abs(a - b) <= std::max(1.2, 0.2 * a);
}

/// The column on which the lines really stand: where a comb begins is known to a column or two.
std::int64_t best_line(const Plane& plane, const Box& box, std::int64_t line, double gap) {
    std::int64_t best = line;
    double most = 0;
    for (std::int64_t by = -2; by <= 2; ++by) {
        const Steps steps = steps_of(plane, box, line + by, gap);
        const double clear = steps.on / std::max(0.1, steps.off);
        if (clear > most) {
            most = clear;
            best = line + by;
        }
    }
    return best;
}

std::optional<Grid> grid_of(const Profiles& profiles, const CombRegion& across, const CombRegion& down) {
    Grid grid{
        {across.first, down.first, across.last, down.last}, across.gap, down.gap, across.first, down.first};
    const Box seen_across{across.first, across.top(), across.last, across.bottom()};
    const Box seen_down{down.top(), down.first, down.bottom(), down.last};
    const Box common{
        std::max(seen_across.left, seen_down.left), std::max(seen_across.top, seen_down.top),
        std::min(seen_across.right, seen_down.right), std::min(seen_across.bottom, seen_down.bottom)};
    if (!alike(across.gap, down.gap) || grid.box.empty() ||
        2 * common.area() < std::min(seen_across.area(), seen_down.area())) {
        return std::nullopt;
    }
    // The outer cells may not be in it yet: the content is one cell further out.
    const auto across_cell = static_cast<std::int64_t>(across.gap);
    const auto down_cell = static_cast<std::int64_t>(down.gap);
    const double beyond = beyond_of(
        profiles, {grid.box.left - across_cell, grid.box.top - down_cell, grid.box.right + across_cell,
                   grid.box.bottom + down_cell}
    );
    if (beyond < kAroundMin) {
        return std::nullopt;
    }
    grid.line_across = best_line(profiles.plane, grid.box, grid.line_across, grid.across);
    grid.line_down = best_line(profiles.turned, transposed(grid.box), grid.line_down, grid.down);
    const double inside = std::max(
        {0.05, steps_of(profiles.plane, grid.box, grid.line_across, grid.across).off,
         steps_of(profiles.turned, transposed(grid.box), grid.line_down, grid.down).off}
    );
    // Nearer to what the cells are like than to what is around.
    const double plain = std::sqrt(inside * std::max(inside, beyond));
    extend(profiles.plane, grid.box, across.gap, plain);
    Box turned = transposed(grid.box);
    extend(profiles.turned, turned, down.gap, plain);
    grid.box = transposed(turned);
    return holds(profiles, grid, beyond) ? std::optional{grid} : std::nullopt;
}

Box hull(const Box& a, const Box& b) {
    return {
        std::min(a.left, b.left), std::min(a.top, b.top), std::max(a.right, b.right),
        std::max(a.bottom, b.bottom)};
}

std::int64_t common_area(const Box& a, const Box& b) {
    return Box{
        std::max(a.left, b.left), std::max(a.top, b.top), std::min(a.right, b.right),
        std::min(a.bottom, b.bottom)}
        .area();
}

/// Parts of one mosaic, which plain areas in it had set apart, become one again.
bool join_any(const Profiles& profiles, std::vector<Grid>& grids) {
    for (std::size_t i = 0; i < grids.size(); ++i) {
        for (std::size_t j = i + 1; j < grids.size(); ++j) {
            Grid both = grids[i];
            both.box = hull(grids[i].box, grids[j].box);
            const bool covers = both.box == grids[i].box || both.box == grids[j].box;
            if (!alike(grids[i].across, grids[j].across)) {
                continue;
            }
            const bool joined =
                covers || holds(profiles, both, std::max(kAroundMin, beyond_of(profiles, both.box)));
            if (joined) {
                both.score = std::max(grids[i].score, grids[j].score);
                grids[i] = both;
                grids.erase(grids.begin() + static_cast<std::ptrdiff_t>(j));
                return true;
            }
        }
    }
    return false;
}

/// Of neighbouring samples in a row, those that are the same.
double equal_share(const Plane& plane, const Box& box) {
    double equal = 0;
    for (std::int64_t y = box.top; y < box.bottom; ++y) {
        for (std::int64_t x = box.left + 1; x < box.right; ++x) {
            equal += plane.at(x, y) == plane.at(x - 1, y) ? 1 : 0;
        }
    }
    return equal / static_cast<double>(std::max<std::int64_t>(1, box.area()));
}

/// Of a picture that was enlarged cell by cell the cells go on around any part of it.
bool goes_on(const Profiles& profiles, const Grid& grid) {
    const std::int64_t ring = kRing + static_cast<std::int64_t>(std::max(grid.across, grid.down));
    const Box& box = grid.box;
    const std::array strips{
        Box{box.left, box.top - ring, box.right, box.top - 1},
        Box{box.left, box.bottom + 1, box.right, box.bottom + ring},
        Box{box.left - ring, box.top, box.left - 1, box.bottom},
        Box{box.right + 1, box.top, box.right + ring, box.bottom}};
    const Plane& plane = profiles.plane;
    double steps = 0;
    double area = 0;
    double plain = 0;
    for (const Box& whole : strips) {
        const Box strip =
            whole.clipped_to(static_cast<std::size_t>(plane.columns), static_cast<std::size_t>(plane.rows));
        const auto size = static_cast<double>(strip.area());
        steps += size * steps_of(plane, strip, grid.line_across, grid.across).off;
        plain += size * equal_share(plane, strip);
        area += size;
    }
    // The corners of a round mosaic's box are content.
    const Box middle{
        box.left + box.width() / 4, box.top + box.height() / 4, box.right - box.width() / 4,
        box.bottom - box.height() / 4};
    const double inside = steps_of(plane, middle, grid.line_across, grid.across).off;
    return plain >= kEqualMax * area || steps <= area * std::max(kAroundMin / 2, 1.2 * inside);
}

Occlusion occlusion_of(const Grid& grid) {
    // Its outer lines are known to a pixel or two only: parts of a cell do not count.
    const double cells = std::round(std::min(
        static_cast<double>(grid.box.width()) / grid.across,
        static_cast<double>(grid.box.height()) / grid.down
    ));
    return Occlusion{
        grid.box, OcclusionKind::kMosaic,
        cells < kMosaicCellsMin ? OcclusionVerdict::kDestroyed : OcclusionVerdict::kInsufficient,
        static_cast<float>(grid.score)};
}

}  // namespace

std::vector<Occlusion> find_mosaics(const Profiles& profiles) {
    const std::vector<CombRegion> across = comb_regions(profiles.columns);
    const std::vector<CombRegion> down = comb_regions(profiles.rows);
    std::vector<Grid> grids;
    std::size_t pairs = 0;
    for (const CombRegion& a : across) {
        for (const CombRegion& b : down) {
            if (++pairs > kPairsMax || grids.size() >= kGridsMax) {
                break;
            }
            if (const auto grid = grid_of(profiles, a, b)) {
                grids.push_back(*grid);
            }
        }
    }
    while (join_any(profiles, grids)) {
    }
    // Large cells that pairs of small ones seem to make lie within the mosaic: the larger region holds.
    std::ranges::stable_sort(grids, [](const Grid& a, const Grid& b) { return a.box.area() > b.box.area(); });
    std::vector<Occlusion> found;
    for (const Grid& grid : grids) {
        const bool within = std::ranges::any_of(found, [&](const Occlusion& other) {
            return 5 * common_area(other.box, grid.box) > 2 * grid.box.area();
        });
        if (within) {
            continue;
        }
        if (goes_on(profiles, grid)) {
            continue;
        }
        found.push_back(occlusion_of(grid));
    }
    return found;
}

}  // namespace efface::pipeline
