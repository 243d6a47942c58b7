#include "pipeline/pixel/mask.h"

#include "pipeline/pixel/native_image.h"

#include <algorithm>
#include <utility>

namespace efface::pipeline {

namespace {

constexpr std::int64_t kTextMarginMin = 4;
constexpr std::int64_t kFaceSteps = 8;
constexpr std::int64_t kMaskStepMax = 1 << 14;

std::int64_t down_to(std::int64_t step, std::int64_t value) {
    const std::int64_t rest = ((value % step) + step) % step;
    return value - rest;
}

Box on_grid(const Box& box, std::size_t columns, std::size_t rows, std::int64_t step = kMaskGrid) {
    return Box{
        down_to(step, box.left), down_to(step, box.top), down_to(step, box.right + step - 1),
        down_to(step, box.bottom + step - 1)}
        .clipped_to(columns, rows);
}

Box grown(const Box& box, std::int64_t across, std::int64_t down) {
    return {box.left - across, box.top - down, box.right + across, box.bottom + down};
}

Box grown_face(const Box& found) {
    return grown(found, (found.width() + 3) / 4, (found.height() + 3) / 4);
}

}  // namespace

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

std::int64_t face_mask_step(const Box& found) {
    const Box face = grown_face(found);
    const std::int64_t longer = std::max(face.width(), face.height());
    std::int64_t step = kMaskGrid;
    while (step < kMaskStepMax && kFaceSteps * step < longer) {
        step *= 2;
    }
    return step;
}

Box mask_box_of_face(const Box& found, std::size_t columns, std::size_t rows) {
    return on_grid(grown_face(found), columns, rows, face_mask_step(found));
}

Box mask_box_of_occlusion(const Box& found, std::size_t columns, std::size_t rows) {
    return on_grid(grown(found, (found.width() + 7) / 8, (found.height() + 7) / 8), columns, rows);
}

void add(Mask& mask, const Box& box, std::size_t columns, std::size_t rows) {
    if (!box.empty() && !mask.covers(box, columns, rows)) {
        mask.boxes.push_back(box);
    }
}

void add(Mask& mask, const FrameBox& box, std::size_t columns, std::size_t rows) {
    const Box inside = box.box.clipped_to(columns, rows);
    const bool known = std::ranges::any_of(mask.some_frames, [&](const FrameBox& one) {
        return one.frames.first <= box.frames.first &&
               one.frames.first + one.frames.count >= box.frames.first + box.frames.count &&
               one.box.holds(inside);
    });
    if (!inside.empty() && !known && !mask.covers(inside, columns, rows)) {
        mask.some_frames.push_back(box);
    }
}

void bound(Mask& mask, std::size_t columns, std::size_t rows) {
    if (mask.size() <= kMaskBoxesMax) {
        return;
    }
    for (const FrameBox& one : std::exchange(mask.some_frames, {})) {
        add(mask, one.box, columns, rows);
    }
}

void blacken(std::span<std::byte> samples, const NativeImage& image, const Mask& mask) {
    const auto black = std::as_bytes(std::span{image.black()});
    const std::size_t width = image.sample_bytes();
    for (std::uint64_t frame = 0; frame < image.frame_count(); ++frame) {
        const Mask shown = mask.of_frame(frame);
        for (const Box& whole : shown.boxes) {
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
