#include "tests/unit/pipeline/occlusions/covered_picture.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace efface::testing {

namespace {

using pipeline::Box;
using pipeline::Picture;

/// 0 to 1, the same for the same place, layer and seed.
double hash(std::int64_t x, std::int64_t y, std::uint32_t layer, std::uint32_t seed) {
    std::uint32_t value = static_cast<std::uint32_t>(x) * 0x9E3779B1U ^
                          static_cast<std::uint32_t>(y) * 0x85EBCA77U ^ layer * 0xC2B2AE3DU ^
                          seed * 0x27D4EB2FU;
    value = (value ^ (value >> 15U)) * 0x2C1B3C6DU;
    value = (value ^ (value >> 12U)) * 0x297A2D39U;
    return static_cast<double>(value ^ (value >> 15U)) / 4294967295.0;
}

double smooth(double t) {
    return t * t * (3 - 2 * t);
}

/// Values on a lattice, mixed in between.
double hills(double x, double y, double size, std::uint32_t layer, std::uint32_t seed) {
    const double u = x / size;
    const double v = y / size;
    const auto i = static_cast<std::int64_t>(std::floor(u));
    const auto j = static_cast<std::int64_t>(std::floor(v));
    const double s = smooth(u - std::floor(u));
    const double t = smooth(v - std::floor(v));
    const double above = hash(i, j, layer, seed) * (1 - s) + hash(i + 1, j, layer, seed) * s;
    const double below = hash(i, j + 1, layer, seed) * (1 - s) + hash(i + 1, j + 1, layer, seed) * s;
    return above * (1 - t) + below * t;
}

std::uint8_t byte(double value) {
    return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
}

using Change = std::function<double(std::int64_t x, std::int64_t y, std::size_t channel)>;

void change(Picture& picture, const Box& whole, const Change& value) {
    const Box box = whole.clipped_to(picture.columns, picture.rows);
    for (std::int64_t y = box.top; y < box.bottom; ++y) {
        for (std::int64_t x = box.left; x < box.right; ++x) {
            for (std::size_t channel = 0; channel < picture.channels; ++channel) {
                const auto pixel =
                    static_cast<std::size_t>(y) * picture.columns + static_cast<std::size_t>(x);
                picture.samples[pixel * picture.channels + channel] = byte(value(x, y, channel));
            }
        }
    }
}

double sample(const Picture& picture, std::int64_t x, std::int64_t y, std::size_t channel) {
    const auto column = std::clamp<std::int64_t>(x, 0, static_cast<std::int64_t>(picture.columns) - 1);
    const auto row = std::clamp<std::int64_t>(y, 0, static_cast<std::int64_t>(picture.rows) - 1);
    return picture.view().at(static_cast<std::size_t>(column), static_cast<std::size_t>(row), channel);
}

double mean(const Picture& picture, const Box& box, std::size_t channel) {
    double sum = 0;
    for (std::int64_t y = box.top; y < box.bottom; ++y) {
        for (std::int64_t x = box.left; x < box.right; ++x) {
            sum += sample(picture, x, y, channel);
        }
    }
    return sum / static_cast<double>(std::max<std::int64_t>(1, box.area()));
}

double distance(double x, double y, const std::array<double, 4>& line) {
    const auto [ax, ay, bx, by] = line;
    const double length = (bx - ax) * (bx - ax) + (by - ay) * (by - ay);
    const double t = std::clamp(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length, 0.0, 1.0);
    return std::hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay));
}

}  // namespace

Picture content(std::size_t columns, std::size_t rows, std::size_t channels, std::uint32_t seed) {
    Picture picture{columns, rows, channels};
    change(
        picture, {0, 0, static_cast<std::int64_t>(columns), static_cast<std::int64_t>(rows)},
        [&](std::int64_t x, std::int64_t y, std::size_t channel) {
            const auto u = static_cast<double>(x);
            const auto v = static_cast<double>(y);
            const double coarse = hills(u, v, 61, 1, seed) + 0.5 * hills(u, v, 23, 2, seed);
            const double fine = hills(u, v, 7, 3, seed) + 0.5 * hills(u, v, 3, 4, seed);
            const double noise = hash(x, y, 5 + static_cast<std::uint32_t>(channel), seed);
            return 20 + 90 * coarse + 45 * fine + 9 * noise - 8 * static_cast<double>(channel);
        }
    );
    return picture;
}

