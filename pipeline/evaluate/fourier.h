// The discrete Fourier transform of a square whose side is a power of two (Cooley and Tukey 1965), in place
// and without a factor. Thread rule: a pure function.
#pragma once

#include <complex>
#include <cstddef>
#include <vector>

namespace efface::pipeline {

/// `values`: side x side, row by row.
void transform_square(std::vector<std::complex<double>>& values, std::size_t side);

}  // namespace efface::pipeline
