#include "pipeline/enhance/membrane.h"

namespace efface::pipeline {
namespace {

constexpr std::size_t kSmallest = 4;  // Pixels: not halved any more.
constexpr int kSweeps = 24;

/// Gauss-Seidel: each hidden pixel the mean of its neighbours.
void relax(std::span<float> plane, const PixelSet& hidden) {
    const std::size_t columns = hidden.columns;
    const std::size_t rows = hidden.rows;
    for (int sweep = 0; sweep < kSweeps; ++sweep) {
        for (std::size_t y = 0; y < rows; ++y) {
            for (std::size_t x = 0; x < columns; ++x) {
                const std::size_t i = y * columns + x;
                if (hidden.in[i] == 0) {
                    continue;
                }
                float sum = 0;
                float count = 0;
                const auto take = [&](bool there, std::size_t at) {
                    sum += there ? plane[at] : 0.0F;
                    count += there ? 1.0F : 0.0F;
                };
                take(x > 0, i - 1);
                take(x + 1 < columns, i + 1);
                take(y > 0, i - columns);
                take(y + 1 < rows, i + columns);
                plane[i] = count > 0 ? sum / count : plane[i];
            }
        }
    }
}

struct Halved {
    std::vector<float> plane;
    PixelSet hidden;
};

Halved halved(std::span<const float> plane, const PixelSet& hidden) {
    const std::size_t columns = (hidden.columns + 1) / 2;
    const std::size_t rows = (hidden.rows + 1) / 2;
    Halved out{std::vector<float>(columns * rows, 0.0F), PixelSet{columns, rows}};
    std::vector<float> counts(columns * rows, 0.0F);
    for (std::size_t y = 0; y < hidden.rows; ++y) {
        for (std::size_t x = 0; x < hidden.columns; ++x) {
            const std::size_t i = y * hidden.columns + x;
            const std::size_t into = y / 2 * columns + x / 2;
            out.plane[into] += hidden.in[i] != 0 ? 0.0F : plane[i];
            counts[into] += hidden.in[i] != 0 ? 0.0F : 1.0F;
        }
    }
    for (std::size_t i = 0; i < counts.size(); ++i) {
        out.hidden.in[i] = counts[i] == 0.0F ? 1 : 0;
        out.plane[i] = counts[i] == 0.0F ? 0.0F : out.plane[i] / counts[i];
    }
    return out;
}

void fill_with_mean(std::span<float> plane, const PixelSet& hidden) {
    double sum = 0;
    double count = 0;
    for (std::size_t i = 0; i < plane.size(); ++i) {
        sum += hidden.in[i] != 0 ? 0.0 : static_cast<double>(plane[i]);
        count += hidden.in[i] != 0 ? 0.0 : 1.0;
    }
    const auto mean = static_cast<float>(count > 0 ? sum / count : 0.0);
    for (std::size_t i = 0; i < plane.size(); ++i) {
        plane[i] = hidden.in[i] != 0 ? mean : plane[i];
    }
}

}  // namespace

void stretch_membrane(std::span<float> plane, const PixelSet& hidden) {
    if (hidden.count() == 0) {
        return;
    }
    if (hidden.columns <= kSmallest || hidden.rows <= kSmallest) {
        fill_with_mean(plane, hidden);
        relax(plane, hidden);
        return;
    }
    Halved half = halved(plane, hidden);
    stretch_membrane(half.plane, half.hidden);
    for (std::size_t y = 0; y < hidden.rows; ++y) {
        for (std::size_t x = 0; x < hidden.columns; ++x) {
            const std::size_t i = y * hidden.columns + x;
            plane[i] = hidden.in[i] != 0 ? half.plane[y / 2 * half.hidden.columns + x / 2] : plane[i];
        }
    }
    relax(plane, hidden);
}

}  // namespace efface::pipeline
