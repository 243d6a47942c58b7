// Goal: a sample is the mean of the pixels under it. Method: the same means by plain loops over seeded noise.
#include "pipeline/inference/area_sampler.h"

#include <gtest/gtest.h>

#include <random>

namespace efface::testing {
namespace {

using pipeline::AreaSampler;
using pipeline::Box;
using pipeline::Picture;

constexpr std::uint32_t kSeed = 20261;

Picture noise(std::size_t columns, std::size_t rows, std::size_t channels) {
    std::mt19937 random{kSeed};
    Picture picture{columns, rows, channels};
    for (std::uint8_t& sample : picture.samples) {
        sample = static_cast<std::uint8_t>(random());
    }
    return picture;
}

/// The mean under one sample; pixels beyond the edges count as 0.
double mean(const Picture& picture, const Box& under, std::size_t channel) {
    double sum = 0;
    for (std::int64_t y = under.top; y < under.bottom; ++y) {
        for (std::int64_t x = under.left; x < under.right; ++x) {
            if (!Box{x, y, x + 1, y + 1}.clipped_to(picture.columns, picture.rows).empty()) {
                sum += picture.view().at(static_cast<std::size_t>(x), static_cast<std::size_t>(y), channel);
            }
        }
    }
    return sum / static_cast<double>(under.area());
}

std::vector<float> sample(const Picture& picture, const Box& box, std::size_t columns, std::size_t rows) {
    std::vector<float> planes(columns * rows * AreaSampler::kPlanes);
    AreaSampler{picture.view()}.sample(box, columns, rows, planes);
    return planes;
}

TEST(AreaSampler, GivesTheMeansOfWholeBlocks) {
    const Picture picture = noise(12, 8, 3);
    const std::vector<float> planes = sample(picture, {0, 0, 12, 8}, 4, 4);
    for (std::size_t i = 0; i < planes.size(); ++i) {
        const auto x = static_cast<std::int64_t>(i % 4);
        const auto y = static_cast<std::int64_t>(i / 4 % 4);
        EXPECT_NEAR(planes[i], mean(picture, {3 * x, 2 * y, 3 * x + 3, 2 * y + 2}, i / 16), 1e-3);
    }
}

TEST(AreaSampler, TakesEveryPixelThatASampleTouches) {
    const Picture picture = noise(5, 1, 1);
    const std::vector<float> planes = sample(picture, {0, 0, 5, 1}, 2, 1);
    EXPECT_NEAR(planes[0], mean(picture, {0, 0, 3, 1}, 0), 1e-3);
    EXPECT_NEAR(planes[1], mean(picture, {2, 0, 5, 1}, 0), 1e-3);
}

TEST(AreaSampler, RepeatsPixelsWhereItEnlarges) {
    const Picture picture = noise(2, 2, 1);
    const std::vector<float> planes = sample(picture, {0, 0, 2, 2}, 4, 4);
    for (std::size_t i = 0; i < 16; ++i) {
        EXPECT_EQ(planes[i], picture.samples[i / 8 * 2 + i % 4 / 2]);
    }
}

TEST(AreaSampler, SeesNothingBeyondTheEdges) {
    const Picture picture = noise(6, 6, 3);
    for (const Box& box : {Box{-4, -4, 4, 4}, Box{2, 2, 10, 10}, Box{-2, 1, 8, 5}, Box{20, 20, 24, 24}}) {
        const std::vector<float> planes = sample(picture, box, 2, 2);
        for (std::size_t i = 0; i < planes.size(); ++i) {
            const auto x = static_cast<std::int64_t>(i % 2);
            const auto y = static_cast<std::int64_t>(i / 2 % 2);
            const Box under{
                box.left + x * box.width() / 2, box.top + y * box.height() / 2,
                box.left + (x + 1) * box.width() / 2, box.top + (y + 1) * box.height() / 2};
            EXPECT_NEAR(planes[i], mean(picture, under, i / 4), 1e-3);
        }
    }
}

TEST(AreaSampler, ReadsGreyAsThreeEqualPlanes) {
    const std::vector<float> planes = sample(noise(9, 7, 1), {1, 1, 8, 6}, 3, 5);
    for (std::size_t i = 0; i < 15; ++i) {
        EXPECT_EQ(planes[i], planes[15 + i]);
        EXPECT_EQ(planes[i], planes[30 + i]);
    }
}

// The largest sum that the limit allows.
TEST(AreaSampler, DoesNotOverflowOnTheLargestWhitePicture) {
    Picture picture{4096, 4096, 1};
    std::fill(picture.samples.begin(), picture.samples.end(), std::uint8_t{255});
    EXPECT_EQ(sample(picture, {0, 0, 4096, 4096}, 1, 1), (std::vector<float>{255, 255, 255}));
    EXPECT_EQ(sample(picture, {4000, 4000, 4096, 4096}, 1, 1), (std::vector<float>{255, 255, 255}));
}

}  // namespace
}  // namespace efface::testing
