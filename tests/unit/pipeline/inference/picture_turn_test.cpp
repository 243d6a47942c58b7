// Goal: what is found on a turned picture is brought back to where it is. Method: right angles move single
// pixels; at every other angle places make the round trip, and painted spots come back to themselves.
#include "pipeline/inference/picture_turn.h"

#include <gtest/gtest.h>

#include <random>

namespace efface::testing {
namespace {

using pipeline::Box;
using pipeline::Extent;
using pipeline::Picture;
using pipeline::PictureTurn;
using pipeline::Point;

constexpr std::uint32_t kSeed = 99;

Picture noise(std::size_t columns, std::size_t rows, std::size_t channels) {
    std::mt19937 random{kSeed};
    Picture picture{columns, rows, channels};
    for (std::uint8_t& sample : picture.samples) {
        sample = static_cast<std::uint8_t>(random());
    }
    return picture;
}

TEST(PictureTurn, TurnsClockwise) {
    const Picture picture = noise(3, 2, 3);

    const Picture quarter = PictureTurn{3, 2, 90}.apply(picture.view());

    ASSERT_EQ(quarter.columns, 2U);
    ASSERT_EQ(quarter.rows, 3U);
    for (std::size_t channel = 0; channel < 3; ++channel) {
        EXPECT_EQ(quarter.view().at(1, 0, channel), picture.view().at(0, 0, channel));
        EXPECT_EQ(quarter.view().at(0, 0, channel), picture.view().at(0, 1, channel));
        EXPECT_EQ(quarter.view().at(1, 2, channel), picture.view().at(2, 0, channel));
    }
}

TEST(PictureTurn, ChangesNoPixelAtRightAngles) {
    for (const auto& [columns, rows] : {std::pair<std::size_t, std::size_t>{17, 8}, {1, 1}, {6, 6}, {1, 9}}) {
        const Picture picture = noise(columns, rows, 1);
        Picture turned = picture;
        for (int quarter = 0; quarter < 4; ++quarter) {
            turned = PictureTurn{turned.columns, turned.rows, 90}.apply(turned.view());
            const Picture at_once = PictureTurn{columns, rows, 90 * (quarter + 1)}.apply(picture.view());
            EXPECT_EQ(turned.samples, at_once.samples);
        }
        EXPECT_EQ(turned.samples, picture.samples);
        EXPECT_EQ(turned.columns, columns);
    }
}

// One pixel is set, its box on the canvas is sought by eye of a loop, and that box comes back to the pixel.
TEST(PictureTurn, BringsBoxesBackExactlyAtRightAngles) {
    for (const int degrees : {0, 90, 180, 270, -90, 450}) {
        Picture picture{5, 3, 1};
        for (std::size_t at = 0; at < picture.samples.size(); ++at) {
            std::fill(picture.samples.begin(), picture.samples.end(), std::uint8_t{0});
            picture.samples[at] = 255;
            const PictureTurn turn{5, 3, degrees};
            const Picture canvas = turn.apply(picture.view());
            const auto found = static_cast<std::int64_t>(
                std::find(canvas.samples.begin(), canvas.samples.end(), 255) - canvas.samples.begin()
            );
            const auto stride = static_cast<std::int64_t>(canvas.columns);
            const Box box{found % stride, found / stride, found % stride + 1, found / stride + 1};

            const Extent back = turn.back_ellipse(box);

            const auto x = static_cast<double>(at % 5);
            const auto y = static_cast<double>(at / 5);
            EXPECT_EQ(back.left, x);
            EXPECT_EQ(back.top, y);
            EXPECT_EQ(back.right, x + 1);
            EXPECT_EQ(back.bottom, y + 1);
        }
    }
}

TEST(PictureTurn, PlacesMakeTheRoundTripAndStayOnTheCanvas) {
    std::mt19937 random{kSeed};
    std::uniform_real_distribution<double> share{0, 1};
    for (int degrees = -360; degrees <= 360; degrees += 7) {
        const PictureTurn turn{640, 411, degrees};
        for (int i = 0; i < 50; ++i) {
            const Point place{share(random) * 640, share(random) * 411};
            const Point canvas = turn.forth(place);
            EXPECT_GE(canvas.x, -1e-6);
            EXPECT_LE(canvas.x, static_cast<double>(turn.columns()) + 1e-6);
            EXPECT_GE(canvas.y, -1e-6);
            EXPECT_LE(canvas.y, static_cast<double>(turn.rows()) + 1e-6);
            EXPECT_NEAR(turn.back(canvas).x, place.x, 1e-9);
            EXPECT_NEAR(turn.back(canvas).y, place.y, 1e-9);
        }
    }
}

// A round spot is painted; where it lies on the canvas is measured there and brought back.
TEST(PictureTurn, BringsARoundSpotBackAtEveryAngle) {
    constexpr double kRadius = 15;
    constexpr double kX = 130;
    constexpr double kY = 40;
    Picture picture{160, 90, 1};
    for (std::size_t i = 0; i < picture.samples.size(); ++i) {
        const double x = static_cast<double>(i % 160) + 0.5 - kX;
        const double y = static_cast<double>(i / 160) + 0.5 - kY;
        picture.samples[i] = x * x + y * y <= kRadius * kRadius ? 255 : 0;
    }
    for (int degrees = 0; degrees < 360; degrees += 15) {
        SCOPED_TRACE(degrees);
        const PictureTurn turn{160, 90, degrees};
        const Picture canvas = turn.apply(picture.view());
        Box spot{1000, 1000, 0, 0};
        for (std::size_t i = 0; i < canvas.samples.size(); ++i) {
            if (canvas.samples[i] > 200) {
                const auto x = static_cast<std::int64_t>(i % canvas.columns);
                const auto y = static_cast<std::int64_t>(i / canvas.columns);
                spot = {
                    std::min(spot.left, x), std::min(spot.top, y), std::max(spot.right, x + 1),
                    std::max(spot.bottom, y + 1)};
            }
        }

        const Extent back = turn.back_ellipse(spot);

        EXPECT_NEAR(back.left, kX - kRadius, 1.5);
        EXPECT_NEAR(back.top, kY - kRadius, 1.5);
        EXPECT_NEAR(back.right, kX + kRadius, 1.5);
        EXPECT_NEAR(back.bottom, kY + kRadius, 1.5);
    }
}

TEST(Shrunk, GivesMeansOfThePartAlone) {
    const Picture picture = noise(10, 10, 3);

    const Picture small = shrunk(picture.view(), {2, 4, 8, 10}, 3, 2);

    ASSERT_EQ(small.samples.size(), 18U);
    for (std::size_t i = 0; i < small.samples.size(); ++i) {
        const std::size_t channel = i % 3;
        const std::size_t x = 2 + i / 3 % 3 * 2;
        const std::size_t y = 4 + i / 9 * 3;
        unsigned sum = 0;
        for (std::size_t k = 0; k < 6; ++k) {
            sum += picture.view().at(x + k % 2, y + k / 2, channel);
        }
        EXPECT_EQ(small.samples[i], (sum + 3) / 6);
    }
    EXPECT_EQ(shrunk(picture.view(), {0, 0, 10, 10}, 10, 10).samples, picture.samples);
}

}  // namespace
}  // namespace efface::testing
