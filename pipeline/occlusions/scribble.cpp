#include "pipeline/occlusions/scribble.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

namespace efface::pipeline {

namespace {

constexpr std::int64_t kSideMin = 40;
constexpr double kFillMax = 0.7;
constexpr double kWidthMax = 24;
constexpr double kWidthQuantile = 0.4;
constexpr double kStretchedMin = 5;  ///< Widths: what is shorter is no line.
/// Length of the line over the diagonal of its box: an outline has about 2.2, a letter at most 3.
constexpr double kLengthMin = 2.5;
constexpr double kLengthTurningMin = 1.5;
constexpr double kTimesMin = 2.2;    ///< How often rows or columns cross it: an outline twice.
constexpr double kStraightRun = 25;  ///< Widths: what runs straight for longer was ruled.
constexpr double kStraightMax = 0.6;
constexpr double kSharpMax = 1.15;  ///< Beside what was drawn the ground is as far from it as further out.
constexpr int kSeenContrast = 10;
constexpr double kDifferingMin = 0.6;  ///< Share of the line's sides that can be told from it.
constexpr int kTexture = 4;
constexpr std::int64_t kNear = 12;  ///< How far apart the parts of one scribble may lie.

/// What is asked of a line: exactly one value amid texture is drawn for certain, nearly one is not.
struct Demands {
    double even = 0;
    double textured = 0;
    double sharp = 0;
    double times = 0;  ///< How often it is crossed where it is short.
    int beside = 0;    ///< Pixels away from it where its ground begins: compression leaves a seam.
};

constexpr Demands kExact{.even = 0.6, .textured = 0.5, .sharp = 0.7, .times = 2.2, .beside = 2};
constexpr Demands kCompressed{.even = 0.75, .textured = 0.6, .sharp = 0.75, .times = 3, .beside = 3};

const Demands& demands_of(int tolerance) {
    return tolerance == 0 ? kExact : kCompressed;
}

/// One byte a pixel of the component's box.
struct Patch {
    std::vector<std::uint8_t> inside;
    std::int64_t columns;
    std::int64_t rows;

    bool at(std::int64_t x, std::int64_t y) const {
        return x >= 0 && y >= 0 && x < columns && y < rows &&
               inside[static_cast<std::size_t>(y * columns + x)] != 0;
    }
};

Patch patch_of(const Component& component) {
    const Box& box = component.moments.box;
    Patch patch{{}, box.width(), box.height()};
    patch.inside.resize(static_cast<std::size_t>(box.area()), 0);
    for (const Stretch& stretch : component.stretches) {
        const auto row = patch.inside.begin() + (stretch.y - box.top) * patch.columns;
        std::fill(row + (stretch.x0 - box.left), row + (stretch.x1 - box.left), std::uint8_t{1});
    }
    return patch;
}

/// The length of the run of inside pixels through each of them, along rows or along columns.
std::vector<std::int32_t> run_lengths(const Patch& patch, bool down) {
    std::vector<std::int32_t> lengths(patch.inside.size(), 0);
    const std::int64_t lines = down ? patch.columns : patch.rows;
    const std::int64_t ends = down ? patch.rows : patch.columns;
    const std::int64_t step = down ? patch.columns : 1;
    for (std::int64_t line = 0; line < lines; ++line) {
        const std::int64_t start = down ? line : line * patch.columns;
        for (std::int64_t from = 0; from < ends;) {
            std::int64_t to = from;
            while (to < ends && patch.inside[static_cast<std::size_t>(start + to * step)] != 0) {
                ++to;
            }
            for (std::int64_t at = from; at < to; ++at) {
                lengths[static_cast<std::size_t>(start + at * step)] = static_cast<std::int32_t>(to - from);
            }
            from = to + 1;
        }
    }
    return lengths;
}

/// Lengths of the runs of inside pixels through each of them.
struct Runs {
    std::vector<std::int32_t> across;
    std::vector<std::int32_t> down;
};

struct Widths {
    double median = 0;
    double even = 0;      ///< Share of pixels whose width is near the median.
    double straight = 0;  ///< Share of pixels on long upright or level runs.
};

/// The shorter of both runs through a pixel is between the line's width and its square root of two fold.
/// Where a line crosses itself it is wider, so the width is sought among the narrower half.
Widths widths_of(const Runs& runs) {
    std::vector<std::int32_t> widths;
    for (std::size_t pixel = 0; pixel < runs.across.size(); ++pixel) {
        if (runs.across[pixel] > 0) {
            widths.push_back(std::min(runs.across[pixel], runs.down[pixel]));
        }
    }
    if (widths.empty()) {
        return {};
    }
    std::vector<std::int32_t> sorted = widths;
    const auto place = static_cast<std::size_t>(kWidthQuantile * static_cast<double>(sorted.size()));
    std::ranges::nth_element(sorted, sorted.begin() + static_cast<std::ptrdiff_t>(place));
    Widths facts{static_cast<double>(sorted[place])};
    for (std::size_t pixel = 0, at = 0; pixel < runs.across.size(); ++pixel) {
        if (runs.across[pixel] == 0) {
            continue;
        }
        const double width = widths[at++];
        const double longer = std::max(runs.across[pixel], runs.down[pixel]);
        facts.even += width >= 0.5 * facts.median - 1 && width <= 1.6 * facts.median + 1 ? 1 : 0;
        facts.straight += longer > kStraightRun * facts.median ? 1 : 0;
    }
    facts.even /= static_cast<double>(widths.size());
    facts.straight /= static_cast<double>(widths.size());
    return facts;
}

struct Ground {
    double textured = 0;
    double sharpness = 0;
    double differing = 0;
};

/// Where a line ends, and the way out of it.
struct Side {
    std::int64_t x;
    std::int64_t y;
    std::int64_t out_x;
    std::int64_t out_y;
};

/// What lies beside a line, looked at across it: along it what was drawn smoothly ends over many pixels.
class Beside {
public:
    Beside(const PictureView& picture, const Plane& luma, const Component& component, const Patch& patch)
        : picture_{picture}, luma_{luma}, component_{component}, patch_{patch} {}

