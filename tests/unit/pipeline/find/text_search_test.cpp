// Goal: where a network marks something, the search says so in the picture's coordinates, in every tile and
// direction, whichever thread looked; what a network does wrong is an error, never an empty answer. Method: a
// network that marks bright pixels, and ones that lie.
#include "pipeline/find/text_detector.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

namespace efface::testing {
namespace {

using pipeline::Box;
using pipeline::Detection;
using pipeline::Detector;
using pipeline::Lanes;
using pipeline::Picture;
using pipeline::PictureView;
using pipeline::TextDetector;
using pipeline::TextNetwork;

enum class Answers : std::uint8_t { kBright, kNothing, kEverything, kTooFew, kFails };

class Marker : public TextNetwork {
public:
    explicit Marker(const std::atomic<Answers>& answers) : answers_{answers} {}

    Result<std::vector<float>> map_of(const PictureView& tile) override {
        std::vector<float> map(tile.columns * tile.rows);
        switch (answers_.load()) {
            case Answers::kBright:
                for (std::size_t i = 0; i < map.size(); ++i) {
                    map[i] = tile.samples[3 * i] > 150 ? 1.0F : 0.0F;
                }
                return joined(std::move(map), tile.columns);
            case Answers::kNothing:
                return map;
            case Answers::kEverything:
                std::fill(map.begin(), map.end(), 1.0F);
                return map;
            case Answers::kTooFew:
                return std::vector<float>(1);
            case Answers::kFails:
                break;
        }
        return fail(Fault::kRetry, "a network that fails");
    }

private:
    /// The letters of a line become one area, as the real network's do.
    static std::vector<float> joined(std::vector<float> map, std::size_t columns) {
        for (std::size_t i = 0; i < map.size(); ++i) {
            std::size_t ahead = 1;
            while (ahead < 24 && i % columns + ahead < columns && map[i + ahead] == 0.0F) {
                ++ahead;
            }
            if (map[i] == 1.0F && i % columns + ahead < columns && map[i + ahead] == 1.0F) {
                std::fill_n(map.begin() + static_cast<std::ptrdiff_t>(i), ahead, 1.0F);
            }
        }
        return map;
    }

    const std::atomic<Answers>& answers_;
};

class TextSearch : public ::testing::Test {
protected:
    Result<std::unique_ptr<Detector>> make(Lanes& lanes) {
        std::vector<std::unique_ptr<TextNetwork>> networks;
        for (std::size_t lane = 0; lane < lanes.count(); ++lane) {
            networks.push_back(std::make_unique<Marker>(answers_));
        }
        return TextDetector::make(std::move(networks), lanes);
    }

    std::atomic<Answers> answers_{Answers::kBright};
};

/// Black with one bright bar, which is as good as a line of text here.
Picture barred(std::size_t columns, std::size_t rows, const Box& bar) {
    Picture picture{columns, rows, 1};
    for (std::int64_t y = bar.top; y < bar.bottom; ++y) {
        for (std::int64_t x = bar.left; x < bar.right; ++x) {
            picture.samples[static_cast<std::size_t>(y) * columns + static_cast<std::size_t>(x)] = 255;
        }
    }
    return picture;
}

bool covers(const std::vector<Detection>& found, const Box& bar) {
    return std::any_of(found.begin(), found.end(), [&](const Detection& one) {
        return one.box.left <= bar.left && one.box.top <= bar.top && one.box.right >= bar.right &&
               one.box.bottom >= bar.bottom;
    });
}

TEST_F(TextSearch, SaysWhereWhateverTileAndDirectionItWasSeenIn) {
    Lanes lanes{3};
    const auto detector = make(lanes);
    ASSERT_TRUE(detector.has_value()) << detector.error().message();
    for (const Box& bar :
         {Box{4, 4, 60, 14}, Box{600, 300, 660, 310}, Box{1300, 4, 1310, 70}, Box{1340, 880, 1396, 896}}) {
        const auto found = (*detector)->find(barred(1400, 900, bar).view());

        ASSERT_TRUE(found.has_value()) << found.error().message();
        EXPECT_TRUE(covers(*found, bar)) << bar.left << ", " << bar.top;
        for (const Detection& one : *found) {
            EXPECT_LT(one.box.area(), 16 * bar.area());
            EXPECT_EQ(one.box, one.box.clipped_to(1400, 900));
        }
    }
}

TEST_F(TextSearch, IsTheSameInOneThreadAndInFour) {
    Lanes one{1};
    Lanes four{4};
    const auto alone = make(one);
    const auto shared = make(four);
    ASSERT_TRUE(alone.has_value() && shared.has_value());
    const Picture picture = barred(1300, 700, {500, 350, 700, 366});

    const auto expected = (*alone)->find(picture.view());
    const auto found = (*shared)->find(picture.view());

    ASSERT_TRUE(expected.has_value() && found.has_value());
    EXPECT_FALSE(expected->empty());
    EXPECT_EQ(*found, *expected);
}

TEST_F(TextSearch, ANetworkThatFailsInOneTileFailsTheSearch) {
    Lanes lanes{2};
    const auto detector = make(lanes);
    ASSERT_TRUE(detector.has_value());
    for (const Answers wrong : {Answers::kFails, Answers::kTooFew}) {
        answers_ = wrong;

        const auto found = (*detector)->find(barred(300, 300, {50, 50, 150, 60}).view());

        ASSERT_FALSE(found.has_value());
        EXPECT_EQ(found.error().fault, Fault::kRetry);
    }
}

TEST_F(TextSearch, ANetworkThatDoesNotFindWhatWasPlantedIsRefused) {
    Lanes lanes{2};
    for (const Answers wrong : {Answers::kNothing, Answers::kEverything, Answers::kTooFew}) {
        answers_ = wrong;

        EXPECT_FALSE(make(lanes).has_value());
    }
    answers_ = Answers::kNothing;
    const auto refused = make(lanes);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().fault, Fault::kHalt);
}

TEST_F(TextSearch, QuarantinesWhatItCannotSearch) {
    Lanes lanes{1};
    const auto detector = make(lanes);
    ASSERT_TRUE(detector.has_value());
    const std::vector<std::uint8_t> samples(100);
    for (const PictureView& view :
         {PictureView{samples, 10, 11, 1},
          {samples, 10, 10, 2},
          {{}, 0, 10, 1},
          {{}, std::size_t{1} << 33U, std::size_t{1} << 33U, 1},
          {{}, 1U << 14U, 1U << 14U, 1}}) {
        const auto found = (*detector)->find(view);

        ASSERT_FALSE(found.has_value()) << view.columns << " x " << view.rows;
        EXPECT_EQ(found.error().fault, Fault::kQuarantine);
    }
}

}  // namespace
}  // namespace efface::testing
