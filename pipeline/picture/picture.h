// Picture: one frame as finders and people look at it: eight bits, grey or RGB. Never written back: what the
// network or a detector saw is not what a data set holds.
// Thread rule: values.
#pragma once

#include "config/assert.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace efface::pipeline {

/// A rectangle of pixels, half open: columns left <= x < right, rows top <= y < bottom. (0,0) is the first
/// sample of the frame. Coordinates may lie outside of a frame until clipped_to().
struct Box {
    std::int64_t left = 0;
    std::int64_t top = 0;
    std::int64_t right = 0;
    std::int64_t bottom = 0;

    bool operator==(const Box&) const = default;

    std::int64_t width() const { return std::max<std::int64_t>(0, right - left); }

    std::int64_t height() const { return std::max<std::int64_t>(0, bottom - top); }

    std::int64_t area() const { return width() * height(); }

    bool empty() const { return width() == 0 || height() == 0; }

    bool holds(const Box& inner) const {
        return left <= inner.left && top <= inner.top && right >= inner.right && bottom >= inner.bottom;
    }

    Box clipped_to(std::size_t columns, std::size_t rows) const {
        const auto limit = [](std::int64_t value, std::size_t end) {
            return std::clamp<std::int64_t>(value, 0, static_cast<std::int64_t>(end));
        };
        return {limit(left, columns), limit(top, rows), limit(right, columns), limit(bottom, rows)};
    }
};

/// Pixels of eight bits, row by row without gaps; three channels are R, G, B.
struct PictureView {
    std::span<const std::uint8_t> samples;
    std::size_t columns = 0;
    std::size_t rows = 0;
    std::size_t channels = 1;  ///< 1 or 3.

    std::uint8_t at(std::size_t x, std::size_t y, std::size_t channel = 0) const {
        return samples[(y * columns + x) * channels + channel];
    }
};

struct Picture {
    std::vector<std::uint8_t> samples;
    std::size_t columns = 0;
    std::size_t rows = 0;
    std::size_t channels = 1;

    Picture() = default;

    Picture(std::size_t width, std::size_t height, std::size_t planes)
        : samples(width * height * planes), columns{width}, rows{height}, channels{planes} {
        EFFACE_ASSERT(channels == 1 || channels == 3);
    }

    PictureView view() const { return {samples, columns, rows, channels}; }
};

}  // namespace efface::pipeline
