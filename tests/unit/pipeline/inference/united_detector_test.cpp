#include "pipeline/inference/united_detector.h"

#include <gtest/gtest.h>

namespace efface::testing {
namespace {

using pipeline::Detection;
using pipeline::Detector;
using pipeline::Picture;
using pipeline::PictureView;
using pipeline::UnitedDetector;

class Fixed : public Detector {
public:
    explicit Fixed(Result<std::vector<Detection>> answer) : answer_{std::move(answer)} {}

    Result<std::vector<Detection>> find(const PictureView&) override { return answer_; }

    std::vector<Detection> doubts() const override { return answer_.value_or(std::vector<Detection>{}); }

private:
    Result<std::vector<Detection>> answer_;
};

Result<std::vector<Detection>> united(
    Result<std::vector<Detection>> first, Result<std::vector<Detection>> second
) {
    Fixed one{std::move(first)};
    Fixed other{std::move(second)};
    UnitedDetector both{one, other};
    return both.find(Picture{50, 50, 1}.view());
}

using Found = std::vector<Detection>;

TEST(UnitedDetector, FindsWhatEitherFindsAndNothingTwice) {
    const Detection large{{0, 0, 20, 20}, 0.5F};
    const Detection within{{2, 0, 20, 18}, 0.9F};
    const Detection across{{10, 10, 30, 30}, 0.8F};

    EXPECT_EQ(*united(Found{large}, Found{within, across}), (Found{{{0, 0, 20, 20}, 0.9F}, across}));
    EXPECT_EQ(*united(Found{}, Found{across}), Found{across});
    EXPECT_EQ(*united(Found{large}, Found{}), Found{large});
    EXPECT_TRUE(united(Found{}, Found{})->empty());
    EXPECT_EQ(*united(Found{within}, Found{large}), (Found{{{0, 0, 20, 20}, 0.9F}}));
}

// Else the mask's outline would be that of two boxes, which says more of a face than one does.
TEST(UnitedDetector, OneFaceIsOneBoxWhoeverFoundIt) {
    const Detection one{{10, 10, 30, 34}, 0.7F};
    const Detection other{{12, 14, 34, 36}, 0.6F};
    const Detection beside{{30, 10, 50, 34}, 0.6F};  // Another face: a fifth of it is shared at most.

    EXPECT_EQ(*united(Found{one}, Found{other, beside}), (Found{{{10, 10, 34, 36}, 0.7F}, beside}));
}

TEST(UnitedDetector, WhatIsJoinedMayReachOthersInTurn) {
    const Detection left{{0, 0, 20, 20}, 0.5F};
    const Detection low{{4, 22, 24, 40}, 0.5F};
    const Detection across{{2, 2, 22, 38}, 0.5F};

    EXPECT_EQ(*united(Found{left, low}, Found{across}), (Found{{{0, 0, 24, 40}, 0.5F}}));
}

TEST(UnitedDetector, DoubtsWhatEitherDoubts) {
    const Detection one{{0, 0, 20, 20}, 0.5F};
    const Detection other{{30, 30, 40, 40}, 0.45F};
    Fixed first{Found{one}};
    Fixed second{Found{other}};

    EXPECT_EQ((UnitedDetector{first, second}.doubts()), (Found{one, other}));
}

TEST(UnitedDetector, FailsWhereEitherFails) {
    const Found some{{{0, 0, 9, 9}, 1.0F}};
    const Result<Found> failure = fail(Fault::kRetry, "no answer");

    for (const auto& got : {united(some, failure), united(failure, some)}) {
        ASSERT_FALSE(got.has_value());
        EXPECT_EQ(got.error().fault, Fault::kRetry);
    }
}

}  // namespace
}  // namespace efface::testing
