// Goal: an upright detector finds at every angle, in every part, once. Method: a detector of arrows: it sees
// white squares that have a grey square above them, which is upright in one turn only.
#include "pipeline/inference/rotating_detector.h"

#include "pipeline/inference/picture_turn.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace efface::testing {
namespace {

using pipeline::Box;
using pipeline::Detection;
using pipeline::Detector;
using pipeline::Picture;
using pipeline::PictureTurn;
using pipeline::PictureView;
using pipeline::RotatingDetector;
using pipeline::SearchPlan;

using Finder = std::function<Result<std::vector<Detection>>(const PictureView&)>;

class Upright : public Detector {
public:
    explicit Upright(Finder finder) : finder_{std::move(finder)} {}

    Result<std::vector<Detection>> find(const PictureView& picture) override { return finder_(picture); }

private:
    Finder finder_;
};

/// Nearly finds what the finder finds.
class Doubter final : public Upright {
public:
    using Upright::Upright;

    Result<std::vector<Detection>> find(const PictureView& picture) override {
        EFFACE_TRY(doubts_, Upright::find(picture));
        return std::vector<Detection>{};
    }

    std::vector<Detection> doubts() const override { return doubts_; }

private:
    std::vector<Detection> doubts_;
};

RotatingDetector detector(Finder finder, SearchPlan plan = {}) {
    return {std::make_unique<Upright>(std::move(finder)), std::move(plan)};
}

constexpr std::uint8_t kHead = 255;
constexpr std::uint8_t kHair = 128;
constexpr std::int64_t kSide = 12;

void paint(Picture& picture, const Box& box, std::uint8_t value) {
    for (std::int64_t y = box.top; y < box.bottom; ++y) {
        for (std::int64_t x = box.left; x < box.right; ++x) {
            picture.samples[static_cast<std::size_t>(y) * picture.columns + static_cast<std::size_t>(x)] =
                value;
        }
    }
}

/// A head of kSide pixels with hair above it.
void paint_head(Picture& picture, std::int64_t left, std::int64_t top) {
    paint(picture, {left, top, left + kSide, top + kSide}, kHead);
    paint(picture, {left, top - kSide, left + kSide, top}, kHair);
}

/// Heads of kSide pixels whose hair is above.
Result<std::vector<Detection>> find_heads(const PictureView& picture) {
    std::vector<Detection> found;
    const auto is = [&](std::size_t x, std::size_t y, std::uint8_t value) {
        return x < picture.columns && y < picture.rows && picture.at(x, y) == value;
    };
    for (std::size_t y = 1; y < picture.rows; ++y) {
        for (std::size_t x = 0; x < picture.columns; ++x) {
            const bool corner = is(x, y, kHead) && !(x > 0 && is(x - 1, y, kHead)) && !is(x, y - 1, kHead);
            const bool whole = is(x + kSide - 1, y, kHead) && !is(x + kSide, y, kHead);
            if (corner && whole && is(x, y - 1, kHair)) {
                const auto left = static_cast<std::int64_t>(x);
                const auto top = static_cast<std::int64_t>(y);
                found.push_back({{left, top, left + kSide, top + kSide}, 0.9F});
            }
        }
    }
    return found;
}

TEST(RotatingDetector, FindsAnUprightThingAtEveryRightAngle) {
    for (const int degrees : {0, 90, 180, 270}) {
        SCOPED_TRACE(degrees);
        Picture picture{60, 40, 1};
        paint_head(picture, 33, 20);
        const PictureTurn turn{60, 40, degrees};
        RotatingDetector search = detector(find_heads, {.turns = {0, 90, 180, 270}});

        const auto found = search.find(turn.apply(picture.view()).view());

        ASSERT_TRUE(found.has_value());
        ASSERT_EQ(found->size(), 1U);
        const pipeline::Extent upright = turn.back_ellipse(found->front().box);
        EXPECT_EQ(upright.left, 33);
        EXPECT_EQ(upright.top, 20);
        EXPECT_EQ(upright.right, 33 + kSide);
        EXPECT_EQ(upright.bottom, 20 + kSide);
    }
}

TEST(RotatingDetector, AsksForEveryTurnOfThePlan) {
    std::multiset<std::size_t> widths;
    RotatingDetector search = detector(
        [&](const PictureView& picture) {
            widths.insert(picture.columns);
            return std::vector<Detection>{};
        },
        {.turns = {0, 90, 45}}
    );

    ASSERT_TRUE(search.find(Picture{100, 50, 3}.view()).has_value());

    EXPECT_EQ(widths, (std::multiset<std::size_t>{50, 100, 107}));
}

TEST(RotatingDetector, UnitesWhatSeveralTurnsSeeAndKeepsNeighboursApart) {
    RotatingDetector search = detector(
        [](const PictureView&) {
            return std::vector<Detection>{
                {{20, 20, 40, 40}, 0.9F}, {{22, 20, 42, 40}, 0.8F}, {{39, 20, 59, 40}, 0.7F}};
        },
        {.turns = {0}}
    );

    const auto found = search.find(Picture{100, 100, 1}.view());

    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(*found, (std::vector<Detection>{{{20, 20, 42, 40}, 0.9F}, {{39, 20, 59, 40}, 0.7F}}));
}

TEST(RotatingDetector, BelievesALoneTurnOnlyWithTheScoreForIt) {
    const auto weak = [](const PictureView& picture) {
        // The middle stays the middle in every turn; the corner does not.
        std::vector<Detection> found{{{40, 40, 60, 60}, 0.7F}};
        if (picture.at(0, 0) == kHead) {
            found.push_back({{0, 0, 20, 20}, 0.8F});
        }
        return found;
    };
    Picture picture{100, 100, 1};
    picture.samples[0] = kHead;

    const auto strict = detector(weak, {.turns = {0, 180}, .lone_score_min = 0.9F}).find(picture.view());
    const auto mild = detector(weak, {.turns = {0, 180}, .lone_score_min = 0.75F}).find(picture.view());

    ASSERT_TRUE(strict.has_value() && mild.has_value());
    EXPECT_EQ(*strict, (std::vector<Detection>{{{40, 40, 60, 60}, 0.7F}}));
    EXPECT_EQ(*mild, (std::vector<Detection>{{{0, 0, 20, 20}, 0.8F}, {{40, 40, 60, 60}, 0.7F}}));
}

// At the working size of the whole picture the head is a spot of three pixels.
TEST(RotatingDetector, FindsSmallThingsOfALargePictureInItsTiles) {
    const SearchPlan plan{.side = 100, .turns = {0}, .tile_side = 100, .tile_turns = {0, 180}};
    for (const auto& [left, top] : {std::pair{5, 20}, {200, 150}, {388, 288}, {70, 188}}) {
        Picture picture{400, 300, 1};
        paint_head(picture, left, top);

        const auto found = detector(find_heads, plan).find(picture.view());

        ASSERT_TRUE(found.has_value());
        EXPECT_EQ(*found, (std::vector<Detection>{{{left, top, left + kSide, top + kSide}, 0.9F}}));
    }
}

TEST(RotatingDetector, KeepsBoxesInsideThePictureAndDropsWhatLiesBeyond) {
    RotatingDetector search = detector(
        [](const PictureView&) {
            return std::vector<Detection>{{{-5, -5, 7, 7}, 0.9F}, {{200, 200, 210, 210}, 0.9F}};
        },
        {.turns = {0}}
    );

    const auto found = search.find(Picture{50, 50, 1}.view());

    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(*found, (std::vector<Detection>{{{0, 0, 7, 7}, 0.9F}}));
}

TEST(RotatingDetector, LightensADarkPictureAndNoOther) {
    Picture dark{64, 64, 1};
    std::uint8_t value = 0;
    for (std::uint8_t& sample : dark.samples) {
        sample = value++ % 40;
    }
    Picture light = dark;
    std::fill_n(light.samples.begin(), 400, std::uint8_t{200});
    std::vector<std::uint8_t> seen;
    RotatingDetector search = detector(
        [&](const PictureView& picture) {
            seen.assign(picture.samples.begin(), picture.samples.end());
            return std::vector<Detection>{};
        },
        {.turns = {0}}
    );

    ASSERT_TRUE(search.find(dark.view()).has_value());
    EXPECT_EQ(*std::max_element(seen.begin(), seen.end()), 255);
    EXPECT_EQ(seen.front(), 0);
    ASSERT_TRUE(search.find(light.view()).has_value());
    EXPECT_EQ(seen, light.samples);
    const Picture black{64, 64, 1};
    ASSERT_TRUE(search.find(black.view()).has_value());
    EXPECT_EQ(seen, black.samples);
}

TEST(RotatingDetector, FailsWhereOneTurnFails) {
    int calls = 0;
    RotatingDetector search = detector(
        [&](const PictureView&) -> Result<std::vector<Detection>> {
            if (++calls == 3) {
                return fail(Fault::kRetry, "the third turn fails");
            }
            return std::vector<Detection>{{{0, 0, 9, 9}, 1.0F}};
        },
        {.turns = {0, 90, 180, 270}}
    );

    const auto found = search.find(Picture{50, 50, 1}.view());

    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().fault, Fault::kRetry);
}

