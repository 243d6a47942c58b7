#include "pipeline/evaluate/fourier.h"

#include "config/assert.h"

#include <bit>
#include <numbers>
#include <utility>

namespace efface::pipeline {
namespace {

using Complex = std::complex<double>;

/// One line of `line.size()` values.
void transform_line(std::vector<Complex>& line) {
    const std::size_t count = line.size();
    for (std::size_t i = 1, turned = 0; i < count; ++i) {  // To the order of reversed bits.
        std::size_t bit = count / 2;
        for (; (turned & bit) != 0; bit /= 2) {
            turned ^= bit;
        }
        turned ^= bit;
        if (i < turned) {
            std::swap(line[i], line[turned]);
        }
    }
    for (std::size_t length = 2; length <= count; length *= 2) {
        const Complex step = std::polar(1.0, -2 * std::numbers::pi / static_cast<double>(length));
        for (std::size_t from = 0; from < count; from += length) {
            Complex factor = 1;
            for (std::size_t i = from; i < from + length / 2; ++i) {
                const Complex odd = factor * line[i + length / 2];
                line[i + length / 2] = line[i] - odd;
                line[i] += odd;
                factor *= step;
            }
        }
    }
}

}  // namespace

void transform_square(std::vector<Complex>& values, std::size_t side) {
    EFFACE_ASSERT(std::has_single_bit(side) && values.size() == side * side);
    std::vector<Complex> line(side);
    for (const bool is_down : {false, true}) {
        const std::size_t step = is_down ? side : 1;
        const std::size_t next = is_down ? 1 : side;
        for (std::size_t k = 0; k < side; ++k) {
            for (std::size_t i = 0; i < side; ++i) {
                line[i] = values[k * next + i * step];
            }
            transform_line(line);
            for (std::size_t i = 0; i < side; ++i) {
                values[k * next + i * step] = line[i];
            }
        }
    }
}

}  // namespace efface::pipeline
