#include "pipeline/enhance/counter_noise.h"

#include <cstddef>

namespace efface::pipeline {
namespace {

constexpr int kRounds = 10;
constexpr std::uint64_t kMultiplierA = 0xD2511F53;
constexpr std::uint64_t kMultiplierB = 0xCD9E8D57;
constexpr std::uint32_t kWeylA = 0x9E3779B9;
constexpr std::uint32_t kWeylB = 0xBB67AE85;

std::uint32_t word_of(const Digest& digest, std::size_t at) {
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        word |= static_cast<std::uint32_t>(digest[at + i]) << (8 * i);
    }
    return word;
}

/// Of mean 0 and deviation 1: eight halves of words, each uniform on 0 to 65535.
float bell(const std::array<std::uint32_t, 4>& words) {
    constexpr double kDeviation = 53509.91992145;  // Of the sum: root of 8 (65536^2 - 1) / 12.
    std::int64_t sum = 0;
    for (const std::uint32_t word : words) {
        sum += (word & 0xFFFFU) + (word >> 16U);
    }
    return static_cast<float>(static_cast<double>(2 * sum - 8 * 65535) / (2 * kDeviation));
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
    for (int round = 0; round < kRounds; ++round) {
        const std::uint64_t a = kMultiplierA * counter[0];
        const std::uint64_t b = kMultiplierB * counter[2];
        counter = {
            static_cast<std::uint32_t>(b >> 32U) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(b),
            static_cast<std::uint32_t>(a >> 32U) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(a)};
        key = {key[0] + kWeylA, key[1] + kWeylB};
    }
    return counter;
}

CounterNoise::CounterNoise(const Digest& seed)
    : key_{word_of(seed, 0), word_of(seed, 4)}, salt_{word_of(seed, 8)} {}

std::vector<float> CounterNoise::field(std::size_t columns, std::size_t rows, std::uint32_t stream) const {
    std::vector<float> values(columns * rows);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto low = static_cast<std::uint32_t>(i);
        const auto high = static_cast<std::uint32_t>(static_cast<std::uint64_t>(i) >> 32U);
        values[i] = bell(philox({low, high, stream, salt_}, key_));
    }
    return values;
}

}  // namespace efface::pipeline
