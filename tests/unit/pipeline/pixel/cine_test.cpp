// Goal: in a cine, text is found that stands still, that one frame alone shows, and that is dark; what may
// show different things is never taken for one. Method: detectors that report any sample far from grey.
#include "pipeline/pixel/cine.h"

#include "pipeline/pixel/found_identity.h"
#include "tests/unit/pipeline/scan/dicom_writer.h"

#include <gtest/gtest.h>

#include <optional>

namespace efface::testing {
namespace {

using pipeline::Box;
using pipeline::Detection;
using pipeline::FoundBox;
using pipeline::Picture;
using pipeline::PictureView;
using pipeline::SearchRound;
using rules::ImageKind;
using rules::Vr;

constexpr std::size_t kColumns = 32;
constexpr std::size_t kRows = 24;
constexpr std::uint8_t kGrey = 120;

/// Sees every pixel that is all but black or white; notes how large the pictures were that it was shown.
class Marks final : public pipeline::Detector {
public:
    Result<std::vector<Detection>> find(const PictureView& picture) override {
        ++first;
        return marks(picture);
    }

    Result<std::vector<Detection>> find_again(const PictureView& picture) override {
        ++(picture.columns == kColumns ? again : half);
        return marks(picture);
    }

    int first = 0;
    int again = 0;
    int half = 0;

private:
    static std::vector<Detection> marks(const PictureView& picture) {
        std::vector<Detection> found;
        for (std::size_t y = 0; y < picture.rows; ++y) {
            for (std::size_t x = 0; x < picture.columns; ++x) {
                if (std::abs(int{picture.at(x, y)} - kGrey) > 100) {
                    const auto left = static_cast<std::int64_t>(x);
                    const auto top = static_cast<std::int64_t>(y);
                    found.push_back({{left, top, left + 1, top + 1}, 1.0F});
                }
            }
        }
        return found;
    }
};

class Cine : public ::testing::Test {
protected:
    /// Grey frames in which the corners are 0 and 255, so that nothing is stretched.
    void make(std::uint64_t frames) {
        samples_.assign(frames * kColumns * kRows, std::byte{kGrey});
        for (std::uint64_t frame = 0; frame < frames; ++frame) {
            set(frame, 0, 0, 0);
            set(frame, kColumns - 1, kRows - 1, 255);
        }
        DicomWriter data{true};
        data.us(0x00280002, 1)
            .element(0x00280004, Vr::CS, "MONOCHROME2")
            .element(0x00280008, Vr::IS, std::to_string(frames))
            .us(0x00280010, kRows)
            .us(0x00280011, kColumns)
            .us(0x00280100, 8)
            .us(0x00280101, 8)
            .us(0x00280102, 7)
            .us(0x00280103, 0)
            .element(
                0x7FE00010, Vr::OB,
                std::string_view{reinterpret_cast<const char*>(samples_.data()), samples_.size()}
            );
        auto image = pipeline::NativeImage::read(
            data.bytes(), *rules::find_transfer_syntax(rules::kExplicitVrLittleEndian)
        );
        ASSERT_TRUE(image.has_value()) << image.error().message();
        image_ = std::move(*image);
    }

    void set(std::uint64_t frame, std::size_t x, std::size_t y, std::uint8_t value) {
        samples_[(frame * kRows + y) * kColumns + x] = std::byte{value};
    }

    Result<pipeline::FoundIdentity> find(ImageKind kind, SearchRound round = SearchRound::kFirst) {
        const rules::PixelIdentity identity{.text = true, .face = false, .why = "", .kind = kind};
        return pipeline::find_identity(samples_, samples_, *image_, identity, {&marks_, &marks_}, round);
    }

    static bool covers(const std::vector<FoundBox>& found, std::int64_t x, std::int64_t y) {
        return std::ranges::any_of(found, [=](const FoundBox& one) {
            const Box& box = one.box;
            return box.left <= x && x < box.right && box.top <= y && y < box.bottom;
        });
    }

    Marks marks_;
    std::vector<std::byte> samples_;
    std::optional<pipeline::NativeImage> image_;
};

TEST_F(Cine, WhatOneFrameAloneShowsIsFoundBrightAndDark) {
    make(100);
    set(37, 10, 6, 255);
    set(80, 20, 15, 0);

    const auto found = find(ImageKind::kUltrasound);

    ASSERT_TRUE(found.has_value()) << found.error().message();
    EXPECT_TRUE(covers(found->text, 10, 6));
    EXPECT_TRUE(covers(found->text, 20, 15));
    EXPECT_FALSE(covers(found->text, 15, 10));
    EXPECT_EQ(marks_.first, 3) << "the projections, thoroughly";
    EXPECT_EQ(marks_.half, 100) << "every frame";
}

TEST_F(Cine, AreaThatOnlyAFrameShowsIsFoundInItsHalf) {
    make(20);
    for (const std::size_t y : {8U, 9U}) {
        set(5, 16, y, 255);
        set(5, 17, y, 255);
        set(6, 16, y, 0);
        set(6, 17, y, 0);
    }

    const auto found = find(ImageKind::kFluoroscopy, SearchRound::kAgain);

    ASSERT_TRUE(found.has_value()) << found.error().message();
    const auto area = std::ranges::find(found->text, Box{16, 8, 18, 10}, &FoundBox::box);
    ASSERT_NE(area, found->text.end());
    EXPECT_EQ(area->frames, (std::vector<std::uint64_t>{5, 6}));
    EXPECT_EQ(marks_.first, 0);
    EXPECT_EQ(marks_.again, 3);
}

TEST_F(Cine, FewFramesAndOtherKindsAreSearchedOneByOne) {
    make(pipeline::kCineFramesMin - 1);
    ASSERT_TRUE(find(ImageKind::kUltrasound).has_value());
    EXPECT_EQ(marks_.first, static_cast<int>(pipeline::kCineFramesMin) - 1);

    make(pipeline::kSingleFramesMax);
    ASSERT_TRUE(find(ImageKind::kAnything).has_value());
    EXPECT_EQ(marks_.half, 0);

    make(pipeline::kSingleFramesMax + 1);
    const auto found = find(ImageKind::kAnything);
    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().fault, Fault::kQuarantine);
}

TEST_F(Cine, ProjectionsAreMeanBrightestAndDarkest) {
    make(10);
    set(3, 5, 5, 220);

    const auto [mean, most, least] = pipeline::projections(*image_, samples_, samples_);

    EXPECT_EQ(mean.view().at(5, 5), 130);
    EXPECT_EQ(most.view().at(5, 5), 220);
    EXPECT_EQ(least.view().at(5, 5), kGrey);
    EXPECT_EQ(mean.view().at(6, 5), kGrey);
}

TEST(Halved, TakesPicturesOfAnyShape) {
    for (const auto& [columns, rows] : {std::pair{1U, 1U}, {1U, 7U}, {5U, 1U}, {7U, 5U}, {8U, 6U}}) {
        Picture picture{columns, rows, 3};
        std::ranges::fill(picture.samples, std::uint8_t{77});

        const Picture half = pipeline::halved(picture.view());

        EXPECT_EQ(half.columns, std::max(1U, columns / 2));
        EXPECT_EQ(half.rows, std::max(1U, rows / 2));
        EXPECT_TRUE(std::ranges::all_of(half.samples, [](std::uint8_t value) { return value == 77; }));
    }
}

}  // namespace
}  // namespace efface::testing
