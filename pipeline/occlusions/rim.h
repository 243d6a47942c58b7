// What a picture shows across the rim of a shape: an occlusion ends within a pixel, amid content that goes on
// around it. What ends softly is a thing in the picture; what ends on plain ground is furniture of a screen.
// Thread rule: pure functions.
#pragma once

#include "pipeline/occlusions/plane.h"
#include "pipeline/occlusions/shape.h"

namespace efface::pipeline {

struct RimFacts {
    double outside = 0;    ///< Share of the rim that lies beyond the picture's edges.
    double contrast = 0;   ///< Mean distance of the ground right outside from `value`.
    double differing = 0;  ///< Share of the rim where that distance can be seen.
    double sharpness = 0;  ///< Distance right outside over distance further out: 1 where the rim is a step.
    double textured = 0;   ///< Share of the rim that has no plain ground outside.
    double variety = 0;    ///< Standard deviation of the ground around.
    double equal = 0;      ///< Share of neighbours along the rim, outside, that are the same.
};

/// `gap`: pixels next to the rim that are not looked at (what compression left there).
RimFacts rim_facts(const Plane& plane, const Shape& shape, double value, double gap);

/// Of the picture's structure that reaches the rim from outside, how much goes on inside when all that is
/// fine is taken from both: correlation of the means at `reach` pixels on either side, -1 to 1.
double continuity(const Plane& plane, const Shape& shape, double reach);

}  // namespace efface::pipeline
