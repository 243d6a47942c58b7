// Goal: the code gives back what was put in, also when parts of it are wrong, and a message that nobody wrote
// is none. Method: known answers, planted errors.
#include "pipeline/watermark/message_code.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>

namespace efface::pipeline {
namespace {

SoftBits soft_of(const CodeWord& word) {
    SoftBits soft{};
    std::ranges::copy(word, soft.begin());
    return soft;
}

TEST(WatermarkMessage, IsTheSecondAndItsCrc) {
    // CRC-32 of four zero bytes and of 31 32 33 34 ("1234").
    EXPECT_EQ(message_of(0), 0x2144DF1CU);
    EXPECT_EQ(message_of(0x31323334), 0x313233349BE3E0A3U);
    EXPECT_EQ(seconds_of(0x313233349BE3E0A3U), 0x31323334U);
}

TEST(WatermarkMessage, WithAnyBitTurnedIsNone) {
    const std::uint64_t message = message_of(1796099400);
    for (unsigned bit = 0; bit < 64; ++bit) {
        EXPECT_EQ(seconds_of(message ^ (std::uint64_t{1} << bit)), std::nullopt) << bit;
    }
}

TEST(WatermarkCode, GivesBackItsMessage) {
    for (std::uint64_t i = 0; i < 50; ++i) {
        const std::uint64_t message = i * 0x9E3779B97F4A7C15U;

        EXPECT_EQ(decode(soft_of(code_word(message))), message);
    }
}

TEST(WatermarkCode, ToleratesAnyFiveWrongBitsInARow) {
    const std::uint64_t message = message_of(1796099400);
    for (std::size_t from = 0; from + 5 <= kCodeBits; ++from) {
        SoftBits soft = soft_of(code_word(message));
        for (std::size_t i = from; i < from + 5; ++i) {
            soft[i] = -soft[i];
        }

        EXPECT_EQ(decode(soft), message) << from;
    }
}

TEST(WatermarkCode, TrustsStrongBitsMoreThanWeakOnes) {
    const std::uint64_t message = message_of(1796099400);
    SoftBits soft = soft_of(code_word(message));
    for (std::size_t i = 0; i < kCodeBits; i += 4) {
        soft[i] *= -0.2;
    }

    EXPECT_EQ(decode(soft), message);
}

TEST(WatermarkCode, KeepsMessagesTwelveBitsApart) {
    const CodeWord zero = code_word(0);
    for (std::uint64_t pattern = 1; pattern < 4096; pattern += 2) {
        const CodeWord other = code_word(pattern << 20U);
        std::size_t apart = 0;
        for (std::size_t i = 0; i < kCodeBits; ++i) {
            apart += zero[i] == other[i] ? 0 : 1;
        }

        EXPECT_GE(apart, 12U) << pattern;
    }
}

}  // namespace
}  // namespace efface::pipeline
