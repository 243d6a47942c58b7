// Goal: the profile of a head from the side is blackened, the gate looks for it itself, and a view of the
// head in which it is not found is held unless it says that it is frontal. Method: drawn radiographs, finders
// that see nothing, the cleaner's mask, and a writer that leaves part of it out.
#include "pipeline/gate/claim_facts.h"
#include "pipeline/gate/masked_samples.h"
#include "pipeline/pixel/found_identity.h"
#include "pipeline/pixel/samples.h"
#include "pipeline/unit/instance_facts.h"
#include "tests/unit/pipeline/head_profile/drawn_head.h"
#include "tests/unit/pipeline/occlusions/covered_picture.h"
#include "tests/unit/pipeline/scan/dicom_writer.h"

#include <gtest/gtest.h>

namespace efface::testing {
namespace {

using namespace pipeline;

class SeesNothing final : public Detector {
public:
    Result<std::vector<Detection>> find(const PictureView&) override { return std::vector<Detection>{}; }
};

const rules::TransferSyntax& explicit_little_endian() {
    return *rules::find_transfer_syntax("1.2.840.10008.1.2.1");
}

std::string data_set_of(const Picture& picture, std::string_view photometric) {
    std::string samples(picture.samples.begin(), picture.samples.end());
    DicomWriter writer;
    writer.us(0x00280002, 1)
        .element(0x00280004, rules::Vr::CS, photometric)
        .us(0x00280010, static_cast<std::uint16_t>(picture.rows))
        .us(0x00280011, static_cast<std::uint16_t>(picture.columns))
        .us(0x00280100, 8)
        .us(0x00280101, 8)
        .us(0x00280102, 7)
        .us(0x00280103, 0)
        .element(0x7FE00010, rules::Vr::OB, samples);
    return writer.text();
}

rules::PixelIdentity skull(rules::StatedView stated) {
    return {
        .text = false,
        .face = true,
        .why = "a test",
        .kind = rules::ImageKind::kRadiograph,
        .head_view = {.is_searched = true, .head_stated = true, .stated = stated}};
}

class ProfileBand : public ::testing::Test {
protected:
    std::span<const std::byte> bytes(const std::string& text) { return std::as_bytes(std::span{text}); }

    Result<Mask> mask_of(const Picture& picture, const rules::PixelIdentity& identity) {
        const std::string data_set = data_set_of(picture, photometric_);
        const auto samples = read_samples(bytes(data_set), explicit_little_endian());
        EXPECT_TRUE(samples.has_value());
        EFFACE_TRY(IdentityMask masked, mask_identity(samples->bytes, samples->image, identity, finders_));
        return std::move(masked.mask);
    }

    Status judge(
        const Picture& before, const Picture& after, const std::vector<Box>& mask,
        const rules::PixelIdentity& identity
    ) {
        const std::string original = data_set_of(before, photometric_);
        const std::string written = data_set_of(after, photometric_);
        return judge_masked_samples(
            {bytes(original), explicit_little_endian()}, {bytes(written), explicit_little_endian()},
            {Mask{mask}, OwnFill{}}, identity, finders_
        );
    }

    Picture blackened(Picture picture, const std::vector<Box>& mask) const {
        const std::uint8_t black = photometric_ == "MONOCHROME1" ? 255 : 0;
        for (const Box& box : mask) {
            cover_box(picture, box, {black, black, black});
        }
        return picture;
    }

