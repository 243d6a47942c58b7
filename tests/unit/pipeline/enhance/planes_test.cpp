#include "pipeline/enhance/counter_noise.h"
#include "pipeline/enhance/membrane.h"
#include "pipeline/enhance/resample.h"
#include "tests/unit/pipeline/enhance/drawn_surround.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace efface::pipeline {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(Planes, ABlurReadsWhatItMayAlone) {
    const PixelSet hidden = set_of(40, 30, {10, 10, 20, 20});
    Planes planes{40, 30, 1};
    std::ranges::fill(planes.values, 7.0F);
    put(planes, hidden, kNan);

    const std::vector<float> soft = blurred(planes.values, complement(hidden), 2);

    for (std::size_t i = 0; i < soft.size(); ++i) {
        EXPECT_NEAR(soft[i], 7, 1e-4) << i;
    }
}

TEST(Planes, ASetGrowsToEverySideAndEndsAtTheEdges) {
    const PixelSet set = set_of(20, 10, {0, 3, 2, 4});

    EXPECT_EQ(grown(set, 3).in, set_of(20, 10, {0, 0, 5, 7}).in);
    EXPECT_EQ(grown(PixelSet{20, 10}, 3).count(), 0U);
}

TEST(CounterNoise, IsPhilox) {
    // Known answers of the authors' Random123 library, kat_vectors, philox4x32 10.
    using Words = std::array<std::uint32_t, 4>;
    constexpr std::uint32_t kOnes = 0xFFFFFFFF;
    EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8}));
    EXPECT_EQ(
        philox({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
        (Words{0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD})
    );
    EXPECT_EQ(
        philox({0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344}, {0xA4093822, 0x299F31D0}),
        (Words{0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1})
    );
}

TEST(CounterNoise, HasMean0AndDeviation1AndDiffersByStreamAndSeed) {
    const std::vector<float> field = CounterNoise{seed_of(1)}.field(200, 200, 0);
    double sum = 0;
    double squares = 0;
    for (const float value : field) {
        sum += static_cast<double>(value);
        squares += static_cast<double>(value) * static_cast<double>(value);
    }

    EXPECT_NEAR(sum / 40000, 0, 0.02);
    EXPECT_NEAR(squares / 40000, 1, 0.03);
    EXPECT_NE(field, CounterNoise{seed_of(1)}.field(200, 200, 1));
    EXPECT_NE(field, CounterNoise{seed_of(2)}.field(200, 200, 0));
    EXPECT_EQ(field, CounterNoise{seed_of(1)}.field(200, 200, 0));
}

TEST(Membrane, GoesOnWithASlopeAndReadsNothingHidden) {
    Planes slope{90, 70, 1};
    for (std::size_t i = 0; i < slope.pixels(); ++i) {
        slope.values[i] = static_cast<float>(i % 90) + 2 * static_cast<float>(i / 90);
    }
    const std::vector<float> wanted = slope.values;
    const PixelSet hidden = set_of(90, 70, {20, 15, 70, 55});
    put(slope, hidden, kNan);

    stretch_membrane(slope.plane(0), hidden);

    for (std::size_t i = 0; i < wanted.size(); ++i) {
        EXPECT_NEAR(slope.values[i], wanted[i], hidden.in[i] != 0 ? 4 : 0) << i;
    }
}

TEST(Resample, APixelThatCoversAnyHiddenOneIsHidden) {
    Planes frame = drawn_frame(96, 64);
    const PixelSet hidden = set_of(96, 64, {31, 10, 32, 11});
    put(frame, hidden, kNan);

    const Resampled smaller = by_area(frame, hidden, 32, 32);

    EXPECT_EQ(smaller.hidden.count(), 1U);
    EXPECT_TRUE(smaller.hidden.at(10, 5));
    for (const float value : smaller.planes.values) {
        EXPECT_TRUE(std::isfinite(value));
    }
}

TEST(Resample, ASlopeStaysOneInBothDirections) {
    Planes slope{64, 48, 1};
    for (std::size_t i = 0; i < slope.pixels(); ++i) {
        slope.values[i] = static_cast<float>(i % 64) + 0.5F;
    }

    const Planes larger = by_cubic(slope, 160, 48);
    const Resampled back = by_area(larger, PixelSet{160, 48}, 64, 48);

    for (std::size_t x = 6; x < 58; ++x) {
        EXPECT_NEAR(back.planes.values[x], slope.values[x], 0.05) << x;
    }
}

}  // namespace
}  // namespace efface::pipeline