TEST(RotatingDetector, SearchesPicturesOfAnyShape) {
    for (const auto& [columns, rows] :
         {std::pair<std::size_t, std::size_t>{0, 0}, {1, 1}, {5000, 3}, {1, 3000}}) {
        EXPECT_TRUE(detector(find_heads).find(Picture{columns, rows, 3}.view()).has_value());
    }
}

TEST(Tiles, CoverEveryPixelWithinTheirNumber) {
    for (const auto& [columns, rows, side] :
         {std::tuple{1000U, 700U, 300U},
          {300U, 300U, 300U},
          {301U, 5U, 300U},
          {100000U, 100000U, 10U},
          {9U, 9U, 1U}}) {
        const std::vector<Box> all = pipeline::tiles(columns, rows, side, 36);
        ASSERT_LE(all.size(), 36U);
        ASSERT_GE(all.size(), 1U);
        for (std::size_t i = 0; i <= 20; ++i) {
            for (std::size_t k = 0; k <= 20; ++k) {
                const auto x = static_cast<std::int64_t>((columns - 1) * i / 20);
                const auto y = static_cast<std::int64_t>((rows - 1) * k / 20);
                EXPECT_TRUE(std::any_of(all.begin(), all.end(), [&](const Box& tile) {
                    return x >= tile.left && x < tile.right && y >= tile.top && y < tile.bottom;
                }));
            }
        }
    }
}

