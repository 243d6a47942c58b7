// Goal: PSNR, RMSE and SSIM are what their papers say. Method: values worked out by hand, and SSIM by a
// second way: the sums of the formula over one whole window.
#include "pipeline/evaluate/similarity.h"

#include <gtest/gtest.h>

#include <cmath>

namespace efface::pipeline {
namespace {

PixelSet every(std::size_t columns, std::size_t rows) {
    PixelSet set{columns, rows};
    std::ranges::fill(set.in, std::uint8_t{1});
    return set;
}

std::vector<float> waves(std::size_t columns, std::size_t rows, float phase) {
    std::vector<float> out(columns * rows);
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = 0.5F + 0.3F * std::sin(static_cast<float>(i % columns) / 2 + phase) *
                            std::cos(static_cast<float>(i / columns) / 3);
    }
    return out;
}

TEST(Similarity, ErrorsAreThoseOfThePixelsAskedForAlone) {
    const std::vector<float> a{0, 0.5F, 1, 0.25F};
    const std::vector<float> b{0.3F, 0.1F, 1, 0.25F};
    PixelSet two{2, 2};
    two.in = {1, 1, 0, 0};

    const double error = mean_square_error(a, b, two);

    EXPECT_NEAR(error, (0.09 + 0.16) / 2, 1e-7);
    EXPECT_NEAR(psnr_db(error), 9.0309, 1e-3);  // -10 log10(0.125)
    EXPECT_NEAR(psnr_db(0.01), 20, 1e-12);
    EXPECT_TRUE(std::isnan(psnr_db(0)));
    EXPECT_EQ(mean_square_error(a, b, PixelSet{2, 2}), 0);
}

TEST(Similarity, SsimOfTheSameIsOne) {
    const std::vector<float> a = waves(40, 30, 0);

    for (const float one : ssim_map(a, a, 40, 30)) {
        EXPECT_NEAR(one, 1, 1e-5);
    }
}

TEST(Similarity, SsimOfTwoPlainPicturesIsTheLuminanceTerm) {
    const std::vector<float> a(20 * 20, 0.2F);
    const std::vector<float> b(20 * 20, 0.6F);

    const double mean = mean_within(ssim_map(a, b, 20, 20), every(20, 20));

    // (2 * 0.2 * 0.6 + 0.0001) / (0.04 + 0.36 + 0.0001)
    EXPECT_NEAR(mean, 0.2401 / 0.4001, 1e-4);
}

TEST(Similarity, SsimOfOneWindowIsItsFormula) {
    constexpr std::size_t kSide = 11;
    const std::vector<float> a = waves(kSide, kSide, 0);
    const std::vector<float> b = waves(kSide, kSide, 1.3F);
    double weights = 0;
    double sums[5] = {};
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double x = static_cast<double>(i % kSide) - 5;
        const double y = static_cast<double>(i / kSide) - 5;
        const double weight = std::exp(-(x * x + y * y) / (2 * 1.5 * 1.5));
        const auto p = static_cast<double>(a[i]);
        const auto q = static_cast<double>(b[i]);
        weights += weight;
        const double terms[5] = {p, q, p * p, q * q, p * q};
        for (std::size_t k = 0; k < 5; ++k) {
            sums[k] += weight * terms[k];
        }
    }
    for (double& sum : sums) {
        sum /= weights;
    }
    const double covariance = sums[4] - sums[0] * sums[1];
    const double expected = (2 * sums[0] * sums[1] + 1e-4) * (2 * covariance + 9e-4) /
                            ((sums[0] * sums[0] + sums[1] * sums[1] + 1e-4) *
                             (sums[2] - sums[0] * sums[0] + sums[3] - sums[1] * sums[1] + 9e-4));

    EXPECT_NEAR(ssim_map(a, b, kSide, kSide)[5 * kSide + 5], expected, 1e-4);
    EXPECT_LT(expected, 0.9);
}

TEST(Similarity, AMeanOverNothingIsNoNumber) {
    EXPECT_TRUE(std::isnan(mean_within(std::vector<float>(4, 1.0F), PixelSet{2, 2})));
}

}  // namespace
}  // namespace efface::pipeline
