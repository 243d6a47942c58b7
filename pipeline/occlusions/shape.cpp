#include "pipeline/occlusions/shape.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace efface::pipeline {

namespace {

constexpr double kNothing = 1e-9;
constexpr int kRimPointsMax = 4096;

struct Interval {
    double from;
    double to;

    void keep(double low, double high) {
        from = std::max(from, low);
        to = std::min(to, high);
    }
};

/// Where |offset + slope * x| <= half.
void keep_strip(Interval& interval, double offset, double slope, double half) {
    if (std::abs(slope) < kNothing) {
        if (std::abs(offset) > half) {
            interval.to = interval.from - 1;
        }
        return;
    }
    const double one = (-half - offset) / slope;
    const double two = (half - offset) / slope;
    interval.keep(std::min(one, two), std::max(one, two));
}

/// Where the ellipse's quadratic form is at most one.
void keep_ellipse(Interval& interval, const Shape& shape, double dy) {
    const double p = shape.axis_x / shape.a;
    const double q = shape.axis_y * dy / shape.a;
    const double r = -shape.axis_y / shape.b;
    const double s = shape.axis_x * dy / shape.b;
    const double square = p * p + r * r;
    const double middle = -(p * q + r * s) / square;
    const double inside = middle * middle - (q * q + s * s - 1) / square;
    if (inside < 0) {
        interval.to = interval.from - 1;
        return;
    }
    interval.keep(middle - std::sqrt(inside), middle + std::sqrt(inside));
}

void add_side(
    std::vector<RimPoint>& rim, const Shape& shape, double along, double across, double half, double step
) {
    // `along` is the distance of the side from the middle in the direction that is its normal.
    const double normal_x = across == 0 ? shape.axis_x : -shape.axis_y;
    const double normal_y = across == 0 ? shape.axis_y : shape.axis_x;
    const double sign = along < 0 ? -1 : 1;
    const int count = std::clamp(static_cast<int>(2 * half / step), 2, kRimPointsMax / 4);
    for (int index = 0; index < count; ++index) {
        const double t = half * (2 * (index + 0.5) / count - 1);
        rim.push_back(
            {shape.x + along * normal_x - t * normal_y, shape.y + along * normal_y + t * normal_x,
             sign * normal_x, sign * normal_y}
        );
    }
}

}  // namespace

void Moments::add(const Stretch& stretch) {
    const double count = stretch.x1 - stretch.x0;
    const double first = stretch.x0;
    const double last = stretch.x1 - 1;
    const double sum = count * (first + last) / 2;
    const auto squares = [](double n) { return n * (n + 1) * (2 * n + 1) / 6; };
    area += count;
    x += sum;
    y += count * stretch.y;
    xx += squares(last) - (first > 0 ? squares(first - 1) : 0);
    yy += count * stretch.y * stretch.y;
    xy += sum * stretch.y;
    box.left = std::min<std::int64_t>(box.left, stretch.x0);
    box.right = std::max<std::int64_t>(box.right, stretch.x1);
    box.top = std::min<std::int64_t>(box.top, stretch.y);
    box.bottom = std::max<std::int64_t>(box.bottom, stretch.y + 1);
}

double Shape::area() const {
    return form == Form::kRectangle ? 4 * a * b : std::numbers::pi * a * b;
}

Shape Shape::grown(double by) const {
    Shape out = *this;
    out.a = std::max(0.5, a + by);
    out.b = std::max(0.5, b + by);
    return out;
}

Box Shape::bounds() const {
    const double wide = form == Form::kRectangle ? std::abs(axis_x) * a + std::abs(axis_y) * b
                                                 : std::hypot(axis_x * a, axis_y * b);
    const double high = form == Form::kRectangle ? std::abs(axis_y) * a + std::abs(axis_x) * b
                                                 : std::hypot(axis_y * a, axis_x * b);
    const auto whole = [](double value) { return static_cast<std::int64_t>(std::lround(value)); };
    return {whole(x - wide), whole(y - high), whole(x + wide), whole(y + high)};
}