    /// `from`: pixels away, where its ground begins.
    void look(const Side& side, int from, int contrast) {
        const std::int64_t x = side.x + (from + 2) * side.out_x;
        const std::int64_t y = side.y + (from + 2) * side.out_y;
        const std::int64_t near_x = side.x + from * side.out_x;
        const std::int64_t near_y = side.y + from * side.out_y;
        if (!luma_.holds(x, y) || is_inside(near_x, near_y) || is_inside(x, y)) {
            return;
        }
        ++count_;
        const int step = distance(near_x, near_y);
        near_ += step;
        differing_ += step >= contrast ? 1 : 0;
        far_ += distance(x, y);
        textured_ += range_around(x, y, side) >= kTexture ? 1 : 0;
    }

    Ground ground() const {
        const double n = std::max(1.0, count_);
        return {textured_ / n, near_ / std::max(1.0, far_), differing_ / n};
    }

private:
    bool is_inside(std::int64_t x, std::int64_t y) const {
        return patch_.at(x - component_.moments.box.left, y - component_.moments.box.top);
    }

    int distance(std::int64_t x, std::int64_t y) const {
        int most = 0;
        for (std::size_t channel = 0; channel < picture_.channels; ++channel) {
            const int sample = picture_.at(static_cast<std::size_t>(x), static_cast<std::size_t>(y), channel);
            most = std::max(most, std::abs(sample - component_.value[channel]));
        }
        return most;
    }

    int range_around(std::int64_t x, std::int64_t y, const Side& side) const {
        int least = luma_.at(x, y);
        int most = least;
        const auto see = [&](std::int64_t at_x, std::int64_t at_y) {
            if (luma_.holds(at_x, at_y)) {
                least = std::min(least, luma_.at(at_x, at_y));
                most = std::max(most, luma_.at(at_x, at_y));
            }
        };
        see(x + 2 * side.out_x, y + 2 * side.out_y);
        see(x + 3 * side.out_y, y + 3 * side.out_x);
        see(x - 3 * side.out_y, y - 3 * side.out_x);
        return most - least;
    }

