#include "tests/unit/pipeline/head_profile/drawn_head.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

namespace efface::testing {

namespace {

using pipeline::Picture;
using Point = std::pair<double, double>;

constexpr std::int64_t kSide = 480;

/// Millimetres, x forward, y down, the mouth's corner near the origin; brow to chin are kSkin.
const std::vector<Point> kSkin{{8, -75},  {9, -68},  {4, -58},  {6, -48}, {13, -36}, {20, -26}, {23, -21},
                               {21, -16}, {9, -13},  {8.5, -8}, {12, -2}, {11, 1.5}, {6.5, 4},  {10, 8},
                               {8.5, 13}, {3.5, 19}, {5.5, 27}, {4, 36},  {-4, 45}};
const std::vector<Point> kBack{
    {-22, 48},   {-44, 53},    {-52, 66},    {-54, 140},   {-150, 140}, {-148, 60},  {-160, 20}, {-178, -20},
    {-184, -60}, {-176, -100}, {-150, -135}, {-110, -152}, {-65, -150}, {-25, -130}, {-2, -105}, {6, -88}};

bool inside(const std::vector<Point>& outline, double x, double y) {
    bool within = false;
    for (std::size_t i = 0; i < outline.size(); ++i) {
        const auto& [ax, ay] = outline[i];
        const auto& [bx, by] = outline[(i + 1) % outline.size()];
        if ((ay > y) != (by > y) && x < ax + (y - ay) / (by - ay) * (bx - ax)) {
            within = !within;
        }
    }
    return within;
}

double noise(std::int64_t x, std::int64_t y, std::uint32_t seed) {
    std::uint32_t value = static_cast<std::uint32_t>(x) * 0x9E3779B1U ^
                          static_cast<std::uint32_t>(y) * 0x85EBCA77U ^ seed * 0x27D4EB2FU;
    value = (value ^ (value >> 15U)) * 0x2C1B3C6DU;
    value = (value ^ (value >> 12U)) * 0x297A2D39U;
    return static_cast<double>(value ^ (value >> 15U)) / 4294967295.0 - 0.5;
}

/// Grey of each pixel, then twice blurred, so that edges are as soft as a detector's; noise.
Picture drawn(const std::function<double(double x, double y)>& grey, std::uint32_t seed, bool inverted) {
    std::vector<double> plane(kSide * kSide);
    for (std::int64_t y = 0; y < kSide; ++y) {
        for (std::int64_t x = 0; x < kSide; ++x) {
            plane[static_cast<std::size_t>(y * kSide + x)] =
                grey(static_cast<double>(x), static_cast<double>(y));
        }
    }
    Picture picture{kSide, kSide, 1};
    for (std::int64_t y = 0; y < kSide; ++y) {
        for (std::int64_t x = 0; x < kSide; ++x) {
            double sum = 0;
            for (std::int64_t j = -1; j <= 1; ++j) {
                for (std::int64_t i = -1; i <= 1; ++i) {
                    const auto at = std::clamp<std::int64_t>(y + j, 0, kSide - 1) * kSide +
                                    std::clamp<std::int64_t>(x + i, 0, kSide - 1);
                    sum += plane[static_cast<std::size_t>(at)];
                }
            }
            const double value = std::clamp(sum / 9 + 6 * noise(x, y, seed), 0.0, 255.0);
            picture.samples[static_cast<std::size_t>(y * kSide + x)] =
                static_cast<std::uint8_t>(inverted ? 255 - value : value);
        }
    }
    return picture;
}

double ellipse(double x, double y, double width, double height) {
    return std::hypot(x / width, y / height);
}

}  // namespace

DrawnHead head_from_the_side(const Pose& pose, std::uint32_t seed) {
    std::vector<Point> outline = kSkin;
    outline.insert(outline.end(), kBack.begin(), kBack.end());
    const double angle = (pose.degrees + 90 * pose.quarters) * std::numbers::pi / 180;
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    const double side = pose.looks_left ? -1 : 1;
    const auto grey = [&](double column, double row) {
        const double u = (column - kSide / 2.0) / pose.pixels_a_millimetre;
        const double v = (row - kSide / 2.0) / pose.pixels_a_millimetre;
        // Middle of the picture: 85 mm behind the face, 20 mm above the mouth.
        const double x = side * (u * c + v * s) - 85;
        const double y = v * c - u * s - 20;
        if (!inside(outline, x, y)) {
            return 12.0;
        }
        const double skull = ellipse(x + 88, y + 62, 84, 76);
        const double bone = (skull < 1 && skull > 0.92) || ellipse(x + 20, y - 28, 26, 7) < 1 ? 90 : 0;
        const double spine = std::abs(x + 95 - 0.1 * y) < 10 && y > 0 ? 50 : 0;
        return 90 + bone + spine;
    };
    DrawnHead head{drawn(grey, seed, !pose.air_is_dark), {}};
    for (const auto& [x, y] : kSkin) {
        const double u = side * (x + 85) * pose.pixels_a_millimetre;
        const double v = (y + 20) * pose.pixels_a_millimetre;
        head.skin.emplace_back(kSide / 2.0 + u * c - v * s, kSide / 2.0 + u * s + v * c);
    }
    return head;
}

Picture head_from_the_front(std::uint32_t seed) {
    return drawn(
        [](double column, double row) {
            const double x = std::abs(column - kSide / 2.0) / 1.4;
            const double y = (row - 190) / 1.4;
            const double skull = ellipse(x, y, 72, 95);
            const bool jaw = ellipse(x, y - 60, 56, 62) < 1;
            const bool ear = ellipse(x - 76, y - 12, 8, 30) < 1;
            const bool neck = x < 55 && y > 60;
            const bool shoulders = y > 150 && x < 60 + 4 * (y - 150);
            if (skull >= 1 && !jaw && !ear && !neck && !shoulders) {
                return 10.0;
            }
            return skull > 0.9 && skull < 1 ? 200.0 : 110.0;
        },
        seed, false
    );
}

Picture limb(std::uint32_t seed) {
    return drawn(
        [](double column, double row) {
            const double bend = row > 240 ? 0.35 * (row - 240) : 0;
            const double off = std::abs(column - 200 - bend);
            const double knob = 24 * std::exp(-std::pow((row - 240) / 40, 2));
            return off < 26 + knob ? 200.0 : off < 62 + knob ? 95.0 : 10.0;
        },
        seed, false
    );
}

}  // namespace efface::testing
