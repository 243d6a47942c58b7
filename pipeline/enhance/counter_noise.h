// CounterNoise: noise whose value at a place is a function of a seed and the place alone (Philox 4x32-10;
// Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): the same on every machine and in
// any order. Thread rule: values.
#pragma once

#include "config/crypto/digest.h"

#include <array>
#include <cstdint>
#include <vector>

namespace efface::pipeline {

/// Philox 4x32 with ten rounds.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

class CounterNoise {
public:
    /// The key is the first eight bytes of the digest, little endian; the next four make the streams of two
    /// seeds differ further.
    explicit CounterNoise(const Digest& seed);

    /// `columns` x `rows` values, row by row, of mean 0 and deviation 1: sums of eight uniform values
    /// (bell-shaped, none beyond 4.9), in whole numbers but for the last step, so that no library's logarithm
    /// has a part in it. `stream`: another one is other noise.
    std::vector<float> field(std::size_t columns, std::size_t rows, std::uint32_t stream) const;

private:
    std::array<std::uint32_t, 2> key_;
    std::uint32_t salt_;
};

}  // namespace efface::pipeline
