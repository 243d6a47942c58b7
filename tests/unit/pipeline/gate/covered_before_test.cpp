// Goal: what was covered insufficiently before is blackened, what was destroyed stays, and the gate searches
// for itself. Method: a mosaic or a box in a picture of noise, finders that see nothing, the cleaner's mask,
// and a writer that leaves it out.
#include "pipeline/gate/masked_samples.h"
#include "pipeline/pixel/found_identity.h"
#include "pipeline/pixel/samples.h"
#include "tests/unit/pipeline/occlusions/covered_picture.h"
#include "tests/unit/pipeline/scan/dicom_writer.h"

#include <gtest/gtest.h>

namespace efface::testing {
namespace {

using namespace pipeline;

constexpr Box kCovered{51, 45, 241, 223};
const rules::PixelIdentity kFaceOnly{.text = false, .face = true, .why = "a test"};

class SeesNothing final : public Detector {
public:
    Result<std::vector<Detection>> find(const PictureView&) override { return std::vector<Detection>{}; }
};

const rules::TransferSyntax& explicit_little_endian() {
    return *rules::find_transfer_syntax("1.2.840.10008.1.2.1");
}

std::string data_set_of(const Picture& picture) {
    std::string samples(picture.samples.begin(), picture.samples.end());
    DicomWriter writer;
    writer.us(0x00280002, 1)
        .element(0x00280004, rules::Vr::CS, "MONOCHROME2")
        .us(0x00280010, static_cast<std::uint16_t>(picture.rows))
        .us(0x00280011, static_cast<std::uint16_t>(picture.columns))
        .us(0x00280100, 8)
        .us(0x00280101, 8)
        .us(0x00280102, 7)
        .us(0x00280103, 0)
        .element(0x7FE00010, rules::Vr::OB, samples);
    return writer.text();
}

class CoveredBefore : public ::testing::Test {
protected:
    std::span<const std::byte> bytes(const std::string& text) { return std::as_bytes(std::span{text}); }

    Result<IdentityMask> mask_of(const Picture& picture, const rules::PixelIdentity& identity) {
        const std::string data_set = data_set_of(picture);
        const auto samples = read_samples(bytes(data_set), explicit_little_endian());
        EXPECT_TRUE(samples.has_value());
        return mask_identity(samples->bytes, samples->image, identity, finders_);
    }

    Status judge(const Picture& before, const Picture& after, const std::vector<Box>& mask) {
        const std::string original = data_set_of(before);
        const std::string written = data_set_of(after);
        return judge_masked_samples(
            {bytes(original), explicit_little_endian()}, {bytes(written), explicit_little_endian()},
            {Mask{mask}, OwnFill{}}, kFaceOnly, finders_
        );
    }

    static Picture blackened(Picture picture, const Mask& mask) {
        for (const Box& box : mask.boxes) {
            cover_box(picture, box, {0, 0, 0});
        }
        return picture;
    }

    static std::uint32_t count(const OcclusionCounts& counts, OcclusionKind kind, OcclusionVerdict verdict) {
        return counts[static_cast<std::size_t>(kind)][static_cast<std::size_t>(verdict)];
    }

    SeesNothing nothing_;
    Finders finders_{&nothing_, &nothing_};
    Picture picture_ = content(300, 280, 1, 41);
};

TEST_F(CoveredBefore, AFineMosaicIsCoveredAgainWithItsSurround) {
    cover_mosaic(picture_, kCovered, 8);

    const auto masked = mask_of(picture_, kFaceOnly);

    ASSERT_TRUE(masked.has_value()) << masked.error().message();
    EXPECT_EQ(count(masked->occlusions, OcclusionKind::kMosaic, OcclusionVerdict::kInsufficient), 1U);
    const Box wider{kCovered.left - 16, kCovered.top - 16, kCovered.right + 16, kCovered.bottom + 16};
    EXPECT_TRUE(masked->mask.covers(wider, 300, 280));
    EXPECT_TRUE(judge(picture_, blackened(picture_, masked->mask), masked->mask.boxes).has_value());
}

TEST_F(CoveredBefore, TheGateHoldsAMosaicThatTheCleanerLeft) {
    cover_mosaic(picture_, kCovered, 8);
    const Box half{kCovered.left, kCovered.top, 144, kCovered.bottom};

    const Status bare = judge(picture_, picture_, {});
    const Status in_part = judge(picture_, blackened(picture_, Mask{{half}}), {half});

    ASSERT_FALSE(bare.has_value());
    EXPECT_EQ(
        bare.error().text.view(), "gate: an earlier occlusion that hides too little is outside the mask"
    );
    ASSERT_FALSE(in_part.has_value());
    EXPECT_EQ(in_part.error().text.view(), bare.error().text.view());
}

TEST_F(CoveredBefore, WhatIsDestroyedStaysAndIsCounted) {
    cover_box(picture_, kCovered, {10, 10, 10});

    const auto masked = mask_of(picture_, kFaceOnly);

    ASSERT_TRUE(masked.has_value()) << masked.error().message();
    EXPECT_EQ(count(masked->occlusions, OcclusionKind::kBox, OcclusionVerdict::kDestroyed), 1U);
    EXPECT_TRUE(masked->mask.empty());
    EXPECT_TRUE(judge(picture_, picture_, {}).has_value());
}

TEST_F(CoveredBefore, APhotographWithoutAFaceSaysWhatCoversIt) {
    rules::PixelIdentity photograph = kFaceOnly;
    photograph.is_photograph = true;
    const auto plain = mask_of(picture_, photograph);
    cover_ellipse(picture_, kCovered, {10, 10, 10});

    const auto covered = mask_of(picture_, photograph);

    ASSERT_FALSE(plain.has_value());
    EXPECT_TRUE(plain.error().text.view().starts_with("no face is found in a photograph: "));
    ASSERT_FALSE(covered.has_value());
    EXPECT_EQ(covered.error().fault, Fault::kQuarantine);
    EXPECT_NE(covered.error().text.view().find("an ellipse drawn over it"), std::string_view::npos);
}

TEST_F(CoveredBefore, WhereNoFaceIsPossibleNothingIsSearched) {
    cover_mosaic(picture_, kCovered, 8);
    rules::PixelIdentity text_only = kFaceOnly;
    text_only.text = true;
    text_only.face = false;

    const auto masked = mask_of(picture_, text_only);

    ASSERT_TRUE(masked.has_value());
    EXPECT_TRUE(masked->mask.empty());
}

}  // namespace
}  // namespace efface::testing