    const PictureView& picture_;
    const Plane& luma_;
    const Component& component_;
    const Patch& patch_;
    double count_ = 0;
    double textured_ = 0;
    double near_ = 0;
    double far_ = 0;
    double differing_ = 0;
};

Ground ground_of(
    const PictureView& picture, const Plane& luma, const Component& component, const Patch& patch,
    const Runs& runs, int tolerance
) {
    Beside beside{picture, luma, component, patch};
    const int from = demands_of(tolerance).beside;
    const int contrast = kSeenContrast + 2 * tolerance;
    const Box& box = component.moments.box;
    for (std::int64_t y = 0; y < patch.rows; ++y) {
        for (std::int64_t x = 0; x < patch.columns; ++x) {
            const auto pixel = static_cast<std::size_t>(y * patch.columns + x);
            if (patch.inside[pixel] == 0) {
                continue;
            }
            const bool steep = runs.across[pixel] <= runs.down[pixel];
            for (const int way : {-1, 1}) {
                const std::int64_t out_x = steep ? way : 0;
                const std::int64_t out_y = steep ? 0 : way;
                if (!patch.at(x + out_x, y + out_y)) {
                    beside.look({box.left + x, box.top + y, out_x, out_y}, from, contrast);
                }
            }
        }
    }
    return beside.ground();
}

/// How many runs there are, along rows or along columns.
double count_of_runs(const Patch& patch, bool down) {
    double count = 0;
    for (std::int64_t y = 0; y < patch.rows; ++y) {
        for (std::int64_t x = 0; x < patch.columns; ++x) {
            count += patch.at(x, y) && !patch.at(x - (down ? 0 : 1), y - (down ? 1 : 0)) ? 1 : 0;
        }
    }
    return count;
}

bool lie_together(const Line& a, const Line& b, int tolerance) {
    for (std::size_t channel = 0; channel < a.value.size(); ++channel) {
        if (std::abs(a.value[channel] - b.value[channel]) > tolerance) {
            return false;
        }
    }
    return a.box.left - kNear <= b.box.right && b.box.left - kNear <= a.box.right &&
           a.box.top - kNear <= b.box.bottom && b.box.top - kNear <= a.box.bottom;
}

void join(Line& line, const Line& other) {
    line.box = {
        std::min(line.box.left, other.box.left), std::min(line.box.top, other.box.top),
        std::max(line.box.right, other.box.right), std::max(line.box.bottom, other.box.bottom)};
    line.even = (line.even * line.length + other.even * other.length) / (line.length + other.length);
    line.length += other.length;
    line.across += other.across;
    line.down += other.down;
}

}  // namespace

std::optional<Line> line_of(
    const PictureView& picture, const Plane& luma, const Component& component, int tolerance
) {
    const Box& box = component.moments.box;
    const double area = component.moments.area;
    // A letter is smaller than what one line of a scribble spans.
    if (std::max(box.width(), box.height()) < kSideMin || area > kFillMax * static_cast<double>(box.area())) {
        return std::nullopt;
    }
    const Patch patch = patch_of(component);
    const Runs runs{run_lengths(patch, false), run_lengths(patch, true)};
    const Widths widths = widths_of(runs);
    const double width =
        widths.median / 1.15;  // Mean over directions of the run through a line of width one.
    const Demands& demands = demands_of(tolerance);
    if (widths.median < 1 || width > kWidthMax || area < kStretchedMin * width * width ||
        widths.even < demands.even || widths.straight > kStraightMax) {
        return std::nullopt;
    }
    const Ground ground = ground_of(picture, luma, component, patch, runs, tolerance);
    if (ground.textured < demands.textured || ground.sharpness < demands.sharp ||
        ground.sharpness > kSharpMax || ground.differing < kDifferingMin) {
        return std::nullopt;
    }
    return Line{box,
                component.value,
                area / width,
                widths.even,
                count_of_runs(patch, false),
                count_of_runs(patch, true)};
}

/// A scribble is crossed more often than an outline by whatever runs straight through it, and it is long for
/// its box or, where its turns touch and its length cannot be told from its area, crossed the more often.
bool goes_back_and_forth(const Line& line, double times_min) {
    const auto wide = static_cast<double>(line.box.width());
    const auto high = static_cast<double>(line.box.height());
    const double times = std::max(line.across / high, line.down / wide);
    const double length = line.length / std::hypot(wide, high);
    return (length >= kLengthMin && times >= kTimesMin) ||
           (length >= kLengthTurningMin && times >= times_min);
}

std::vector<Occlusion> scribbles_of(const std::vector<Line>& lines, int tolerance) {
    std::vector<Line> joined;
    for (const Line& line : lines) {
        Line whole = line;
        // What is joined may come near to what it was apart from before.
        for (std::size_t at = 0; at < joined.size();) {
            if (lie_together(whole, joined[at], std::max(1, tolerance))) {
                join(whole, joined[at]);
                joined.erase(joined.begin() + static_cast<std::ptrdiff_t>(at));
                at = 0;
            } else {
                ++at;
            }
        }
        joined.push_back(whole);
    }
    std::vector<Occlusion> found;
    for (const Line& line : joined) {
        if (std::min(line.box.width(), line.box.height()) >= kSideMin &&
            goes_back_and_forth(line, demands_of(tolerance).times)) {
            found.push_back(
                {line.box, OcclusionKind::kScribble, OcclusionVerdict::kInsufficient,
                 static_cast<float>(line.even)}
            );
        }
    }
    return found;
}

}  // namespace efface::pipeline
