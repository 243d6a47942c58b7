// The samples right outside and right inside the sides of a box, pair by pair. Thread rule: values and pure
// functions.
#pragma once

#include "pipeline/occlusions/plane.h"

#include <array>
#include <cmath>

namespace efface::pipeline {

/// Pairs of neighbouring samples across a side, the outer one first.
struct Pairs {
    double n = 0;
    double out = 0;
    double in = 0;
    double out_out = 0;
    double in_in = 0;
    double out_in = 0;
    double natural = 0;  ///< Squared steps from the outer row to the next one out.
    double within = 0;   ///< Squared steps from the inner row to the second one further in.

    void add(int outer, int inner, int further, int deeper) {
        n += 1;
        out += outer;
        in += inner;
        out_out += outer * outer;
        in_in += inner * inner;
        out_in += outer * inner;
        natural += (outer - further) * (outer - further);
        within += (inner - deeper) * (inner - deeper);
    }

    void add(const Pairs& other) {
        n += other.n;
        out += other.out;
        in += other.in;
        out_out += other.out_out;
        in_in += other.in_in;
        out_in += other.out_in;
        natural += other.natural;
        within += other.within;
    }

    double spread_out() const { return std::sqrt(std::max(0.0, out_out / n - (out / n) * (out / n))); }

    double spread_in() const { return std::sqrt(std::max(0.0, in_in / n - (in / n) * (in / n))); }

    /// Root mean square of inner - (a * outer + b).
    double residual(double a, double b) const {
        const double squares =
            in_in + a * a * out_out + n * b * b - 2 * a * out_in - 2 * b * in + 2 * a * b * out;
        return std::sqrt(std::max(0.0, squares / n));
    }

    double step() const { return residual(1, 0); }
};

/// The left and right sides of a box in `plane`; a side on the picture's edge has no pairs.
std::array<Pairs, 2> pairs_beside(const Plane& plane, const Box& box);

/// Most sides lie where a JPEG's blocks meet.
bool is_on_blocks(const Box& box);

/// Blocks of a JPEG differ from their neighbours by less.
inline constexpr double kStepOnBlocksMin = 14;

}  // namespace efface::pipeline
