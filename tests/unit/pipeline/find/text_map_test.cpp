// Goal: boxes cover what a map marks, and no map makes more of them than are handled. Method: maps by hand.
#include "pipeline/find/text_map.h"

#include "pipeline/find/detections.h"

#include <gtest/gtest.h>

namespace efface::testing {
namespace {

using pipeline::Box;
using pipeline::Detection;

struct Map {
    explicit Map(int width, int height)
        : columns{width},
          rows{height},
          values(static_cast<std::size_t>(width) * static_cast<std::size_t>(height)) {}

    void mark(const Box& box, float value) {
        for (std::int64_t y = box.top; y < box.bottom; ++y) {
            for (std::int64_t x = box.left; x < box.right; ++x) {
                values[static_cast<std::size_t>(y * columns + x)] = value;
            }
        }
    }

    Result<std::vector<Detection>> boxes() const { return pipeline::boxes_of({values, columns, rows}); }

    int columns;
    int rows;
    std::vector<float> values;
};

TEST(TextMap, GrowsACoreBackToItsLine) {
    Map map{200, 100};
    map.mark({40, 50, 140, 56}, 0.9F);

    const auto found = map.boxes();

    ASSERT_TRUE(found.has_value());
    ASSERT_EQ(found->size(), 1U);
    const Box& box = found->front().box;
    EXPECT_EQ(box, (Box{34, 44, 146, 62}));  // ceil(1.8 * 600 / 212) = 6 on every side.
    EXPECT_NEAR(found->front().score, 0.9, 1e-5);
}

TEST(TextMap, MarksNothingInWeakOrTinyCores) {
    Map map{200, 100};
    map.mark({10, 10, 60, 20}, 0.29F);
    map.mark({10, 40, 60, 50}, 0.45F);
    map.mark({100, 40, 160, 41}, 0.9F);

    const auto found = map.boxes();

    ASSERT_TRUE(found.has_value());
    EXPECT_TRUE(found->empty());
}

TEST(TextMap, QuarantinesMoreLinesThanAreHandled) {
    Map map{400, 400};
    for (std::int64_t i = 0; i < 100 * 100; ++i) {
        const std::int64_t x = i % 100 * 4;
        const std::int64_t y = i / 100 * 4;
        map.mark({x, y, x + 2, y + 2}, 0.9F);
    }

    const auto found = map.boxes();

    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().fault, Fault::kQuarantine);
}

TEST(WithoutInner, KeepsWhatLiesInNothingElseWithTheBestScoreOfWhatLiesInIt) {
    const std::vector<Detection> found = pipeline::without_inner(
        {{{10, 2, 90, 18}, 0.9F},
         {{0, 0, 100, 20}, 0.6F},
         {{0, 0, 100, 20}, 0.7F},
         {{60, 2, 160, 22}, 0.8F},
         {{0, 30, 100, 50}, 0.5F}}
    );

    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0], (Detection{{0, 0, 100, 20}, 0.9F}));
    EXPECT_EQ(found[1], (Detection{{60, 2, 160, 22}, 0.8F}));
    EXPECT_EQ(found[2], (Detection{{0, 30, 100, 50}, 0.5F}));
}

}  // namespace
}  // namespace efface::testing
