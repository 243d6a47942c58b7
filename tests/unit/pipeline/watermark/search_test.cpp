// Goal: marks are found where nobody says where they are. Method: marked pictures, read without a region.
#include "pipeline/watermark/search.h"

#include "tests/unit/pipeline/watermark/marked_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace efface::pipeline {
namespace {

using namespace efface::testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::SizeIs;

std::int64_t shared_area(const std::vector<Box>& a, const std::vector<Box>& b) {
    std::int64_t area = 0;
    for (const Box& one : a) {
        for (const Box& other : b) {
            area +=
                Box{std::max(one.left, other.left), std::max(one.top, other.top),
                    std::min(one.right, other.right), std::min(one.bottom, other.bottom)}
                    .area();
        }
    }
    return area;
}

TEST(WatermarkSearch, FindsAMarkAfterWhatPicturesGoThrough) {
    for (const std::uint32_t seed : {11U, 12U, 13U}) {
        for (const Texture texture : kTextures) {
            SCOPED_TRACE(std::string{texture_name(texture)} + " " + std::to_string(seed));
            GreyPlane plane = drawn(texture, 300, 283, seed);
            mark(plane);

            EXPECT_THAT(second_of(read(testing::in_eight_bits(plane), {}, kMarkKey)), Optional(kWhen));
            EXPECT_THAT(second_of(read(rewindowed(plane, 0.7F, 30), {}, kMarkKey)), Optional(kWhen));
            EXPECT_THAT(second_of(read(testing::through_jpeg(plane, 75), {}, kMarkKey)), Optional(kWhen));
            EXPECT_THAT(second_of(read(inverted(plane), {}, kMarkKey)), Optional(kWhen));
        }
    }
}

TEST(WatermarkSearch, SaysWhereTheMarkIs) {
    GreyPlane plane = drawn(Texture::kPhotograph, 300, 283, 14);
    mark(plane);

    const std::vector<Reading> found = find_marks(inverted(plane), kMarkKey);

    ASSERT_THAT(found, SizeIs(1));
    EXPECT_TRUE(found[0].inverted);
    const double shared = static_cast<double>(shared_area(found[0].region, {kRegion}));
    const double all = static_cast<double>(shared_area(found[0].region, found[0].region) + kRegion.area());
    EXPECT_GT(shared / (all - shared), 0.9);
}

TEST(WatermarkSearch, FindsARegionThatIsNoRectangle) {
    GreyPlane plane = drawn(Texture::kSmooth, 400, 400, 15);
    const std::array region{Box{40, 40, 120, 200}, Box{40, 200, 280, 280}};
    ASSERT_EQ(embed(plane, region, kMarkKey, kWhen).result, EmbedResult::kEmbedded);

    const std::vector<Reading> found = find_marks(testing::in_eight_bits(plane), kMarkKey);

    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].utc_seconds, kWhen);
    EXPECT_GT(shared_area(found[0].region, {region[0], region[1]}), 80 * 160 + 240 * 80 * 8 / 10);
}

TEST(WatermarkSearch, FindsEachOfSeveralRegions) {
    GreyPlane plane = drawn(Texture::kNoisy, 400, 300, 16);
    const Box first{24, 32, 136, 144};
    const Box second{232, 120, 360, 280};
    mark(plane, first);
    mark(plane, second);

    const std::vector<Reading> found = find_marks(testing::through_jpeg(plane, 75), kMarkKey);

    ASSERT_THAT(found, SizeIs(2));
    EXPECT_EQ(found[0].utc_seconds, kWhen);
    EXPECT_EQ(found[1].utc_seconds, kWhen);
    EXPECT_EQ(shared_area(found[0].region, found[1].region), 0);
}

TEST(WatermarkSearch, FindsAMarkThatIsTheWholePicture) {
    GreyPlane plane = drawn(Texture::kPhotograph, 131, 101, 17);
    mark(plane, {0, 0, 131, 101});

    const auto found = read(plane, {}, kMarkKey);

    ASSERT_TRUE(found);
    EXPECT_THAT(found->region, ElementsAre(Box{0, 0, 128, 96}));
}

TEST(WatermarkSearch, FindsNothingInPicturesWithoutAMarkOrWithoutRoom) {
    EXPECT_THAT(find_marks(drawn(Texture::kNoisy, 300, 300, 18), kMarkKey), IsEmpty());
    EXPECT_THAT(find_marks(GreyPlane{}, kMarkKey), IsEmpty());
    EXPECT_THAT(find_marks(GreyPlane{std::vector<float>(7 * 4000), 7, 4000}, kMarkKey), IsEmpty());
    EXPECT_THAT(find_marks(GreyPlane{std::vector<float>(300 * 300), 300, 300}, kMarkKey), IsEmpty());
}

TEST(WatermarkSearch, TriesNoMoreThanItCountsWith) {
    // Everything is an area of its own: squares of either sign, a block apart.
    BlockMap map{std::vector<float>(100 * 100, 0), 100, 100};
    for (std::size_t row = 0; row < 100; ++row) {
        for (std::size_t column = 0; column < 100; ++column) {
            const bool gap = row % 12 > 8 || column % 12 > 8;
            map.values[row * 100 + column] = gap ? 0.0F : ((row / 12 + column / 12) % 2 == 0 ? 0.9F : -0.9F);
        }
    }

    const std::vector<Candidate> candidates = candidates_of(map);

    EXPECT_THAT(candidates, SizeIs(kCandidatesMax));
    EXPECT_EQ(kSearchHypotheses, kCandidatesMax * candidates[0].shapes.size());
}

}  // namespace
}  // namespace efface::pipeline
