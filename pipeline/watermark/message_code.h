// What the mark says, and how it is protected:
//
//   message    64 bits: the UTC second (32), then the CRC-32 (IEEE 802.3) of its four bytes, high byte first
//   code word  144 bits: the message and eight zeros through the convolutional code of rate 1/2, constraint
//              length 9 and free distance 12 (generators 561, 753 octal), as signs: 0 is 1, 1 is -1
//
// Read by Viterbi's algorithm with soft decisions: the code word of the greatest correlation. The code is
// linear: under random signs every one of the 2^64 messages is as probable, and one in 2^32 has a right
// CRC. Thread rule: pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace efface::pipeline {

inline constexpr std::size_t kMessageBits = 64;
inline constexpr std::size_t kCodeBits = 144;

using CodeWord = std::array<std::int8_t, kCodeBits>;
/// The sum of what speaks for 1 less what speaks for -1.
using SoftBits = std::array<double, kCodeBits>;

std::uint64_t message_of(std::uint32_t utc_seconds);
/// Nothing where the CRC is wrong.
std::optional<std::uint32_t> seconds_of(std::uint64_t message);

CodeWord code_word(std::uint64_t message);
/// The message whose code word correlates best.
std::uint64_t decode(const SoftBits& soft);

}  // namespace efface::pipeline
