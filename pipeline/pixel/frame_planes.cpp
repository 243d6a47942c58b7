#include "pipeline/pixel/frame_planes.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace efface::pipeline {
namespace {

using Colour = std::array<double, 3>;

/// PS3.3 C.7.6.3.1.2; chroma about 0.
Colour ybr_of(const Colour& rgb) {
    return {
        0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2],
        -0.168736 * rgb[0] - 0.331264 * rgb[1] + 0.5 * rgb[2],
        0.5 * rgb[0] - 0.418688 * rgb[1] - 0.081312 * rgb[2]};
}

Colour colour_at(const Planes& planes, std::size_t i) {
    return {planes.plane(0)[i], planes.plane(1)[i], planes.plane(2)[i]};
}

/// A pixel's colour as it is stored; of two that share it, that of both.
Colour stored_colour(const NativeImage& image, const Planes& planes, std::size_t i) {
    Colour colour = colour_at(planes, i);
    if (!image.is_ybr()) {
        return colour;
    }
    colour = ybr_of(colour);
    if (image.shares_chroma()) {
        const Colour other = ybr_of(colour_at(planes, i ^ 1U));
        colour[1] = (colour[1] + other[1]) / 2;
        colour[2] = (colour[2] + other[2]) / 2;
    }
    colour[1] += image.middle_value();
    colour[2] += image.middle_value();
    return colour;
}

}  // namespace

bool can_be_filled(const NativeImage& image) {
    return !image.is_palette() && !image.is_packed() && !image.is_float();
}

Planes planes_of(
    std::span<const std::byte> samples, const NativeImage& image, std::uint64_t frame, const PixelSet& hidden
) {
    const bool is_colour = image.samples_per_pixel() == 3;
    Planes planes{image.columns(), image.rows(), is_colour ? 3U : 1U};
    for (std::size_t i = 0; i < planes.pixels(); ++i) {
        if (hidden.in[i] != 0) {
            continue;
        }
        const std::size_t x = i % planes.columns;
        const std::size_t y = i / planes.columns;
        if (is_colour) {
            const Colour colour = image.rgb(samples, frame, x, y);
            for (std::size_t channel = 0; channel < colour.size(); ++channel) {
                planes.plane(channel)[i] = static_cast<float>(colour[channel]);
            }
        } else {
            const double value = image.value(samples, image.place(frame, x, y, 0));
            planes.plane(0)[i] = static_cast<float>(image.is_inverted() ? -value : value);
        }
    }
    return planes;
}

void put_planes(
    std::span<std::byte> samples, const NativeImage& image, std::uint64_t frame, const Planes& planes,
    const PixelSet& set
) {
    for (std::size_t i = 0; i < planes.pixels(); ++i) {
        if (set.in[i] == 0) {
            continue;
        }
        const std::size_t x = i % planes.columns;
        const std::size_t y = i / planes.columns;
        if (planes.channels == 1) {
            const auto value = static_cast<double>(planes.plane(0)[i]);
            image.put(samples, image.place(frame, x, y, 0), image.is_inverted() ? -value : value);
            continue;
        }
        const Colour colour = stored_colour(image, planes, i);
        for (std::size_t channel = 0; channel < colour.size(); ++channel) {
            image.put(samples, image.place(frame, x, y, channel), colour[channel]);
        }
    }
}

}  // namespace efface::pipeline
