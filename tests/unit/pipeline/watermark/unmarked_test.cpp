// Goal: where there is no mark, or one under another key, nothing is read. Method: the rate that is
// calculated, the bound it rests on, and a few hundred pictures; the measuring program looks at ten thousand.
#include "pipeline/watermark/evidence.h"
#include "pipeline/watermark/search.h"
#include "tests/unit/pipeline/watermark/marked_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace efface::pipeline {
namespace {

using namespace efface::testing;
using ::testing::IsEmpty;
using ::testing::Optional;

WatermarkKey key_number(std::uint32_t number) {
    return {static_cast<std::uint8_t>(number), static_cast<std::uint8_t>(number >> 8U), 0x55};
}

TEST(WatermarkFalseReads, AreRarerThanOneInAMillionAsCalculated) {
    EXPECT_LT(false_read_rate_max(kRegionHypotheses), 1e-6);
    EXPECT_LT(false_read_rate_max(kSearchHypotheses), 1e-6);
    // The CRC alone would do as well.
    EXPECT_LT(static_cast<double>(kSearchHypotheses) / std::ldexp(1.0, 32), 1e-6);
}

TEST(WatermarkFalseReads, DoNotHappenInUnmarkedRegions) {
    for (std::uint32_t i = 0; i < 240; ++i) {
        const GreyPlane plane = testing::in_eight_bits(drawn(kTextures[i % 3], 112, 112, 1000 + i));
        const Box region{8, 8, 104, 104};

        EXPECT_EQ(read(plane, {&region, 1}, key_number(i)), std::nullopt) << i;
        EXPECT_THAT(find_marks(plane, key_number(i)), IsEmpty()) << i;
    }
}

TEST(WatermarkFalseReads, DoNotHappenUnderAnotherKey) {
    GreyPlane plane = drawn(Texture::kSmooth, 200, 200, 5);
    mark(plane);
    WatermarkKey one_bit_off = kMarkKey;
    one_bit_off[31] ^= 1U;

    EXPECT_EQ(read(plane, {&kRegion, 1}, one_bit_off), std::nullopt);
    EXPECT_EQ(read(plane, {}, one_bit_off), std::nullopt);
    for (std::uint32_t i = 0; i < 200; ++i) {
        EXPECT_EQ(read(plane, {&kRegion, 1}, key_number(i)), std::nullopt) << i;
    }
    EXPECT_THAT(second_in(plane), Optional(kWhen));
}

TEST(WatermarkFalseReads, NeedMoreThanARightCrc) {
    // A code word that is right by every bit, but so weak beside the region that any region would do.
    const CodeWord word = code_word(message_of(kWhen));
    Evidence evidence;
    for (std::size_t k = 0; k < kCodeBits; ++k) {
        evidence.soft[k] = word[k];
    }
    evidence.length = static_cast<double>(kCodeBits) / (kCorrelationMin - 0.01);
    EXPECT_FALSE(judge(evidence, 1));

    evidence.length = static_cast<double>(kCodeBits) / (kCorrelationMin + 0.01);
    EXPECT_TRUE(judge(evidence, 1));
}

TEST(WatermarkFalseReads, CorrelateWithNoMessageMoreThanTheBoundSays) {
    // Against a fixed message, over keys: P(C >= t) <= exp(-t^2 / 2), here for t = 1.5, 2 and 2.5.
    constexpr std::uint32_t kKeys = 2000;
    const GreyPlane plane = drawn(Texture::kPhotograph, 64, 64, 77);
    const CodeWord word = code_word(message_of(kWhen));
    const Box region{0, 0, 64, 64};
    std::vector<BandValues> bands;
    for (const BlockPlace& place : whole_blocks({&region, 1}, 64, 64)) {
        bands.push_back(band_of(pixels_of(plane, place)));
    }
    std::array<int, 3> above{};
    for (std::uint32_t i = 0; i < kKeys; ++i) {
        const Carriers carriers = carriers_of(key_number(i), whole_blocks({&region, 1}, 64, 64));
        const Evidence evidence = evidence_of(carriers, bands);
        double sum = 0;
        for (std::size_t k = 0; k < kCodeBits; ++k) {
            sum += word[k] * evidence.soft[k];
        }
        for (std::size_t j = 0; j < above.size(); ++j) {
            above[j] += sum / evidence.length >= 1.5 + 0.5 * static_cast<double>(j) ? 1 : 0;
        }
    }
    for (std::size_t j = 0; j < above.size(); ++j) {
        const double t = 1.5 + 0.5 * static_cast<double>(j);
        EXPECT_LT(above[j], kKeys * std::exp(-t * t / 2)) << t;
        EXPECT_GT(above[j], 0) << t;
    }
}

}  // namespace
}  // namespace efface::pipeline
