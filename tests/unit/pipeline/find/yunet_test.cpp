// Goal: a site's YuNet file finds what its outputs say, in both layouts; what is none, or gives no numbers,
// is refused. Method: files made here, without a convolution; answers made by hand.
#include "pipeline/find/yunet_answer.h"
#include "pipeline/find/yunet_detector.h"
#include "tests/unit/pipeline/find/yunet_file.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace efface::testing {
namespace {

using namespace pipeline;

Result<std::unique_ptr<Detector>> detector_of(const std::string& file) {
    return YunetDetector::make(std::as_bytes(std::span{file}));
}

TEST(YunetDetector, FindsWhatItsNetworkSaysInEitherLayoutAndNothingInTheDark) {
    for (const YunetLayout layout : {YunetLayout::kCells, YunetLayout::kPriors}) {
        const auto detector = detector_of(yunet_file(layout));
        ASSERT_TRUE(detector.has_value()) << detector.error().message();
        Picture white{640, 640, 1};
        std::ranges::fill(white.samples, std::uint8_t{255});

        const auto found = (*detector)->find(white.view());
        const auto dark = (*detector)->find(Picture{640, 480, 3}.view());
        const auto again = (*detector)->find(white.view());

        ASSERT_TRUE(found.has_value()) << found.error().message();
        ASSERT_EQ(found->size(), 1U);
        EXPECT_EQ(found->front().box, kYunetFace);
        EXPECT_NEAR(found->front().score, 1.0F, 1e-3F);
        EXPECT_TRUE(dark.has_value() && dark->empty());
        EXPECT_EQ(*again, *found) << "no picture's shape changes that of the network";
    }
}

TEST(YunetDetector, RefusesWhatIsNoneAndPicturesBeyondItsSize) {
    for (const std::string& file : {yunet_file(YunetLayout::kNone), std::string{"no ONNX"}}) {
        const auto detector = detector_of(file);

        ASSERT_FALSE(detector.has_value());
        EXPECT_EQ(detector.error().fault, Fault::kHalt);
    }
    const auto detector = detector_of(yunet_file(YunetLayout::kCells));
    ASSERT_TRUE(detector.has_value());
    EXPECT_FALSE((*detector)->find(Picture{641, 10, 1}.view()).has_value());
}

class YunetAnswer : public ::testing::Test {
protected:
    Result<std::vector<Detection>> faces() {
        const std::vector<YunetCells> cells{{32, cls_, obj_, bbox_}};
        return faces_of(cells, 64);
    }

    std::vector<float> cls_ = std::vector<float>(4, 0.0F);
    std::vector<float> obj_ = std::vector<float>(4, 1.0F);
    std::vector<float> bbox_ = std::vector<float>(16, 0.0F);
};

TEST_F(YunetAnswer, BoxesThatOverlapAreOneFace) {
    cls_[0] = 0.9F;
    cls_[1] = 0.8F;
    bbox_[4] = -0.8F;  // A fifth of a cell beside the first.

    const auto found = faces();

    ASSERT_TRUE(found.has_value());
    ASSERT_EQ(found->size(), 1U);
    EXPECT_NEAR(found->front().score, std::sqrt(0.9F), 1e-4F);
}

TEST_F(YunetAnswer, WhatIsNoNumberOrOfAnotherSizeIsAnErrorAndNoAnswer) {
    bbox_[2] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_FALSE(faces().has_value());

    bbox_[2] = 0.0F;
    EXPECT_TRUE(faces().has_value());
    bbox_[2] = 1e30F;
    cls_[0] = 1.0F;
    EXPECT_TRUE(faces().has_value()) << "a size is bounded";

    obj_.pop_back();
    EXPECT_FALSE(faces().has_value());
    EXPECT_FALSE(faces_of(YunetPriors{}, 640).has_value());
}

}  // namespace
}  // namespace efface::testing
