// The noise that the self-tests of model files are made of: every machine makes the same, and so does whoever
// exports a file (docs/training.md). Thread rule: pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace efface::pipeline {

/// What a file's metadata calls it.
inline constexpr std::string_view kSelfTestGenerator = "lcg-1664525-1013904223-top-byte";

/// A linear congruential generator (Numerical Recipes' constants), the top byte of each state after `state`.
std::vector<std::uint8_t> top_bytes(std::size_t count, std::uint32_t state = 1);

}  // namespace efface::pipeline
