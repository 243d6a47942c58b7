// Goal: what cannot be searched, and where finding nothing proves nothing, waits for a person; where nothing
// is found nothing changes; and the gate decides the same by itself. Method: the images of the mask tests,
// cut or contradictory.
#include "tests/unit/pipeline/gate/masked_fixture.h"

namespace efface::testing::masked {
namespace {

class FoundTest : public MaskedTest {};

TEST_F(FoundTest, APaletteWithoutItsTablesIsNotSearched) {
    original_ = file_of({.photometric = "PALETTE COLOR"});
    const std::size_t at = original_.find(std::string_view{"\x28\0\x02\x12OW", 6});
    ASSERT_NE(at, std::string::npos);
    original_.erase(at, 12 + 256);
    cleaned_ = testing::clean(original_, rules_, order_for(original_), finders_);
    EXPECT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kQuarantined);
    EXPECT_NE(cleaned_.report.reason.find("colour tables"), std::string::npos) << cleaned_.report.reason;
}

TEST_F(FoundTest, APaletteWhoseSegmentsGiveMoreThanItSaysIsNotSearched) {
    original_ = file_of({.photometric = "PALETTE COLOR", .segmented_palette = true});
    const std::string_view line{"\1\0\xFF\0", 4};
    const std::size_t at = original_.find(line);
    ASSERT_NE(at, std::string::npos);
    original_.replace(at, 4, std::string_view{"\1\0\0\1", 4});
    cleaned_ = testing::clean(original_, rules_, order_for(original_), finders_);
    EXPECT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kQuarantined);
    EXPECT_NE(cleaned_.report.reason.find("segments of a colour table"), std::string::npos)
        << cleaned_.report.reason;
}

TEST_F(FoundTest, ColourThatNobodyCanReadAlikeIsNotSearched) {
    const std::pair<Kind, std::string_view> kinds[] = {
        {{.photometric = "RGB", .samples = 3, .is_signed = 1}, "signed colour"},
        {{.photometric = "RGB", .samples = 3, .allocated = 16, .stored = 12, .is_signed = 1},
         "signed colour"},
        {{.photometric = "PALETTE COLOR", .is_signed = 1}, "signed colour"},
        {{.photometric = "YBR_PARTIAL_420", .samples = 3}, "Photometric Interpretation"}};
    for (const auto& [kind, why] : kinds) {
        clean_it(kind);
        EXPECT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kQuarantined);
        EXPECT_NE(cleaned_.report.reason.find(why), std::string::npos) << cleaned_.report.reason;
    }
}

TEST_F(FoundTest, DeepColourThatIsCutIsNotSearched) {
    original_ = file_of({.photometric = "RGB", .samples = 3, .allocated = 16, .stored = 12});
    const std::string header = DicomWriter{}.header(0x7FE00010, Vr::OW, kSide * kSide * 6).text();
    const std::size_t at = original_.find(header);
    ASSERT_NE(at, std::string::npos);
    original_.replace(at, 12, DicomWriter{}.header(0x7FE00010, Vr::OW, kSide * kSide * 6 - 6).text());
    original_.resize(original_.size() - 6);
    cleaned_ = testing::clean(original_, rules_, order_for(original_), finders_);
    EXPECT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kQuarantined);
    EXPECT_NE(cleaned_.report.reason.find("shorter than its frames"), std::string::npos)
        << cleaned_.report.reason;
}

TEST_F(FoundTest, NothingFoundLeavesSamplesAndImageTypeAsTheyWere) {
    has_text_ = has_face_ = false;
    clean_it({});

    EXPECT_TRUE(cleaned_.report.mask.empty());
    EXPECT_TRUE(judge_it().passed) << judge_it().reason;
    EXPECT_TRUE(std::ranges::equal(before(), after()));
    EXPECT_NE(cleaned_.written.find("ORIGINAL\\PRIMARY\\OTHER"), std::string::npos);
}

TEST_F(FoundTest, NothingFoundLeavesCompressedSamplesAsTheyWere) {
    has_text_ = has_face_ = false;
    clean_it({.rle = true});

    EXPECT_EQ(cleaned_.report.output_transfer_syntax_uid, kRle);
    EXPECT_TRUE(judge_it().passed) << judge_it().reason;
}

TEST_F(FoundTest, MoreFramesThanAreSearchedWaitForAPerson) {
    clean_it({.frames = 33});

    EXPECT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kQuarantined);
    EXPECT_NE(cleaned_.report.reason.find("more frames"), std::string::npos) << cleaned_.report.reason;
}

TEST_F(FoundTest, APhotographWithoutAFaceWaitsForAPerson) {
    sop_class_ = kPhotograph;
    has_face_ = false;
    clean_it({.photometric = "RGB", .samples = 3});

    EXPECT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kQuarantined);
    EXPECT_NE(cleaned_.report.reason.find("no face is found in a photograph"), std::string::npos);
}

TEST_F(FoundTest, ASliceOfAHeadWaitsForAPersonOnBothSides) {
    sop_class_ = "1.2.840.10008.5.1.4.1.1.4";  // MR Image; no body part says that it is none of a head.
    has_text_ = has_face_ = false;
    clean_it({});
    EXPECT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kQuarantined);
    EXPECT_NE(cleaned_.report.reason.find("when its slices are put together"), std::string::npos);

    // As if the cleaner had let it pass: cleaned under a rule that leaves pixels alone.
    const rules::RuleSet header_only = rules_of(kHeaderOnlyRules);
    cleaned_ = testing::clean(original_, header_only, order_for(original_));
    EXPECT_FALSE(judge_it().passed);
}

TEST_F(FoundTest, AProcessWithoutDetectorsSaysSoAndWritesNothing) {
    const pipeline::Finders finders = std::exchange(finders_, {});
    clean_it({});
    EXPECT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kNeedsDetectors);
    EXPECT_TRUE(cleaned_.written.empty());

    finders_ = finders;
    clean_it({});
    finders_ = {};
    EXPECT_FALSE(judge_it().passed) << "a gate without detectors clears nothing";
}

TEST_F(FoundTest, AnImageTypeThatStillSaysOriginalIsHeld) {
    clean_it({});
    const std::size_t at = cleaned_.written.find("DERIVED\\PRIMARY\\OTHER ");
    ASSERT_NE(at, std::string::npos);
    cleaned_.written.replace(at, 7, "DERIVEX");

    EXPECT_EQ(judge_it().reason, "gate: Image Type is not that of blackened samples (0008,0008)");
}

TEST_F(FoundTest, AMaskUnderARuleThatLeavesPixelsAloneIsHeld) {
    clean_it({});
    const rules::RuleSet header_only = rules_of(kHeaderOnlyRules);

    const pipeline::GateReport report = testing::judge(
        original_, cleaned_.written, *header_only.find("all-header-only"), order_for(original_),
        cleaned_.report.mask, finders_
    );

    EXPECT_FALSE(report.passed);
}

}  // namespace
}  // namespace efface::testing::masked
