#include "pipeline/occlusions/components.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <numeric>

namespace efface::pipeline {

namespace {

struct Run {
    Stretch stretch;
    std::array<std::uint8_t, 3> value{};
};

using Value = std::array<std::uint8_t, 3>;

Value value_at(const PictureView& picture, std::size_t pixel) {
    Value value{};
    for (std::size_t channel = 0; channel < picture.channels; ++channel) {
        value[channel] = picture.samples[pixel * picture.channels + channel];
    }
    return value;
}

bool alike(const Value& a, const Value& b, int tolerance) {
    for (std::size_t channel = 0; channel < a.size(); ++channel) {
        if (std::abs(int{a[channel]} - int{b[channel]}) > tolerance) {
            return false;
        }
    }
    return true;
}

void append_runs(
    const PictureView& picture, std::size_t y, const ComponentBounds& bounds, std::vector<Run>& runs
) {
    const std::size_t start = y * picture.columns;
    std::size_t x = 0;
    while (x < picture.columns) {
        const Value first = value_at(picture, start + x);
        std::size_t end = x + 1;
        while (end < picture.columns && alike(first, value_at(picture, start + end), bounds.tolerance)) {
            ++end;
        }
        if (end - x >= static_cast<std::size_t>(bounds.stretch_min)) {
            runs.push_back(
                {{static_cast<std::int32_t>(y), static_cast<std::int32_t>(x), static_cast<std::int32_t>(end)},
                 value_at(picture, start + (x + end) / 2)}
            );
        }
        x = end;
    }
}

std::uint32_t root_of(std::vector<std::uint32_t>& parents, std::uint32_t node) {
    while (parents[node] != node) {
        parents[node] = parents[parents[node]];
        node = parents[node];
    }
    return node;
}

/// Runs of rows y-1 (from `above` on) and y (from `here` on) that touch and are alike become one.
void join_rows(
    const std::vector<Run>& runs, std::size_t above, std::size_t here, int tolerance,
    std::vector<std::uint32_t>& parents
) {
    std::size_t upper = above;
    for (std::size_t lower = here; lower < runs.size(); ++lower) {
        const Stretch& low = runs[lower].stretch;
        while (upper < here && runs[upper].stretch.x1 < low.x0) {
            ++upper;
        }
        // Corners count: a thin slanting line hangs together by them.
        for (std::size_t at = upper; at < here && runs[at].stretch.x0 <= low.x1; ++at) {
            if (alike(runs[at].value, runs[lower].value, tolerance)) {
                const std::uint32_t a = root_of(parents, static_cast<std::uint32_t>(at));
                const std::uint32_t b = root_of(parents, static_cast<std::uint32_t>(lower));
                parents[std::max(a, b)] = std::min(a, b);
            }
        }
    }
}

}  // namespace

std::vector<Component> components_of(const PictureView& picture, const ComponentBounds& bounds) {
    std::vector<Run> runs;
    std::vector<std::uint32_t> parents;
    std::size_t above = 0;
    for (std::size_t y = 0; y < picture.rows; ++y) {
        const std::size_t here = runs.size();
        append_runs(picture, y, bounds, runs);
        parents.resize(runs.size());
        std::iota(
            parents.begin() + static_cast<std::ptrdiff_t>(here), parents.end(),
            static_cast<std::uint32_t>(here)
        );
        join_rows(runs, above, here, bounds.tolerance, parents);
        above = here;
    }
    std::vector<double> areas(runs.size(), 0);
    for (std::uint32_t run = 0; run < runs.size(); ++run) {
        areas[root_of(parents, run)] += runs[run].stretch.x1 - runs[run].stretch.x0;
    }
    std::map<std::uint32_t, Component> kept;
    for (std::uint32_t run = 0; run < runs.size(); ++run) {
        const std::uint32_t root = root_of(parents, run);
        if (areas[root] < bounds.area_min) {
            continue;
        }
        Component& component = kept[root];
        component.value = runs[root].value;
        component.moments.add(runs[run].stretch);
        component.stretches.push_back(runs[run].stretch);
    }
    std::vector<Component> components;
    for (auto& [root, component] : kept) {
        const Box& box = component.moments.box;
        if (std::min(box.width(), box.height()) >= bounds.side_min) {
            components.push_back(std::move(component));
        }
    }
    std::ranges::stable_sort(components, [](const Component& a, const Component& b) {
        return a.moments.area > b.moments.area;
    });
    components.resize(std::min(components.size(), kComponentsMax));
    return components;
}

}  // namespace efface::pipeline
