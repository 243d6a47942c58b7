#include "pipeline/pixel/mask.h"

#include <algorithm>

namespace efface::pipeline {

namespace {

constexpr std::int64_t kTextMarginMin = 4;

std::int64_t down_to_grid(std::int64_t value) {
    const std::int64_t rest = ((value % kMaskGrid) + kMaskGrid) % kMaskGrid;
    return value - rest;
}

Box on_grid(const Box& box, std::size_t columns, std::size_t rows) {
    return Box{
        down_to_grid(box.left), down_to_grid(box.top), down_to_grid(box.right + kMaskGrid - 1),
        down_to_grid(box.bottom + kMaskGrid - 1)}
        .clipped_to(columns, rows);
}

Box grown(const Box& box, std::int64_t across, std::int64_t down) {
    return {box.left - across, box.top - down, box.right + across, box.bottom + down};
}

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
    const bool by_one = std::any_of(boxes.begin(), boxes.end(), [&](const Box& one) {
        return one.left <= inside.left && one.top <= inside.top && one.right >= inside.right &&
               one.bottom >= inside.bottom;
    });
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

Box mask_box_of_region(const Box& named, std::size_t columns, std::size_t rows) {
    return on_grid(named, columns, rows);
}

Box mask_box_of_text(const Box& found, std::size_t columns, std::size_t rows) {
    const std::int64_t height = std::min(found.width(), found.height());
    const std::int64_t along = std::max(kTextMarginMin, height + height / 2);
    const std::int64_t across = std::max(kTextMarginMin, height / 4);
    const bool upright = found.width() >= found.height();
    return on_grid(upright ? grown(found, along, across) : grown(found, across, along), columns, rows);
}

Box mask_box_of_face(const Box& found, std::size_t columns, std::size_t rows) {
    return on_grid(grown(found, (found.width() + 3) / 4, (found.height() + 3) / 4), columns, rows);
}

Box mask_box_of_occlusion(const Box& found, std::size_t columns, std::size_t rows) {
    return on_grid(grown(found, (found.width() + 7) / 8, (found.height() + 7) / 8), columns, rows);
}

void add(Mask& mask, const Box& box, std::size_t columns, std::size_t rows) {
    if (!box.empty() && !mask.covers(box, columns, rows)) {
        mask.boxes.push_back(box);
    }
}

void blacken(std::span<std::byte> samples, const NativeImage& image, const Mask& mask) {
    const auto black = std::as_bytes(std::span{image.black()});
    const std::size_t width = image.sample_bytes();
    for (std::uint64_t frame = 0; frame < image.frame_count(); ++frame) {
        for (const Box& whole : mask.boxes) {
            const Box box = whole.clipped_to(image.columns(), image.rows());
            for (std::int64_t y = box.top; y < box.bottom; ++y) {
                for (std::int64_t x = box.left; x < box.right; ++x) {
                    for (std::size_t channel = 0; channel < image.samples_per_pixel(); ++channel) {
                        const std::uint64_t place = image.place(
                            frame, static_cast<std::size_t>(x), static_cast<std::size_t>(y), channel
                        );
                        std::ranges::copy(
                            black.subspan(channel * width, width),
                            samples.begin() + static_cast<std::ptrdiff_t>(place)
                        );
                    }
                }
            }
        }
    }
}

}  // namespace efface::pipeline
