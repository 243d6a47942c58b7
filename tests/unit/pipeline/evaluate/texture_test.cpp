// Goal: fine detail and spectra are compared as the formulas say.
#include "pipeline/evaluate/texture.h"

#include "pipeline/enhance/counter_noise.h"
#include "pipeline/evaluate/fourier.h"

#include <gtest/gtest.h>

#include <cmath>

namespace efface::pipeline {
namespace {

constexpr std::size_t kSide = 128;

std::vector<float> grain(float strength, std::uint8_t first) {
    Digest seed{};
    seed[0] = first;
    std::vector<float> out = CounterNoise{seed}.field(kSide, kSide, 0);
    for (float& one : out) {
        one = 0.5F + strength * one;
    }
    return out;
}

PixelSet boxed(const Box& box) {
    PixelSet set{kSide, kSide};
    set.add(box);
    return set;
}

const PixelSet kMask = boxed({24, 24, 104, 104});

TEST(Texture, OfTheTruthItselfTheRatioIsOneAndTheDistanceNone) {
    const std::vector<float> truth = grain(0.05F, 1);

    EXPECT_DOUBLE_EQ(high_frequency_ratio(truth, truth, kMask), 1);
    EXPECT_DOUBLE_EQ(spectrum_distance_db(truth, truth, kMask), 0);
}

TEST(Texture, HalfOfTheGrainIsHalfOfTheFineDetailAndSixDecibels) {
    const std::vector<float> truth = grain(0.1F, 1);
    const std::vector<float> filled = grain(0.05F, 1);

    EXPECT_NEAR(high_frequency_ratio(filled, truth, kMask), 0.5, 1e-3);
    EXPECT_NEAR(spectrum_distance_db(filled, truth, kMask), 20 * std::log10(2), 1e-3);
}

TEST(Texture, OtherGrainOfTheSameKindIsNear) {
    const double same = spectrum_distance_db(grain(0.05F, 2), grain(0.05F, 1), kMask);

    EXPECT_LT(same, 2);
    EXPECT_NEAR(high_frequency_ratio(grain(0.05F, 2), grain(0.05F, 1), kMask), 1, 0.05);
}

TEST(Texture, PixelsBeyondTheMaskHaveNoPartInFineDetail) {
    std::vector<float> other = grain(0.05F, 1);
    for (std::size_t i = 0; i < other.size(); ++i) {
        other[i] = kMask.in[i] != 0 ? other[i] : 900.0F;
    }

    EXPECT_DOUBLE_EQ(fine_deviation(other, kMask), fine_deviation(grain(0.05F, 1), kMask));
}

TEST(Texture, AMaskThatHoldsNoSquareHasNoSpectrum) {
    const std::vector<float> truth = grain(0.05F, 1);

    EXPECT_TRUE(std::isnan(spectrum_distance_db(truth, truth, boxed({10, 10, 25, 90}))));
    EXPECT_FALSE(std::isnan(spectrum_distance_db(truth, truth, boxed({10, 10, 26, 90}))));
    EXPECT_TRUE(std::isnan(spectrum_distance_db(truth, truth, PixelSet{kSide, kSide})));
}

TEST(Fourier, IsTheSumThatDefinesIt) {
    constexpr std::size_t kSmall = 8;
    std::vector<std::complex<double>> values(kSmall * kSmall);
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = {std::sin(static_cast<double>(3 * i * i % 17)), 0};
    }
    const std::vector<std::complex<double>> given = values;

    transform_square(values, kSmall);

    for (std::size_t k = 0; k < values.size(); ++k) {
        std::complex<double> sum = 0;
        for (std::size_t i = 0; i < given.size(); ++i) {
            const auto turns =
                static_cast<double>(k % kSmall * (i % kSmall) + k / kSmall * (i / kSmall)) / kSmall;
            sum += given[i] * std::polar(1.0, -2 * M_PI * turns);
        }
        EXPECT_NEAR(std::abs(values[k] - sum), 0, 1e-9) << k;
    }
}

}  // namespace
}  // namespace efface::pipeline