// A thing up to a quarter of a tile lies whole in one of them.
TEST(Tiles, OverlapByAQuarter) {
    const std::vector<Box> all = pipeline::tiles(2500, 300, 1000, 36);
    ASSERT_EQ(all.size(), 3U);
    for (std::size_t i = 1; i < all.size(); ++i) {
        EXPECT_GE(all[i - 1].right - all[i].left, 250);
    }
    EXPECT_EQ(all.back().right, 2500);
}

TEST(RotatingDetector, BringsDoubtsBackFromEveryTurnAndForgetsThemWithTheNextSearch) {
    RotatingDetector rotating{std::make_unique<Doubter>(find_heads), {.side = 200, .turns = {0, 180}}};
    Picture picture{200, 200, 1};
    paint_head(picture, 60, 80);

    const auto found = rotating.find(picture.view());

    ASSERT_TRUE(found.has_value());
    EXPECT_TRUE(found->empty());
    ASSERT_EQ(rotating.doubts().size(), 1U);
    EXPECT_NEAR(static_cast<double>(rotating.doubts().front().box.left), 60.0, 2.0);
    EXPECT_NEAR(static_cast<double>(rotating.doubts().front().box.top), 80.0, 2.0);

    ASSERT_TRUE(rotating.find(Picture{200, 200, 1}.view()).has_value());
    EXPECT_TRUE(rotating.doubts().empty());
}

}  // namespace
}  // namespace efface::testing
