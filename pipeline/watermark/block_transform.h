// The 8x8 cosine transform of JPEG (ITU-T T.81, A.3.3; orthonormal, so that a step in a coefficient is as
// large in the pixels), and the middle band of it that carries the mark. In float and in one order of
// additions: the same samples give the same bits. Thread rule: pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace efface::pipeline {

inline constexpr std::size_t kBlockSide = 8;
inline constexpr std::size_t kBlockPixels = kBlockSide * kBlockSide;

/// Pixels of a block row by row, or its coefficients: row = vertical frequency.
using BlockValues = std::array<float, kBlockPixels>;

BlockValues forward_transform(const BlockValues& pixels);
BlockValues inverse_transform(const BlockValues& coefficients);

/// Which coefficients carry the mark, as row * 8 + column. Below them lie the shades that the eye sees best
/// and that textures are strongest in, above them what JPEG rounds to nothing: at quality 75 these have steps
/// of 7 to 12 grey levels.
inline constexpr std::array<std::uint8_t, 12> kBand{
    3, 24, 10, 17, 18, 11, 25, 32, 4, 26, 33, 19,
};
inline constexpr std::size_t kBandSize = kBand.size();

/// The coefficients of the band alone, in the order of kBand.
using BandValues = std::array<float, kBandSize>;

BandValues band_of(const BlockValues& pixels);

}  // namespace efface::pipeline
