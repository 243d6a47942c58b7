// Goal: what the finders see is blackened, everything else stays, and the gate holds whatever is not so.
// Method: images of every kind that is searched, and bugs planted in the written bytes: a stage that leaves
// the original under the mask, or a tenth of it.
#include "tests/unit/pipeline/gate/masked_fixture.h"

namespace efface::testing::masked {
namespace {

TEST_P(MaskedTest, IsBlackWhereSomethingWasFoundAndAsBeforeElsewhere) {
    clean_it(GetParam());
    ASSERT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kCleaned) << cleaned_.report.reason;
    ASSERT_EQ(cleaned_.report.mask.size(), 2U);
    for (const Box& box : cleaned_.report.mask.boxes) {
        EXPECT_EQ(box.left % 8 + box.top % 8 + box.right % 8 + box.bottom % 8, 0) << "the grid";
    }

    const pipeline::GateReport report = judge_it();

    EXPECT_TRUE(report.passed) << report.reason;
    EXPECT_NE(cleaned_.written.find("DERIVED\\PRIMARY\\OTHER"), std::string::npos);
    std::size_t changed = 0;
    for (std::size_t i = 0; i < sample_bytes_; ++i) {
        changed += before()[i] != after()[i] ? 1 : 0;
    }
    EXPECT_GT(changed, 0U);
    EXPECT_LT(changed, sample_bytes_ / 2);
}

TEST_P(MaskedTest, TheGateHoldsAnOriginalUnderTheMask) {
    clean_it(GetParam());
    std::ranges::copy(before(), after().begin());

    EXPECT_EQ(judge_it().reason, "gate: something stands under the mask (7FE0,0010)");
}

TEST_P(MaskedTest, TheGateHoldsATenthOfTheOriginalUnderTheMask) {
    clean_it(GetParam());
    std::size_t seen = 0;
    for (std::size_t i = 0; i < sample_bytes_; ++i) {
        if (before()[i] != after()[i] && seen++ % 10 == 0) {
            after()[i] = before()[i];
        }
    }
    ASSERT_GT(seen, 10U);

    EXPECT_EQ(judge_it().reason, "gate: something stands under the mask (7FE0,0010)");
}

TEST_P(MaskedTest, TheGateHoldsAChangeOutsideTheMask) {
    clean_it(GetParam());
    after()[sample_bytes_ - 2] = static_cast<char>(after()[sample_bytes_ - 2] ^ 1);

    EXPECT_EQ(judge_it().reason, "gate: samples outside the mask differ (7FE0,0010)");
}

TEST_P(MaskedTest, TheGateFindsWhatAMaskLeavesOut) {
    clean_it(GetParam());
    // A cleaner that "forgot" the second box, in samples and in report alike.
    const Box forgotten = cleaned_.report.mask.boxes.back();
    cleaned_.report.mask.boxes.pop_back();
    const std::string whole = samples_of(GetParam());
    const std::size_t unit = sample_bytes_ / (kSide * kSide * static_cast<std::size_t>(GetParam().frames));
    if (GetParam().planar == 0) {
        for (std::size_t i = 0; i < sample_bytes_; ++i) {
            const std::size_t pixel = i / unit % (kSide * kSide);
            if (within(forgotten, pixel % kSide, pixel / kSide)) {
                after()[i] = before()[i];
            }
        }
        EXPECT_EQ(judge_it().reason, "gate: a face is found outside the mask (7FE0,0010)");
    }
    EXPECT_FALSE(judge_it().passed);
}

INSTANTIATE_TEST_SUITE_P(
    Every, MaskedTest,
    ::testing::Values(
        Kind{.name = "Grey8"}, Kind{.name = "Grey8Inverse", .photometric = "MONOCHROME1"},
        Kind{.name = "Grey12", .allocated = 16, .stored = 12},
        Kind{.name = "Grey12Signed", .allocated = 16, .stored = 12, .is_signed = 1},
        Kind{.name = "Rgb", .photometric = "RGB", .samples = 3},
        Kind{.name = "RgbByPlane", .photometric = "RGB", .samples = 3, .planar = 1},
        Kind{.name = "YbrFull", .photometric = "YBR_FULL", .samples = 3}, Kind{.name = "Cine", .frames = 3},
        Kind{.name = "Rgb16", .photometric = "RGB", .samples = 3, .allocated = 16, .stored = 16},
        Kind{
            .name = "Rgb12ByPlane",
            .photometric = "RGB",
            .samples = 3,
            .allocated = 16,
            .stored = 12,
            .planar = 1,
            .frames = 2},
        Kind{.name = "Rgb32", .photometric = "RGB", .samples = 3, .allocated = 32, .stored = 32},
        Kind{.name = "YbrFull12", .photometric = "YBR_FULL", .samples = 3, .allocated = 16, .stored = 12},
        Kind{
            .name = "BigEndianRgb16",
            .photometric = "RGB",
            .samples = 3,
            .allocated = 16,
            .stored = 16,
            .big_endian = true},
        Kind{
            .name = "RleRgb16",
            .photometric = "RGB",
            .samples = 3,
            .allocated = 16,
            .stored = 16,
            .rle = true},
        Kind{
            .name = "RleRgb32Cine",
            .photometric = "RGB",
            .samples = 3,
            .allocated = 32,
            .stored = 32,
            .frames = 2,
            .rle = true},
        Kind{.name = "Rle8", .rle = true}, Kind{.name = "Rle12", .allocated = 16, .stored = 12, .rle = true},
        Kind{.name = "Grey32", .allocated = 32, .stored = 32},
        Kind{.name = "Ybr422", .photometric = "YBR_FULL_422", .samples = 3},
        Kind{.name = "Ybr422Cine", .photometric = "YBR_FULL_422", .samples = 3, .frames = 2},
        Kind{.name = "Palette", .photometric = "PALETTE COLOR"},
        Kind{
            .name = "DeepPalette",
            .photometric = "PALETTE COLOR",
            .allocated = 16,
            .stored = 8,
            .deep_palette = true},
        Kind{.name = "RlePalette", .photometric = "PALETTE COLOR", .rle = true},
        Kind{.name = "SegmentedPalette", .photometric = "PALETTE COLOR", .segmented_palette = true},
        Kind{
            .name = "BigEndianSegmentedPalette",
            .photometric = "PALETTE COLOR",
            .allocated = 16,
            .stored = 16,
            .big_endian = true,
            .segmented_palette = true},
        Kind{.name = "Rle32", .allocated = 32, .stored = 32, .rle = true},
        Kind{.name = "BigEndian8", .big_endian = true},
        Kind{.name = "BigEndian12Signed", .allocated = 16, .stored = 12, .is_signed = 1, .big_endian = true},
        Kind{.name = "BigEndianRgb", .photometric = "RGB", .samples = 3, .frames = 2, .big_endian = true},
        Kind{.name = "BigEndianPalette", .photometric = "PALETTE COLOR", .big_endian = true},
        Kind{.name = "RleRgbCine", .photometric = "RGB", .samples = 3, .frames = 2, .rle = true}
    ),
    [](const auto& kind) { return kind.param.name; }
);

}  // namespace
}  // namespace efface::testing::masked
