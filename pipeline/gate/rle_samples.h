// The samples of an RLE frame (PS3.5 annex G), expanded by the gate itself: the one compression that is
// short enough to be written twice, so that a fault of pipeline/codec/rle.cpp is seen.
// Thread rule: pure function.
#pragma once

#include "config/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace efface::pipeline {

struct RlePlanes {
    std::uint64_t pixels = 0;        ///< Of one plane.
    std::uint64_t samples = 1;       ///< Per pixel.
    std::uint64_t sample_bytes = 1;  ///< 1, 2 or 4.
};

/// Little endian words, colour by pixel; `planes` was bounded before.
Result<std::vector<std::byte>> rle_samples(std::span<const std::byte> frame, const RlePlanes& planes);

}  // namespace efface::pipeline
