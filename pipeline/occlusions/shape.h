// Shape: a rectangle at any angle or an ellipse, fitted to a set of pixels by their moments. The uniform
// rectangle with half sides a and b has variances a²/3 and b²/3 along its axes, the ellipse a²/4 and b²/4.
// Thread rule: values and pure functions.
#pragma once

#include "pipeline/picture/picture.h"

#include <cstdint>
#include <span>
#include <vector>

namespace efface::pipeline {

/// Pixels x0 <= x < x1 of one row.
struct Stretch {
    std::int32_t y = 0;
    std::int32_t x0 = 0;
    std::int32_t x1 = 0;
};

/// Of a set of pixels.
struct Moments {
    double area = 0;
    double x = 0;
    double y = 0;
    double xx = 0;
    double yy = 0;
    double xy = 0;
    Box box{INT32_MAX, INT32_MAX, 0, 0};

    void add(const Stretch& stretch);
};

/// Where a shape ends, and the way out of it.
struct RimPoint {
    double x = 0;
    double y = 0;
    double out_x = 0;
    double out_y = 0;
};

struct Shape {
    enum class Form : std::uint8_t { kRectangle, kEllipse };
    Form form = Form::kRectangle;
    double x = 0;  ///< The middle.
    double y = 0;
    double axis_x = 1;  ///< Unit vector of the first axis.
    double axis_y = 0;
    double a = 0;  ///< Half of the extent along the first axis.
    double b = 0;

    double area() const;
    Shape grown(double by) const;
    Box bounds() const;
    /// The pixels of row y whose centres lie inside; x0 == x1: none.
    Stretch row(std::int32_t y) const;
    std::vector<RimPoint> rim(double step) const;
};

/// An upright rectangle is exactly the box of the pixels.
Shape upright(const Moments& moments);
Shape fitted(const Moments& moments, Shape::Form form);
/// Pixels in both over pixels in either.
double overlap(const Shape& shape, std::span<const Stretch> pixels, double area);

}  // namespace efface::pipeline
