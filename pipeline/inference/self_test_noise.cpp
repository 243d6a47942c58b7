#include "pipeline/inference/self_test_noise.h"

namespace efface::pipeline {

std::vector<std::uint8_t> top_bytes(std::size_t count, std::uint32_t state) {
    std::vector<std::uint8_t> bytes(count);
    for (std::uint8_t& byte : bytes) {
        state = state * 1664525U + 1013904223U;
        byte = static_cast<std::uint8_t>(state >> 24U);
    }
    return bytes;
}

}  // namespace efface::pipeline
