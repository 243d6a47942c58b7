#include "pipeline/occlusions/constant_regions.h"

#include "pipeline/occlusions/components.h"
#include "pipeline/occlusions/rim.h"
#include "pipeline/occlusions/scribble.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <optional>

namespace efface::pipeline {

namespace {

constexpr double kFitMin = 0.93;
constexpr double kOneValueMin = 0.97;
constexpr double kOneValueOfLineMin = 0.95;  ///< What is crossed shines through its sides.
constexpr double kAreaMin = 300;
constexpr double kOutsideMax = 0.30;
constexpr double kContrastMin = 7;
constexpr double kDifferingMin = 0.4;
constexpr double kSharpMin = 0.75;
constexpr double kTexturedMin = 0.4;
constexpr double kTexturedCompressedMin = 0.6;
constexpr double kVarietyMin = 3;
constexpr double kEqualMax = 0.75;  ///< Else it is a cell among cells.
constexpr double kSpanMax = 0.9;
/// Beyond this only lines are looked for: compression leaves none of their samples alone.
constexpr int kShapeTolerance = 6;
constexpr double kBlockOfJpeg = 8;

struct Fit {
    Shape shape;
    double score = 0;
};

Fit best_fit(const Component& component) {
    const double area = component.moments.area;
    Fit best;
    for (const Shape& shape :
         {upright(component.moments), fitted(component.moments, Shape::Form::kRectangle),
          fitted(component.moments, Shape::Form::kEllipse)}) {
        const double score = overlap(shape, component.stretches, area);
        if (score > best.score + 0.005) {
            best = {shape, score};
        }
    }
    return best;
}

/// The most frequent grey level of the region, and the share of its samples that lie near it: neighbours may
/// be alike from end to end of a slope.
struct Level {
    int value = 0;
    double share = 0;
};

Level level_of(const Plane& luma, const Component& component, int tolerance) {
    std::array<double, 256> counts{};
    for (const Stretch& stretch : component.stretches) {
        for (std::int64_t x = stretch.x0; x < stretch.x1; ++x) {
            counts[static_cast<std::size_t>(luma.at(x, stretch.y))] += 1;
        }
    }
    const auto most = static_cast<int>(std::ranges::max_element(counts) - counts.begin());
    double near = 0;
    for (int value = std::max(0, most - tolerance); value <= std::min(255, most + tolerance); ++value) {
        near += counts[static_cast<std::size_t>(value)];
    }
    return {most, near / component.moments.area};
}

/// What was compressed rings inside its rim: the rim stands where the step is largest, up to a block further
/// out.
Shape refined(const Plane& luma, const Shape& shape) {
    Shape best = shape;
    double most = 0;
    for (double by = -1; by <= kBlockOfJpeg; by += 1) {
        const Shape grown = shape.grown(by);
        double sum = 0;
        double count = 0;
        for (const RimPoint& point : grown.rim(2)) {
            const auto x0 = static_cast<std::int64_t>(std::floor(point.x - point.out_x));
            const auto y0 = static_cast<std::int64_t>(std::floor(point.y - point.out_y));
            const auto x1 = static_cast<std::int64_t>(std::floor(point.x + point.out_x));
            const auto y1 = static_cast<std::int64_t>(std::floor(point.y + point.out_y));
            if (luma.holds(x0, y0) && luma.holds(x1, y1)) {
                sum += std::abs(luma.at(x1, y1) - luma.at(x0, y0));
                ++count;
            }
        }
        if (count > 0 && sum / count > most) {
            most = sum / count;
            best = grown;
        }
    }
    return best;
}

bool stands_amid_content(const RimFacts& facts, int tolerance) {
    // A thing of even brightness becomes one value when it is compressed, and so does what is around it.
    const double textured = tolerance > 0 ? kTexturedCompressedMin : kTexturedMin;
    return facts.outside <= kOutsideMax && facts.contrast >= kContrastMin &&
           facts.differing >= kDifferingMin && facts.sharpness >= kSharpMin && facts.textured >= textured &&
           facts.variety >= kVarietyMin && facts.equal <= kEqualMax;
}

bool spans(const Box& box, const Plane& luma) {
    return static_cast<double>(box.width()) >= kSpanMax * static_cast<double>(luma.columns) ||
           static_cast<double>(box.height()) >= kSpanMax * static_cast<double>(luma.rows);
}

std::optional<Occlusion> judged(const Plane& luma, const Component& component, int value, int tolerance) {
    Fit fit = best_fit(component);
    if (tolerance <= kShapeTolerance && component.moments.area >= kAreaMin && fit.score >= kFitMin) {
        if (tolerance > 0) {
            fit.shape = refined(luma, fit.shape);
        }
        if (!stands_amid_content(rim_facts(luma, fit.shape, value, tolerance > 0 ? 1 : 0), tolerance)) {
            return std::nullopt;
        }
        const bool round = fit.shape.form == Shape::Form::kEllipse;
        return Occlusion{
            tolerance > 0 ? fit.shape.bounds() : component.moments.box,
            round ? OcclusionKind::kEllipse : OcclusionKind::kBox, OcclusionVerdict::kDestroyed,
            static_cast<float>(fit.score)};
    }
    return std::nullopt;
}

}  // namespace

std::vector<Occlusion> constant_regions(const PictureView& picture, const Plane& luma, int tolerance) {
    std::vector<Occlusion> found;
    std::vector<Line> lines;
    // A steep line of three pixels that was drawn smoothly has two of its own value in a row.
    const ComponentBounds bounds{.tolerance = tolerance, .stretch_min = tolerance == 0 ? 2 : 3};
    for (const Component& component : components_of(picture, bounds)) {
        const auto [value, share] = level_of(luma, component, tolerance);
        if (share < kOneValueOfLineMin || spans(component.moments.box, luma)) {
            continue;
        }
        const auto occlusion =
            share >= kOneValueMin ? judged(luma, component, value, tolerance) : std::nullopt;
        if (occlusion) {
            found.push_back(*occlusion);
        } else if (const auto line = line_of(picture, luma, component, tolerance)) {
            lines.push_back(*line);
        }
    }
    std::ranges::move(scribbles_of(lines, tolerance), std::back_inserter(found));
    return found;
}

}  // namespace efface::pipeline