Stretch Shape::row(std::int32_t line) const {
    const double dy = line + 0.5 - y;
    Interval interval{
        std::numeric_limits<std::int32_t>::min() / 2.0, std::numeric_limits<std::int32_t>::max() / 2.0};
    if (form == Form::kRectangle) {
        keep_strip(interval, dy * axis_y, axis_x, a);
        keep_strip(interval, dy * axis_x, -axis_y, b);
    } else {
        keep_ellipse(interval, *this, dy);
    }
    if (interval.to < interval.from) {
        return {line, 0, 0};
    }
    const auto first = static_cast<std::int32_t>(std::ceil(interval.from + x - 0.5));
    const auto end = static_cast<std::int32_t>(std::floor(interval.to + x - 0.5)) + 1;
    return {line, first, std::max(first, end)};
}

std::vector<RimPoint> Shape::rim(double step) const {
    std::vector<RimPoint> points;
    if (form == Form::kRectangle) {
        add_side(points, *this, a, 0, b, step);
        add_side(points, *this, -a, 0, b, step);
        add_side(points, *this, b, 1, a, step);
        add_side(points, *this, -b, 1, a, step);
        return points;
    }
    const int count = std::clamp(static_cast<int>(std::numbers::pi * (a + b) / step), 8, kRimPointsMax);
    for (int index = 0; index < count; ++index) {
        const double angle = 2 * std::numbers::pi * index / count;
        const double u = std::cos(angle);
        const double v = std::sin(angle);
        double n_u = u / a;
        double n_v = v / b;
        const double length = std::hypot(n_u, n_v);
        n_u /= length;
        n_v /= length;
        points.push_back(
            {x + a * u * axis_x - b * v * axis_y, y + a * u * axis_y + b * v * axis_x,
             n_u * axis_x - n_v * axis_y, n_u * axis_y + n_v * axis_x}
        );
    }
    return points;
}

Shape upright(const Moments& moments) {
    const Box& box = moments.box;
    Shape shape;
    shape.x = static_cast<double>(box.left + box.right) / 2;
    shape.y = static_cast<double>(box.top + box.bottom) / 2;
    shape.a = static_cast<double>(box.width()) / 2;
    shape.b = static_cast<double>(box.height()) / 2;
    return shape;
}

Shape fitted(const Moments& moments, Shape::Form form) {
    const double n = std::max(1.0, moments.area);
    const double mean_x = moments.x / n;
    const double mean_y = moments.y / n;
    // A pixel is a unit square: 1/12 is its own variance.
    const double var_x = moments.xx / n - mean_x * mean_x + 1.0 / 12;
    const double var_y = moments.yy / n - mean_y * mean_y + 1.0 / 12;
    const double covariance = moments.xy / n - mean_x * mean_y;
    const double middle = (var_x + var_y) / 2;
    const double spread = std::hypot((var_x - var_y) / 2, covariance);
    const double angle = std::atan2(2 * covariance, var_x - var_y) / 2;
    const double factor = form == Shape::Form::kRectangle ? 3 : 4;
    Shape shape;
    shape.form = form;
    shape.x = mean_x + 0.5;
    shape.y = mean_y + 0.5;
    shape.axis_x = std::cos(angle);
    shape.axis_y = std::sin(angle);
    shape.a = std::max(0.5, std::sqrt(factor * (middle + spread)));
    shape.b = std::max(0.5, std::sqrt(factor * std::max(0.0, middle - spread)));
    return shape;
}

double overlap(const Shape& shape, std::span<const Stretch> pixels, double area) {
    double both = 0;
    for (const Stretch& stretch : pixels) {
        const Stretch inside = shape.row(stretch.y);
        both += std::max(0, std::min(inside.x1, stretch.x1) - std::max(inside.x0, stretch.x0));
    }
    return both / std::max(1.0, area + shape.area() - both);
}

}  // namespace efface::pipeline
