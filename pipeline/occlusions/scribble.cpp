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
constexpr double kEvenMin = 0.75;
/// Length of the line over the diagonal of its box: an outline has about 2.2, a letter at most 3.
constexpr double kLengthMin = 2.5;
constexpr double kStraightRun = 25;  ///< Widths: what runs straight for longer was ruled.
constexpr double kStraightMax = 0.4;
constexpr double kTexturedMin = 0.6;
constexpr double kSharpMin = 0.7;
constexpr int kSeenContrast = 10;
constexpr double kDifferingMin = 0.6;  ///< Share of the line's sides that can be told from it.
constexpr int kTexture = 4;
constexpr std::int64_t kNear = 12;  ///< How far apart the parts of one scribble may lie.

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

struct Widths {
    double median = 0;
    double even = 0;      ///< Share of pixels whose width is near the median.
    double straight = 0;  ///< Share of pixels on long upright or level runs.
};

/// The shorter of both runs through a pixel is between the line's width and its square root of two fold.
Widths widths_of(const Patch& patch) {
    const std::vector<std::int32_t> across = run_lengths(patch, false);
    const std::vector<std::int32_t> down = run_lengths(patch, true);
    std::vector<std::int32_t> widths;
    for (std::size_t pixel = 0; pixel < across.size(); ++pixel) {
        if (across[pixel] > 0) {
            widths.push_back(std::min(across[pixel], down[pixel]));
        }
    }
    if (widths.empty()) {
        return {};
    }
    std::vector<std::int32_t> sorted = widths;
    std::ranges::nth_element(sorted, sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2));
    Widths facts{static_cast<double>(sorted[sorted.size() / 2])};
    for (std::size_t pixel = 0, at = 0; pixel < across.size(); ++pixel) {
        if (across[pixel] == 0) {
            continue;
        }
        const double width = widths[at++];
        facts.even += width >= 0.5 * facts.median - 1 && width <= 1.6 * facts.median + 1 ? 1 : 0;
        facts.straight += std::max(across[pixel], down[pixel]) > kStraightRun * facts.median ? 1 : 0;
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

/// What lies left and right of the ends of the component's stretches.
Ground ground_of(
    const PictureView& picture, const Plane& luma, const Component& component, const Patch& patch,
    int contrast
) {
    const Box& box = component.moments.box;
    const auto distance = [&](std::int64_t x, std::int64_t y) {
        int most = 0;
        for (std::size_t channel = 0; channel < picture.channels; ++channel) {
            const int sample = picture.at(static_cast<std::size_t>(x), static_cast<std::size_t>(y), channel);
            most = std::max(most, std::abs(sample - component.value[channel]));
        }
        return most;
    };
    double count = 0;
    double textured = 0;
    double near = 0;
    double far = 0;
    double differing = 0;
    for (const Stretch& stretch : component.stretches) {
        for (const int way : {-1, 1}) {
            const std::int64_t x = way < 0 ? stretch.x0 - 1 : stretch.x1;
            const std::int64_t second = x + way;
            const std::int64_t third = x + 3 * way;
            if (!luma.holds(third, stretch.y) || patch.at(second - box.left, stretch.y - box.top) ||
                patch.at(third - box.left, stretch.y - box.top)) {
                continue;
            }
            ++count;
            const int step = distance(second, stretch.y);
            near += step;
            differing += step >= contrast ? 1 : 0;
            far += distance(third, stretch.y);
            const int middle = luma.at(third, stretch.y);
            const std::int64_t other = luma.holds(x + 5 * way, stretch.y) ? x + 5 * way : third;
            const int low = luma.at(third, std::max<std::int64_t>(0, stretch.y - 3));
            const int high = luma.at(third, std::min<std::int64_t>(luma.rows - 1, stretch.y + 3));
            const int beyond = luma.at(other, stretch.y);
            const auto [least, most] = std::minmax({middle, low, high, beyond});
            textured += most - least >= kTexture ? 1 : 0;
        }
    }
    const double n = std::max(1.0, count);
    return {textured / n, near / std::max(1.0, far), differing / n};
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
    const Widths widths = widths_of(patch);
    const double width =
        widths.median / 1.15;  // Mean over directions of the run through a line of width one.
    if (widths.median < 1 || width > kWidthMax || widths.even < kEvenMin || widths.straight > kStraightMax) {
        return std::nullopt;
    }
    const Ground ground = ground_of(picture, luma, component, patch, kSeenContrast + 2 * tolerance);
    if (ground.textured < kTexturedMin || ground.sharpness < kSharpMin || ground.differing < kDifferingMin) {
        return std::nullopt;
    }
    return Line{box, component.value, area / width, widths.even};
}

std::vector<Occlusion> scribbles_of(const std::vector<Line>& lines, int tolerance) {
    std::vector<Line> joined;
    for (const Line& line : lines) {
        Line whole = line;
        // What is joined may come near to what it was apart from before.
        for (std::size_t at = 0; at < joined.size();) {
            if (lie_together(whole, joined[at], tolerance)) {
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
        const double diagonal =
            std::hypot(static_cast<double>(line.box.width()), static_cast<double>(line.box.height()));
        if (std::min(line.box.width(), line.box.height()) >= kSideMin &&
            line.length >= kLengthMin * diagonal) {
            found.push_back(
                {line.box, OcclusionKind::kScribble, OcclusionVerdict::kInsufficient,
                 static_cast<float>(line.even)}
            );
        }
    }
    return found;
}

}  // namespace efface::pipeline
