// Goal: a case is what the node would have: samples as they are, holes that cover the mask and nothing else.
#include "pipeline/evaluate/case_picture.h"

#include "tests/unit/pipeline/evaluate/written_png.h"

#include <gtest/gtest.h>

#include <cmath>

namespace efface::pipeline {
namespace {

using efface::testing::drawn_mask;
using efface::testing::drawn_truth;

PictureView view_of(const PngSamples& mask) {
    return {
        {reinterpret_cast<const std::uint8_t*>(mask.samples.data()), mask.samples.size()},
        mask.columns,
        mask.rows,
        1};
}

std::string why(const PngSamples& truth, const PngSamples& mask) {
    const auto made = make_case_picture(truth, view_of(mask));
    return made ? "" : made.error().message();
}

/// How often each pixel lies in a part of a hole.
std::vector<int> covers(const std::vector<Hole>& holes, std::size_t columns, std::size_t rows) {
    std::vector<int> out(columns * rows);
    for (const Hole& hole : holes) {
        for (const Box& box : hole.parts) {
            for (std::int64_t y = box.top; y < box.bottom; ++y) {
                for (std::int64_t x = box.left; x < box.right; ++x) {
                    ++out.at(static_cast<std::size_t>(y) * columns + static_cast<std::size_t>(x));
                }
            }
        }
    }
    return out;
}

TEST(CasePicture, HoldsTheSamplesAsTheyAre) {
    const PngSamples truth = drawn_truth(60, 50);

    const auto made = make_case_picture(truth, view_of(drawn_mask(60, 50, 10, 10, 30, 30)));

    ASSERT_TRUE(made) << made.error().message();
    EXPECT_EQ(made->truth, truth.samples);
    EXPECT_EQ(made->image.bytes(), truth.samples.size());
    EXPECT_EQ(made->image.kept_bits(), 0xFFFFU);
    EXPECT_EQ(made->hidden.count(), 400U);
    ASSERT_EQ(made->holes.size(), 1U);
    EXPECT_EQ(made->holes[0].bounds(), (Box{10, 10, 30, 30}));
}

TEST(CasePicture, ColourOfSixteenBitsIsTakenToo) {
    PngSamples truth{40, 40, 3, 16, {}};
    truth.samples.resize(std::size_t{40} * 40 * 3 * 2, std::byte{7});

    const auto made = make_case_picture(truth, view_of(drawn_mask(40, 40, 8, 8, 24, 24)));

    ASSERT_TRUE(made) << made.error().message();
    EXPECT_EQ(made->image.samples_per_pixel(), 3U);
}

TEST(CasePicture, HolesCoverAnEllipseOnceAndNothingElse) {
    PixelSet set{200, 160};
    for (std::size_t y = 0; y < set.rows; ++y) {
        for (std::size_t x = 0; x < set.columns; ++x) {
            const double across = (static_cast<double>(x) - 90) / 60;
            const double down = (static_cast<double>(y) - 80) / 45;
            set.in[y * set.columns + x] = across * across + down * down < 1 ? 1 : 0;
        }
    }

    const auto holes = holes_in(set);

    ASSERT_TRUE(holes);
    ASSERT_EQ(holes->size(), 1U);
    const std::vector<int> times = covers(*holes, set.columns, set.rows);
    for (std::size_t i = 0; i < times.size(); ++i) {
        ASSERT_EQ(times[i], set.in[i]) << i;
    }
    // The blocks of the mark's grid are whole: 98 of them fit into this ellipse at least.
    std::int64_t in_blocks = 0;
    for (const Box& box : holes->front().parts) {
        const bool on_grid =
            box.left % 8 == 0 && box.top % 8 == 0 && box.right % 8 == 0 && box.bottom % 8 == 0;
        in_blocks += on_grid ? box.area() / 64 : 0;
    }
    EXPECT_GE(in_blocks, 98);
}

TEST(CasePicture, PartsThatTouchByACornerAreOneHole) {
    PixelSet set{64, 64};
    set.add({8, 8, 16, 16});
    set.add({16, 16, 24, 24});
    set.add({40, 40, 50, 50});

    const auto holes = holes_in(set);

    ASSERT_TRUE(holes);
    ASSERT_EQ(holes->size(), 2U);
    EXPECT_EQ((*holes)[0].bounds(), (Box{8, 8, 24, 24}));
    EXPECT_EQ((*holes)[1].bounds(), (Box{40, 40, 50, 50}));
}

TEST(CasePicture, WhatIsNoCaseIsRefused) {
    const PngSamples truth = drawn_truth(60, 50);

    EXPECT_NE(why(truth, drawn_mask(50, 60, 10, 10, 30, 30)).find("another size"), std::string::npos);
    EXPECT_NE(why(truth, drawn_mask(60, 50, 0, 0, 0, 0)).find("nothing or everything"), std::string::npos);
    EXPECT_NE(why(truth, drawn_mask(60, 50, 0, 0, 60, 50)).find("nothing or everything"), std::string::npos);
    EXPECT_NE(why(drawn_truth(31, 50), drawn_mask(31, 50, 4, 4, 9, 9)).find("32 pixels"), std::string::npos);
    PngSamples specks = drawn_mask(60, 50, 0, 0, 0, 0);
    for (std::size_t i = 0; i <= kCaseHolesMax; ++i) {
        specks.samples[(i / 20 * 2) * 60 + i % 20 * 2] = std::byte{1};
    }
    EXPECT_NE(why(truth, specks).find("64 parts"), std::string::npos);
}

}  // namespace
}  // namespace efface::pipeline
