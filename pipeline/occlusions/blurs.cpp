#include "pipeline/occlusions/blurs.h"

#include "pipeline/occlusions/components.h"
#include "pipeline/occlusions/rim.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <optional>

namespace efface::pipeline {

namespace {

constexpr std::int64_t kCell = 4;
constexpr std::int64_t kSideMinCells = 6;
constexpr std::array kLevels{1.0, 1.5, 2.25, 3.4, 5.0};
constexpr double kFitMin = 0.80;
constexpr double kContrastMin = 2.5;  ///< Of the fine structure around to that inside.
constexpr double kRingMin = 0.8;      ///< Share of the ring above the level.
constexpr double kContinuityMin = 0.4;
constexpr double kSpreadMin = 3;  ///< Grey levels that the coarse structure inside spans at least.
constexpr double kOutsideMax = 0.3;
constexpr double kSpanMax = 0.9;

/// Mean absolute second difference along rows and columns, of cells of kCell by kCell pixels.
struct FineMap {
    std::vector<float> values;
    std::int64_t columns = 0;
    std::int64_t rows = 0;

    float at(std::int64_t x, std::int64_t y) const {
        return values[static_cast<std::size_t>(y * columns + x)];
    }
};

FineMap fine_map(const Plane& plane) {
    FineMap map;
    map.columns = plane.columns / kCell;
    map.rows = plane.rows / kCell;
    map.values.assign(static_cast<std::size_t>(map.columns * map.rows), 0);
    for (std::int64_t y = 0; y < map.rows * kCell; ++y) {
        const std::uint8_t* row = plane.row(y);
        const std::uint8_t* above = plane.row(std::max<std::int64_t>(0, y - 1));
        const std::uint8_t* below = plane.row(std::min(plane.rows - 1, y + 1));
        float* out = &map.values[static_cast<std::size_t>(y / kCell * map.columns)];
        for (std::int64_t cell = 0; cell < map.columns; ++cell) {
            int sum = 0;
            for (std::int64_t x = cell * kCell; x < (cell + 1) * kCell; ++x) {
                const int left = row[std::max<std::int64_t>(0, x - 1)];
                const int right = row[std::min(plane.columns - 1, x + 1)];
                sum += std::abs(2 * row[x] - left - right) + std::abs(2 * row[x] - above[x] - below[x]);
            }
            out[cell] += static_cast<float>(sum);
        }
    }
    for (float& value : map.values) {
        value /= static_cast<float>(kCell * kCell);
    }
    return map;
}

/// Cells below the level as a picture of zeros; above it no two neighbours are alike, so they join nothing.
Picture below(const FineMap& map, double level) {
    Picture picture{static_cast<std::size_t>(map.columns), static_cast<std::size_t>(map.rows), 1};
    for (std::int64_t y = 0; y < map.rows; ++y) {
        for (std::int64_t x = 0; x < map.columns; ++x) {
            const bool low = map.at(x, y) < level;
            picture.samples[static_cast<std::size_t>(y * map.columns + x)] =
                low ? std::uint8_t{0} : static_cast<std::uint8_t>(1 + (x + y) % 2);
        }
    }
    return picture;
}

struct Fine {
    double inside = 0;
    double around = 0;
    double above = 0;   ///< Share of the ring's cells above the level.
    double beyond = 0;  ///< Share of the ring outside the picture.
};

Fine fine_of(const FineMap& map, const Component& component, const Shape& shape, double level) {
    std::vector<float> inside;
    for (const Stretch& stretch : component.stretches) {
        for (std::int32_t x = stretch.x0; x < stretch.x1; ++x) {
            inside.push_back(map.at(x, stretch.y));
        }
    }
    std::vector<float> ring;
    double outside = 0;
    double all = 0;
    for (const RimPoint& point : shape.grown(2).rim(1)) {
        const auto x = static_cast<std::int64_t>(std::floor(point.x));
        const auto y = static_cast<std::int64_t>(std::floor(point.y));
        ++all;
        if (x < 0 || y < 0 || x >= map.columns || y >= map.rows) {
            ++outside;
            continue;
        }
        ring.push_back(map.at(x, y));
    }
    const auto median = [](std::vector<float>& values) {
        const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
        std::nth_element(values.begin(), middle, values.end());
        return static_cast<double>(*middle);
    };
    if (inside.empty() || ring.empty()) {
        return {};
    }
    const auto above = std::ranges::count_if(ring, [&](float value) { return value >= level; });
    return {
        median(inside), median(ring), static_cast<double>(above) / static_cast<double>(ring.size()),
        outside / all};
}

/// Standard deviation of means of cells inside.
double spread_of(const Plane& plane, const Component& component) {
    double n = 0;
    double sum = 0;
    double squares = 0;
    for (const Stretch& stretch : component.stretches) {
        for (std::int32_t x = stretch.x0; x < stretch.x1; ++x) {
            const double value = plane.at(x * kCell + kCell / 2, stretch.y * kCell + kCell / 2);
            n += 1;
            sum += value;
            squares += value * value;
        }
    }
    return std::sqrt(std::max(0.0, squares / n - (sum / n) * (sum / n)));
}

Shape in_pixels(Shape shape) {
    const auto cell = static_cast<double>(kCell);
    shape.x *= cell;
    shape.y *= cell;
    shape.a *= cell;
    shape.b *= cell;
    return shape;
}

std::optional<Occlusion> judged(
    const Plane& plane, const FineMap& map, const Component& component, double level
) {
    const Box& box = component.moments.box;
    if (static_cast<double>(box.width()) > kSpanMax * static_cast<double>(map.columns) ||
        static_cast<double>(box.height()) > kSpanMax * static_cast<double>(map.rows)) {
        return std::nullopt;
    }
    Shape shape = upright(component.moments);
    double fit = overlap(shape, component.stretches, component.moments.area);
    const Shape round = fitted(component.moments, Shape::Form::kEllipse);
    if (const double other = overlap(round, component.stretches, component.moments.area); other > fit) {
        shape = round;
        fit = other;
    }
    if (fit < kFitMin) {
        return std::nullopt;
    }
    const Fine fine = fine_of(map, component, shape, level);
    if (fine.beyond > kOutsideMax || fine.above < kRingMin ||
        fine.around < kContrastMin * std::max(0.3, fine.inside) || spread_of(plane, component) < kSpreadMin) {
        return std::nullopt;
    }
    const Shape pixels = in_pixels(shape);
    if (continuity(plane, pixels.grown(static_cast<double>(kCell) / 2), 5) < kContinuityMin) {
        return std::nullopt;
    }
    return Occlusion{
        pixels.grown(static_cast<double>(kCell) / 2)
            .bounds()
            .clipped_to(static_cast<std::size_t>(plane.columns), static_cast<std::size_t>(plane.rows)),
        OcclusionKind::kBlur, OcclusionVerdict::kInsufficient, static_cast<float>(fit)};
}

}  // namespace

std::vector<Occlusion> find_blurs(const Plane& plane) {
    const FineMap map = fine_map(plane);
    std::vector<Occlusion> found;
    for (const double level : kLevels) {
        const Picture low = below(map, level);
        const ComponentBounds bounds{
            .tolerance = 0,
            .stretch_min = 2,
            .area_min = kSideMinCells * kSideMinCells,
            .side_min = kSideMinCells};
        for (const Component& component : components_of(low.view(), bounds)) {
            if (component.value[0] != 0) {
                continue;
            }
            if (const auto occlusion = judged(plane, map, component, level)) {
                found.push_back(*occlusion);
            }
        }
    }
    return found;
}

}  // namespace efface::pipeline