void cover_box(Picture& picture, const Box& box, const Colour& colour) {
    change(picture, box, [&](auto, auto, std::size_t channel) { return colour[channel]; });
}

void cover_ellipse(Picture& picture, const Box& box, const Colour& colour) {
    const Picture before = picture;
    change(picture, box, [&](std::int64_t x, std::int64_t y, std::size_t channel) -> double {
        const double u = (2 * static_cast<double>(x - box.left) + 1) / static_cast<double>(box.width()) - 1;
        const double v = (2 * static_cast<double>(y - box.top) + 1) / static_cast<double>(box.height()) - 1;
        return u * u + v * v <= 1 ? colour[channel] : sample(before, x, y, channel);
    });
}

void cover_mosaic(Picture& picture, const Box& box, std::int64_t cell) {
    const Picture before = picture;
    for (std::int64_t top = box.top; top < box.bottom; top += cell) {
        for (std::int64_t left = box.left; left < box.right; left += cell) {
            const Box one{left, top, std::min(left + cell, box.right), std::min(top + cell, box.bottom)};
            std::array<double, 3> colour{};
            for (std::size_t channel = 0; channel < picture.channels; ++channel) {
                colour[channel] = mean(before, one, channel);
            }
            change(picture, one, [&](auto, auto, std::size_t channel) { return colour[channel]; });
        }
    }
}

void cover_blur(Picture& picture, const Box& box, std::int64_t radius) {
    const Picture before = picture;
    Picture passed = picture;
    for (int pass = 0; pass < 3; ++pass) {
        const Picture last = passed;
        const std::int64_t reach = (3 - pass) * radius;
        const Box wider{box.left - reach, box.top - reach, box.right + reach, box.bottom + reach};
        change(passed, wider, [&](std::int64_t x, std::int64_t y, std::size_t channel) {
            return mean(last, {x - radius, y - radius, x + radius + 1, y + radius + 1}, channel);
        });
    }
    change(picture, box, [&](std::int64_t x, std::int64_t y, std::size_t channel) {
        return sample(passed, x, y, channel);
    });
}

void cover_band(Picture& picture, const Box& box, const Colour& colour, double kept) {
    const Picture before = picture;
    change(picture, box, [&](std::int64_t x, std::int64_t y, std::size_t channel) {
        return kept * sample(before, x, y, channel) + (1 - kept) * colour[channel];
    });
}

void cover_scribble(Picture& picture, const Box& box, const Colour& colour, int turns, int width) {
    const Picture before = picture;
    std::vector<std::array<double, 4>> lines;
    const double step = static_cast<double>(box.height() - width) / turns;
    for (int turn = 0; turn < turns; ++turn) {
        const double from = static_cast<double>(turn % 2 == 0 ? box.left + width : box.right - width);
        const double to = static_cast<double>(turn % 2 == 0 ? box.right - width : box.left + width);
        const double top = static_cast<double>(box.top) + width / 2.0 + turn * step;
        lines.push_back({from, top, to, top + step});
    }
    change(picture, box, [&](std::int64_t x, std::int64_t y, std::size_t channel) -> double {
        const bool drawn = std::ranges::any_of(lines, [&](const auto& line) {
            return distance(static_cast<double>(x) + 0.5, static_cast<double>(y) + 0.5, line) <= width / 2.0;
        });
        return drawn ? colour[channel] : sample(before, x, y, channel);
    });
}

void cover_soft_line(
    Picture& picture, const std::vector<std::array<double, 2>>& points, const Colour& colour, double width
) {
    const Picture before = picture;
    const Box whole{
        0, 0, static_cast<std::int64_t>(picture.columns), static_cast<std::int64_t>(picture.rows)};
    change(picture, whole, [&](std::int64_t x, std::int64_t y, std::size_t channel) {
        double far = 1e9;
        for (std::size_t at = 1; at < points.size(); ++at) {
            const std::array<double, 4> line{
                points[at - 1][0], points[at - 1][1], points[at][0], points[at][1]};
            far = std::min(far, distance(static_cast<double>(x) + 0.5, static_cast<double>(y) + 0.5, line));
        }
        const double drawn = std::clamp(width / 2 - far + 0.5, 0.0, 1.0);
        return (1 - drawn) * sample(before, x, y, channel) + drawn * colour[channel];
    });
}

}  // namespace efface::testing
