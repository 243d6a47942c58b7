// Planes: what the fill computes with: samples as floats, plane by plane, and which of them are hidden. A
// hidden value is never read: it is replaced by choice, not multiplied by zero, so that not even NaN passes.
// Every mean over a neighbourhood is one over what may be read there (normalised convolution, Knutsson and
// Westin 1993). Thread rule: values and pure functions.
#pragma once

#include "pipeline/picture/picture.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace efface::pipeline {

/// One value a pixel, row by row; 1: the pixel belongs to the set.
struct PixelSet {
    std::size_t columns = 0;
    std::size_t rows = 0;
    std::vector<std::uint8_t> in;

    PixelSet() = default;

    PixelSet(std::size_t width, std::size_t height) : columns{width}, rows{height}, in(width * height, 0) {}

    bool at(std::size_t x, std::size_t y) const { return in[y * columns + x] != 0; }

    std::size_t count() const;

    /// Adds what of the box lies within.
    void add(const Box& box);
};

/// The pixels within `by` pixels of the set, across and down (a square), the set's own among them.
PixelSet grown(const PixelSet& set, std::size_t by);
PixelSet complement(const PixelSet& set);
/// Of the same size.
PixelSet both(const PixelSet& a, const PixelSet& b);

/// Samples, plane by plane.
struct Planes {
    std::size_t columns = 0;
    std::size_t rows = 0;
    std::size_t channels = 1;
    std::vector<float> values;

    Planes() = default;

    Planes(std::size_t width, std::size_t height, std::size_t planes)
        : columns{width}, rows{height}, channels{planes}, values(width * height * planes, 0.0F) {}

    std::size_t pixels() const { return columns * rows; }

    std::span<float> plane(std::size_t channel) {
        return std::span{values}.subspan(channel * pixels(), pixels());
    }

    std::span<const float> plane(std::size_t channel) const {
        return std::span{values}.subspan(channel * pixels(), pixels());
    }
};

/// The mean of the channels.
std::vector<float> mean_of_channels(const Planes& planes);

/// `value` in every channel of what is in the set.
void put(Planes& planes, const PixelSet& set, float value);

/// What of both lies in the box, which lies in both.
Planes part_of(const Planes& planes, const Box& box);
PixelSet part_of(const PixelSet& set, const Box& box);

/// A Gaussian of this deviation in pixels over the pixels of `read` alone; where none of them is near, 0.
std::vector<float> blurred(std::span<const float> plane, const PixelSet& read, float deviation);

/// The value at this share (0 to 1) of the sorted values; they are reordered. Not empty.
float quantile(std::span<float> values, double share);

}  // namespace efface::pipeline
