// Chips: what the key decides of each block, by its place in the picture. Tiles of 4x4 blocks hold every code
// bit once, so that any region has each about as often, and a region is not needed to know a block's part.
//
//   stream(name) = HMAC-SHA-256(key, "mark/1/" name "/" tile column "/" tile row "/" 0), the same with 1, ...
//   "pilot": per block which three of the 12 coefficients are the pilot's, and their signs
//   "order": a permutation of the 144 code bits over the other 16 x 9 coefficients
//   "chip":  their signs, one bit each
//
// The streams are independent: what the search learns from the pilot says nothing about the chips, on which
// the rate of false reads rests. Thread rule: pure functions.
#pragma once

#include "pipeline/watermark/block_transform.h"
#include "pipeline/watermark/blocks.h"
#include "pipeline/watermark/message_code.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace efface::pipeline {

inline constexpr std::size_t kTileSide = 4;
inline constexpr std::size_t kPilotCoefficients = 3;
inline constexpr std::size_t kDataCoefficients = kBandSize - kPilotCoefficients;
static_assert(kTileSide * kTileSide * kDataCoefficients == kCodeBits);

/// The same signs in every marked block, whatever the message: they say where the mark is, and whether the
/// picture was inverted.
struct BlockPilot {
    std::array<std::uint8_t, kPilotCoefficients> coefficient{};  ///< Of the band.
    std::array<float, kPilotCoefficients> sign{};                ///< -1 or 1.
};

struct BlockChips {
    std::array<std::uint8_t, kDataCoefficients> coefficient{};  ///< Of the band: what the pilot leaves.
    std::array<float, kDataCoefficients> sign{};                ///< -1 or 1.
    std::array<std::uint8_t, kDataCoefficients> code_bit{};
};

/// One for each of the blocks, which stand row by row.
std::vector<BlockPilot> pilots_of(const WatermarkKey& key, std::span<const BlockPlace> blocks);
std::vector<BlockChips> chips_of(
    const WatermarkKey& key, std::span<const BlockPlace> blocks, std::span<const BlockPilot> pilots
);

}  // namespace efface::pipeline
