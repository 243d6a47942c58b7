#include "pipeline/picture/mask_boxes.h"

#include <algorithm>

namespace efface::pipeline {
namespace {

/// Those that share a pixel with `inside`, by their left edges.
std::vector<Box> meeting(const std::vector<Box>& boxes, const Box& inside) {
    std::vector<Box> met;
    std::ranges::copy_if(boxes, std::back_inserter(met), [&](const Box& box) {
        return box.left < inside.right && box.right > inside.left && box.top < inside.bottom &&
               box.bottom > inside.top;
    });
    std::ranges::sort(met, {}, &Box::left);
    return met;
}

/// The rows of `inside` at which another set of boxes begins, and its end.
std::vector<std::int64_t> bands(const std::vector<Box>& met, const Box& inside) {
    std::vector<std::int64_t> edges{inside.top, inside.bottom};
    for (const Box& box : met) {
        edges.push_back(std::max(box.top, inside.top));
        edges.push_back(std::min(box.bottom, inside.bottom));
    }
    std::ranges::sort(edges);
    const auto doubled = std::ranges::unique(edges);
    edges.erase(doubled.begin(), doubled.end());
    return edges;
}

/// `met` by left edges; no box begins or ends within the band's rows.
bool covers_band(const std::vector<Box>& met, const Box& band) {
    std::int64_t reached = band.left;
    for (const Box& box : met) {
        if (box.top > band.top || box.bottom < band.bottom) {
            continue;
        }
        if (box.left > reached) {
            return false;
        }
        reached = std::max(reached, box.right);
    }
    return reached >= band.right;
}

}  // namespace

bool Mask::covers(std::int64_t x, std::int64_t y) const {
    return std::any_of(boxes.begin(), boxes.end(), [=](const Box& box) {
        return x >= box.left && x < box.right && y >= box.top && y < box.bottom;
    });
}

bool Mask::covers(const Box& box, std::size_t columns, std::size_t rows) const {
    const Box inside = box.clipped_to(columns, rows);
    const bool by_one = std::ranges::any_of(boxes, [&](const Box& one) { return one.holds(inside); });
    if (by_one || inside.empty()) {
        return true;
    }
    const std::vector<Box> met = meeting(boxes, inside);
    const std::vector<std::int64_t> edges = bands(met, inside);
    for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
        if (!covers_band(met, {inside.left, edges[i], inside.right, edges[i + 1]})) {
            return false;
        }
    }
    return true;
}

Box Hole::bounds() const {
    Box bounds = parts.front();
    for (const Box& part : parts) {
        bounds = {
            std::min(bounds.left, part.left), std::min(bounds.top, part.top),
            std::max(bounds.right, part.right), std::max(bounds.bottom, part.bottom)};
    }
    return bounds;
}

Mask Mask::of_frame(std::uint64_t frame) const {
    Mask one{boxes};
    for (const FrameBox& some : some_frames) {
        if (some.frames.holds(frame)) {
            one.boxes.push_back(some.box);
        }
    }
    return one;
}

}  // namespace efface::pipeline