    SeesNothing nothing_;
    Finders finders_{&nothing_, &nothing_};
    std::string_view photometric_ = "MONOCHROME2";
    DrawnHead head_ = head_from_the_side({}, 11);
};

TEST_F(ProfileBand, GoesBlackWhateverTheViewSays) {
    for (const auto stated :
         {rules::StatedView::kLateral, rules::StatedView::kNothing, rules::StatedView::kFrontal}) {
        const auto mask = mask_of(head_.picture, skull(stated));

        ASSERT_TRUE(mask.has_value()) << mask.error().message();
        for (const auto& [x, y] : head_.skin) {
            EXPECT_TRUE(mask->covers(static_cast<std::int64_t>(x), static_cast<std::int64_t>(y)));
        }
        EXPECT_TRUE(judge(head_.picture, blackened(head_.picture, mask->boxes), mask->boxes, skull(stated))
                        .has_value());
    }
}

TEST_F(ProfileBand, GoesBlackInMonochrome1) {
    photometric_ = "MONOCHROME1";

    const auto mask = mask_of(head_.picture, skull(rules::StatedView::kLateral));

    ASSERT_TRUE(mask.has_value()) << mask.error().message();
    EXPECT_FALSE(mask->empty());
    EXPECT_TRUE(judge(
                    head_.picture, blackened(head_.picture, mask->boxes), mask->boxes,
                    skull(rules::StatedView::kLateral)
    )
                    .has_value());
}

TEST_F(ProfileBand, TheGateHoldsOneThatTheCleanerLeft) {
    const rules::PixelIdentity identity = skull(rules::StatedView::kNothing);
    const auto mask = mask_of(head_.picture, identity);
    ASSERT_TRUE(mask.has_value());
    std::vector<Box> part = mask->boxes;
    ASSERT_GT(part.size(), 2U);
    part.pop_back();

    const Status bare = judge(head_.picture, head_.picture, {}, identity);
    const Status in_part = judge(head_.picture, blackened(head_.picture, part), part, identity);

    ASSERT_FALSE(bare.has_value());
    EXPECT_EQ(bare.error().text.view(), "gate: the profile of a head is outside the mask");
    ASSERT_FALSE(in_part.has_value());
    EXPECT_EQ(in_part.error().text.view(), "gate: the profile of a head is outside the mask");
}

TEST_F(ProfileBand, AHeadWhoseProfileIsNotFoundIsHeldByCleanerAndGate) {
    const Picture picture = limb(2);
    for (const auto stated :
         {rules::StatedView::kLateral, rules::StatedView::kOblique, rules::StatedView::kNothing}) {
        const auto mask = mask_of(picture, skull(stated));
        const Status judged = judge(picture, picture, {}, skull(stated));

        ASSERT_FALSE(mask.has_value());
        EXPECT_EQ(mask.error().fault, Fault::kQuarantine);
        EXPECT_NE(mask.error().text.view().find("profile"), std::string_view::npos);
        ASSERT_FALSE(judged.has_value());
    }
}

TEST_F(ProfileBand, AFrontalViewAndAnUnknownPartKeepTheirPixels) {
    const Picture picture = head_from_the_front(3);
    rules::PixelIdentity unknown = skull(rules::StatedView::kLateral);
    unknown.head_view.head_stated = false;
    for (const rules::PixelIdentity& identity : {skull(rules::StatedView::kFrontal), unknown}) {
        const auto mask = mask_of(picture, identity);

        ASSERT_TRUE(mask.has_value()) << mask.error().message();
        EXPECT_TRUE(mask->empty());
        EXPECT_TRUE(judge(picture, picture, {}, identity).has_value());
    }
}

TEST_F(ProfileBand, WhatIsNoRadiographOfAHeadIsNotSearched) {
    rules::PixelIdentity elsewhere = skull(rules::StatedView::kLateral);
    elsewhere.head_view.is_searched = false;

    const auto mask = mask_of(head_.picture, elsewhere);

    ASSERT_TRUE(mask.has_value());
    EXPECT_TRUE(mask->empty());
}

/// A cervical spine from the side; the view's code lies behind the groups that the gate otherwise reads.
std::string spine_from_the_side() {
    DicomWriter writer;
    writer.element(0x00080016, rules::Vr::UI, "1.2.840.10008.5.1.4.1.1.1.1")
        .element(0x00080060, rules::Vr::CS, "DX")
        .element(0x00180015, rules::Vr::CS, "CSPINE")
        .element(0x00181164, rules::Vr::DS, "0.2\\0.2")
        .element(0x00200020, rules::Vr::CS, "H\\F")
        .element(0x00280030, rules::Vr::DS, "0.25\\0.25");
    writer.sequence(0x00540220)
        .item()
        .element(0x00080104, rules::Vr::LO, "left lateral")
        .end_item()
        .end_sequence();
    return writer.text();
}

TEST_F(ProfileBand, CleanerAndGateReadTheSameViewEachForItself) {
    const std::string data_set = spine_from_the_side();
    const auto facts = read_claim_facts(bytes(data_set), explicit_little_endian());
    ASSERT_TRUE(facts.has_value());

    const rules::HeadView cleaner = pixel_identity({bytes(data_set), &explicit_little_endian()}).head_view;
    const rules::HeadView gate = facts->identity("1.2.840.10008.5.1.4.1.1.1.1").head_view;

    for (const rules::HeadView& view : {cleaner, gate}) {
        EXPECT_TRUE(view.must_show_profile());
        EXPECT_EQ(view.stated, rules::StatedView::kLateral);
        EXPECT_DOUBLE_EQ(view.pixels_a_millimetre, 5);
    }
}

}  // namespace
}  // namespace efface::testing
