// Goal: a shape is recovered from its own pixels. Method: draw it row by row, fit, compare.
#include "pipeline/occlusions/shape.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace efface::pipeline {
namespace {

std::vector<Stretch> drawn(const Shape& shape) {
    std::vector<Stretch> stretches;
    for (std::int32_t y = 0; y < 400; ++y) {
        const Stretch row = shape.row(y);
        if (row.x1 > row.x0) {
            stretches.push_back(row);
        }
    }
    return stretches;
}

Moments moments_of(const std::vector<Stretch>& stretches) {
    Moments moments;
    for (const Stretch& stretch : stretches) {
        moments.add(stretch);
    }
    return moments;
}

Shape turned(Shape::Form form, double degrees) {
    const double angle = degrees * std::numbers::pi / 180;
    return {form, 200, 190, std::cos(angle), std::sin(angle), 90, 40};
}

TEST(Shape, IsRecoveredFromItsPixelsAtAnyAngle) {
    for (const Shape::Form form : {Shape::Form::kRectangle, Shape::Form::kEllipse}) {
        for (double degrees = -80; degrees <= 80; degrees += 20) {
            SCOPED_TRACE(::testing::Message() << "degrees " << degrees);
            const std::vector<Stretch> stretches = drawn(turned(form, degrees));
            const Moments moments = moments_of(stretches);

            const Shape shape = fitted(moments, form);

            EXPECT_NEAR(shape.x, 200, 0.5);
            EXPECT_NEAR(shape.y, 190, 0.5);
            EXPECT_NEAR(shape.a, 90, 1);
            EXPECT_NEAR(shape.b, 40, 1);
            EXPECT_GT(overlap(shape, stretches, moments.area), 0.97);
        }
    }
}

TEST(Shape, AnEllipseIsNoRectangle) {
    const std::vector<Stretch> stretches = drawn(turned(Shape::Form::kEllipse, 30));
    const Moments moments = moments_of(stretches);

    EXPECT_LT(overlap(fitted(moments, Shape::Form::kRectangle), stretches, moments.area), 0.9);
    EXPECT_LT(overlap(upright(moments), stretches, moments.area), 0.8);
}

TEST(Shape, ItsRimPointsOutwards) {
    for (const Shape::Form form : {Shape::Form::kRectangle, Shape::Form::kEllipse}) {
        const Shape shape = turned(form, 25);
        for (const RimPoint& point : shape.rim(3)) {
            const auto inside = [&](double by) {
                const double x = point.x + by * point.out_x;
                const double y = point.y + by * point.out_y;
                const Stretch row = shape.row(static_cast<std::int32_t>(std::floor(y)));
                return std::floor(x) >= row.x0 && std::floor(x) < row.x1;
            };
            EXPECT_TRUE(inside(-3));
            EXPECT_FALSE(inside(3));
        }
    }
}

}  // namespace
}  // namespace efface::pipeline
