#include "pipeline/watermark/message_code.h"

#include <bit>
#include <limits>
#include <vector>

namespace efface::pipeline {
namespace {

constexpr unsigned kMemory = 8;
constexpr std::size_t kStates = std::size_t{1} << kMemory;
constexpr std::size_t kSteps = kMessageBits + kMemory;
constexpr unsigned kFirstGenerator = 0561;
constexpr unsigned kSecondGenerator = 0753;
static_assert(2 * kSteps == kCodeBits);

std::int8_t sign_of(unsigned window, unsigned generator) {
    return std::popcount(window & generator) % 2 == 0 ? std::int8_t{1} : std::int8_t{-1};
}

std::uint32_t crc32(std::uint32_t value) {
    std::uint32_t crc = ~std::uint32_t{0};
    for (int shift = 24; shift >= 0; shift -= 8) {
        crc ^= (value >> static_cast<unsigned>(shift)) & 0xFFU;
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
        }
    }
    return ~crc;
}

/// The bit that enters at a step, the message's first; zeros at the end lead back to state 0.
unsigned entering(std::uint64_t message, std::size_t step) {
    return step < kMessageBits ? static_cast<unsigned>(message >> (kMessageBits - 1 - step)) & 1U : 0U;
}

struct Signs {
    std::array<std::array<std::int8_t, 2>, 2 * kStates> of_window{};
};

const Signs& signs() {
    static const Signs table = [] {
        Signs made;
        for (unsigned window = 0; window < 2 * kStates; ++window) {
            made.of_window[window] = {sign_of(window, kFirstGenerator), sign_of(window, kSecondGenerator)};
        }
        return made;
    }();
    return table;
}

}  // namespace

std::uint64_t message_of(std::uint32_t utc_seconds) {
    return (std::uint64_t{utc_seconds} << 32U) | crc32(utc_seconds);
}

std::optional<std::uint32_t> seconds_of(std::uint64_t message) {
    const auto seconds = static_cast<std::uint32_t>(message >> 32U);
    return message_of(seconds) == message ? std::optional{seconds} : std::nullopt;
}

CodeWord code_word(std::uint64_t message) {
    CodeWord word{};
    unsigned state = 0;  // The last eight bits, the newest highest.
    for (std::size_t step = 0; step < kSteps; ++step) {
        const unsigned window = (entering(message, step) << kMemory) | state;
        word[2 * step] = signs().of_window[window][0];
        word[2 * step + 1] = signs().of_window[window][1];
        state = window >> 1U;
    }
    return word;
}

std::uint64_t decode(const SoftBits& soft) {
    constexpr double kUnreached = -std::numeric_limits<double>::infinity();
    std::vector<double> best(kStates, kUnreached);
    std::vector<double> next(kStates);
    // Which of its two predecessors each state was reached from: the bit that left the window.
    std::vector<std::array<std::uint8_t, kStates>> left(kSteps);
    best[0] = 0;
    for (std::size_t step = 0; step < kSteps; ++step) {
        for (std::size_t state = 0; state < kStates; ++state) {
            // The windows that end in `state`: it is what is left of them without their oldest bit.
            const std::size_t windows[2] = {2 * state, 2 * state + 1};
            double sums[2];
            for (int oldest = 0; oldest < 2; ++oldest) {
                const auto& sign = signs().of_window[windows[oldest]];
                sums[oldest] = best[windows[oldest] & (kStates - 1)] + sign[0] * soft[2 * step] +
                               sign[1] * soft[2 * step + 1];
            }
            const bool second = sums[1] > sums[0];
            // The last eight bits are zeros.
            const bool closed = step >= kMessageBits && (state & (kStates >> 1U)) != 0;
            next[state] = closed ? kUnreached : sums[second ? 1 : 0];
            left[step][state] = second ? 1 : 0;
        }
        best.swap(next);
    }
    std::uint64_t message = 0;
    std::size_t state = 0;
    for (std::size_t step = kSteps; step-- > 0;) {
        if (step < kMessageBits) {
            message |= std::uint64_t{state >> (kMemory - 1)} << (kMessageBits - 1 - step);
        }
        state = ((state << 1U) | left[step][state]) & (kStates - 1);
    }
    return message;
}

}  // namespace efface::pipeline
