// Goal: what rule, device and ultrasound regions name is black without any search, a kind whose recall is
// measured is let through with the words that say so, and the gate holds an output that does or says
// something else. Method: an ultrasound frame of noise, finders that find nothing, the real cleaner, planted
// bugs.
#include "rules/profile/attestation.h"
#include "tests/unit/pipeline/gate/gate_fixture.h"

#include <gtest/gtest.h>

namespace efface::testing {
namespace {

using pipeline::Box;
using rules::Vr;

constexpr std::string_view kUltrasound = "1.2.840.10008.5.1.4.1.1.6.1";
constexpr std::size_t kSide = 64;

constexpr std::array kMeasured{rules::MeasuredRecall{
    .kind = rules::ImageKind::kUltrasound,
    .name = "ultrasound",
    .text_percent = 97,
    .face_percent = 0,
    .measured_on = "a test"}};

class NothingFinder final : public pipeline::Detector {
public:
    Result<std::vector<pipeline::Detection>> find(const pipeline::PictureView&) override {
        return std::vector<pipeline::Detection>{};
    }
};

class DeclaredTest : public ::testing::Test {
protected:
    static std::string samples() {
        std::string bytes;
        for (std::size_t i = 0; i < kSide * kSide; ++i) {
            bytes += static_cast<char>(50 + (i * 7) % 100);
        }
        return bytes;
    }

    std::string file() const {
        DicomWriter data;
        data.element(0x00080008, Vr::CS, "ORIGINAL\\PRIMARY")
            .element(0x00080016, Vr::UI, kUltrasound)
            .element(0x00080018, Vr::UI, "1.2.276.0.99.3.1")
            .element(0x00080060, Vr::CS, "US")
            .element(0x00080070, Vr::LO, manufacturer_)
            .element(0x00180015, Vr::CS, body_part_);
        if (!regions_.empty()) {
            data.sequence(0x00186011);
            for (const Box& region : regions_) {
                data.item();
                data.us(0x00186012, spatial_format_).us(0x00186014, 1);
                ul(data, 0x00186018, region.left);
                ul(data, 0x0018601A, region.top);
                ul(data, 0x0018601C, region.right - 1);
                ul(data, 0x0018601E, region.bottom - 1);
                data.end_item();
            }
            data.end_sequence();
        }
        data.element(0x0020000D, Vr::UI, "1.2.276.0.99.3.2")
            .element(0x0020000E, Vr::UI, "1.2.276.0.99.3.3")
            .us(0x00280002, 1)
            .element(0x00280004, Vr::CS, "MONOCHROME2")
            .us(0x00280010, kSide)
            .us(0x00280011, kSide)
            .us(0x00280100, 8)
            .us(0x00280101, 8)
            .us(0x00280102, 7)
            .us(0x00280103, 0);
        if (!claim_.empty()) {
            data.element(0x00280301, Vr::CS, claim_);
        }
        data.header(0x7FE00010, Vr::OW, kSide * kSide).raw(samples());
        return part10_file(data.text(), rules::kExplicitVrLittleEndian, kUltrasound, "1.2.276.0.99.3.1");
    }

    static void ul(DicomWriter& data, std::uint32_t tag, std::int64_t value) {
        data.header(tag, Vr::UL, 4).u32(static_cast<std::uint32_t>(value));
    }

    void clean_it(std::string_view pixels = "") {
        rules_ = rules_of(
            "[[rule]]\nname = 'r'\ndestinations = ['archive']\npixel_policy = '" + policy_ + "'\n" +
            std::string{pixels} + "\n" + devices_
        );
        original_ = file();
        const rules::ProjectKey key = test_key();
        const int fd = memfd_create("written", MFD_CLOEXEC);
        const pipeline::WorkOrder order = order_for(original_);
        const auto report = pipeline::clean_unit(
            bytes_of(original_), fd, {order, rules_, key, 1ULL << 30U, finders_, recalls_}
        );
        ASSERT_TRUE(report);
        report_ = *report;
        written_.resize(static_cast<std::size_t>(lseek(fd, 0, SEEK_END)));
        ASSERT_EQ(pread(fd, written_.data(), written_.size(), 0), static_cast<ssize_t>(written_.size()));
        close(fd);
    }

    pipeline::GateReport judge_it(std::vector<Box> declared = {}, bool has_declared = true) {
        const rules::ProjectKey key = test_key();
        const pipeline::WorkOrder order = order_for(original_);
        return pipeline::judge(
            bytes_of(original_), bytes_of(written_),
            {.order = order,
             .rule = rules_.rules().front(),
             .key = key,
             .mask = report_.mask,
             .finders = finders_,
             .declared = std::move(declared),
             .has_declared_regions = has_declared,
             .outside_regions_is_black = outside_is_black_,
             .recalls = recalls_}
        );
    }

    /// What a written pixel holds.
    int at(std::size_t x, std::size_t y) const {
        const std::size_t first = written_.size() - kSide * kSide;
        return static_cast<unsigned char>(written_[first + y * kSide + x]);
    }

    bool was_cleaned() const { return report_.outcome == pipeline::CleanReport::Outcome::kCleaned; }

    bool says(std::string_view fact) const {
        return std::ranges::find(report_.facts, fact) != report_.facts.end();
    }

    std::string policy_ = "remove-found";
    std::string manufacturer_ = "Nobody";
    std::string body_part_ = "ABDOMEN";
    std::string claim_;
    std::string devices_;
    std::vector<Box> regions_;
    std::uint16_t spatial_format_ = 0;
    bool outside_is_black_ = true;
    NothingFinder nothing_;
    pipeline::Finders finders_{&nothing_, &nothing_};
    std::span<const rules::MeasuredRecall> recalls_ = kMeasured;
    rules::RuleSet rules_;
    std::string original_;
    std::string written_;
    pipeline::CleanReport report_;
};

TEST_F(DeclaredTest, RegionsOfTheRuleAreBlackenedOnTheGrid) {
    clean_it("[rule.pixels]\nblacken = [[3, 0, 10, 9], [60, 60, 900, 900]]");

    ASSERT_TRUE(was_cleaned()) << report_.reason;
    EXPECT_EQ(report_.mask.boxes, (std::vector<Box>{{0, 0, 16, 16}, {56, 56, 64, 64}}));
    EXPECT_EQ(at(15, 15), 0);
    EXPECT_NE(at(16, 15), 0);
    EXPECT_TRUE(says("regions of the rule blackened"));
    EXPECT_TRUE(judge_it({{3, 0, 13, 9}, {60, 60, 64, 64}}).passed)
        << judge_it({{3, 0, 13, 9}, {60, 60, 64, 64}}).reason;
}

TEST_F(DeclaredTest, TheGateHoldsADeclaredRegionThatIsNotBlack) {
    clean_it("[rule.pixels]\nblacken = [[3, 0, 10, 9]]");

    EXPECT_EQ(judge_it({{3, 0, 17, 9}}).reason, "gate: a region that rule or device names is not blackened");
}

TEST_F(DeclaredTest, AHeaderOnlyRuleBlackensWhatItNamesWithoutDetectors) {
    policy_ = "header-only";
    finders_ = {};
    regions_ = {{0, 8, 64, 64}};
    clean_it("[rule.pixels]\nblacken = [[0, 0, 16, 16]]");

    ASSERT_TRUE(was_cleaned()) << report_.reason;
    EXPECT_EQ(report_.mask.boxes, (std::vector<Box>{{0, 0, 16, 16}})) << "ultrasound regions are not asked";
    EXPECT_EQ(at(15, 15), 0);
    EXPECT_NE(written_.find(rules::kMethodPixelsNotCleaned), std::string::npos);
    EXPECT_NE(written_.find("DERIVED"), std::string::npos);
    EXPECT_TRUE(judge_it({{0, 0, 16, 16}}).passed) << judge_it({{0, 0, 16, 16}}).reason;

    written_[written_.size() - kSide * kSide] = 1;
    EXPECT_EQ(judge_it({{0, 0, 16, 16}}).reason, "gate: something stands under the mask (7FE0,0010)");
}

TEST_F(DeclaredTest, ADevicesTemplateIsTakenAndNamed) {
    manufacturer_ = "ACME SONO";
    devices_ = "[[device]]\nname = 'acme'\nmatch.manufacturer = 'acme sono'\nblacken = [[0, 0, 64, 8]]\n";
    clean_it();

    ASSERT_TRUE(was_cleaned()) << report_.reason;
    EXPECT_EQ(report_.mask.boxes, (std::vector<Box>{{0, 0, 64, 8}}));
    EXPECT_TRUE(says("regions of the device template acme blackened"));
}

TEST_F(DeclaredTest, WhatLiesOutsideTheUltrasoundRegionsIsBlackened) {
    regions_ = {{16, 8, 40, 48}, {40, 24, 64, 64}};
    clean_it();

    ASSERT_TRUE(was_cleaned()) << report_.reason;
    for (std::size_t y = 0; y < kSide; ++y) {
        for (std::size_t x = 0; x < kSide; ++x) {
            const bool kept = (x >= 16 && x < 40 && y >= 8 && y < 48) || (x >= 40 && y >= 24);
            EXPECT_EQ(at(x, y) != 0, kept) << x << " " << y;
        }
    }
    EXPECT_TRUE(says("blackened outside the ultrasound regions"));
    EXPECT_TRUE(judge_it().passed) << judge_it().reason;
}

TEST_F(DeclaredTest, ARuleMayLeaveUltrasoundRegionsAlone) {
    regions_ = {{16, 8, 40, 48}};
    clean_it("[rule.pixels]\nultrasound_regions = false");

    ASSERT_TRUE(was_cleaned()) << report_.reason;
    EXPECT_TRUE(report_.mask.empty());
}

TEST_F(DeclaredTest, ARegionOutsideTheFrameMakesThemAllDoubtful) {
    regions_ = {{16, 8, 40, 48}, {70, 0, 80, 10}};
    clean_it();

    ASSERT_TRUE(was_cleaned()) << report_.reason;
    EXPECT_TRUE(report_.mask.empty());
}

TEST_F(DeclaredTest, AMeasuredKindWithDeclaredRegionsIsProvenAndSaysSo) {
    policy_ = "require-clean";
    claim_ = "YES";
    regions_ = {{0, 8, 64, 64}};
    clean_it();

    ASSERT_TRUE(was_cleaned()) << report_.reason;
    EXPECT_TRUE(judge_it().passed) << judge_it().reason;
    EXPECT_NE(written_.find(std::string_view{"\x12\0\x62\0CS\x04\0YES ", 12}), std::string::npos);
    EXPECT_NE(
        written_.find(std::string_view{
            "\x28\0\x01\x03"
            "CS\x02\0NO",
            10}),
        std::string::npos
    );
    EXPECT_NE(written_.find("113101"), std::string::npos);
    EXPECT_EQ(written_.find("113102"), std::string::npos) << "no face was possible, none was looked for";
    EXPECT_NE(written_.find(rules::kMethodProven), std::string::npos);
}

TEST_F(DeclaredTest, TheProofIsStatedWhereTheSenderSaidNothing) {
    policy_ = "require-clean";
    regions_ = {{0, 8, 64, 64}};
    clean_it();

    EXPECT_TRUE(judge_it().passed) << judge_it().reason;
    EXPECT_NE(
        written_.find(std::string_view{
            "\x28\0\x01\x03"
            "CS\x02\0NO",
            10}),
        std::string::npos
    );
}

TEST_F(DeclaredTest, TheGateHoldsAnotherStatementThanTheProof) {
    policy_ = "require-clean";
    regions_ = {{0, 8, 64, 64}};
    clean_it();
    const std::string right = written_;

    const std::size_t claim = written_.find(std::string_view{
        "\x28\0\x01\x03"
        "CS\x02\0NO",
        10});
    written_.erase(claim, 10);
    EXPECT_FALSE(judge_it().passed) << "the statement is missing";
    written_ = right;
    written_.replace(written_.find("113101"), 6, "113102");
    EXPECT_EQ(judge_it().reason, "gate: the attestation is not as it must be (0008,0100)");
    written_ = right;
    recalls_ = {};
    EXPECT_EQ(judge_it().reason, "gate: pixels may show text or a face and nothing proves them clean");
    recalls_ = kMeasured;
    EXPECT_FALSE(judge_it({}, false).passed) << "no region is declared, the gate reads";
    EXPECT_TRUE(judge_it().passed);
}

TEST_F(DeclaredTest, AKindThatIsNotMeasuredOrTooLittleWaitsForAPerson) {
    policy_ = "require-clean";
    regions_ = {{0, 8, 64, 64}};
    for (const std::string_view pixels : {"", "[rule.pixels]\nrecall_percent_min = 98"}) {
        recalls_ = pixels.empty() ? std::span<const rules::MeasuredRecall>{} : kMeasured;
        clean_it(pixels);
        EXPECT_FALSE(was_cleaned());
        EXPECT_NE(report_.reason.find("which nothing proves clean"), std::string::npos);
    }
}

TEST_F(DeclaredTest, AFaceThatIsPossibleIsNotProvenByTheRecallOfText) {
    policy_ = "require-clean";
    body_part_ = "HEAD";
    regions_ = {{0, 8, 64, 64}};
    clean_it();

    EXPECT_FALSE(was_cleaned());
}

TEST_F(DeclaredTest, SectionsOfAnyBodyPartShowNoFaceAndBothSidesReadThatAlike) {
    policy_ = "require-clean";
    body_part_ = "";
    regions_ = {{0, 8, 64, 40}, {0, 40, 64, 64}};
    clean_it();
    EXPECT_FALSE(was_cleaned()) << "regions that do not say what they are";

    spatial_format_ = 1;
    clean_it();
    ASSERT_TRUE(was_cleaned()) << report_.reason;
    EXPECT_EQ(written_.find("113102"), std::string::npos);
    EXPECT_TRUE(judge_it().passed) << judge_it().reason;
    outside_is_black_ = false;
    EXPECT_FALSE(judge_it().passed) << "beside the regions a face may show";

    clean_it("[rule.pixels]\nultrasound_regions = false\naccept = ['no-template']");
    EXPECT_FALSE(was_cleaned()) << "nothing outside is blackened, so a face is possible";
    regions_.push_back({70, 0, 80, 10});
    clean_it();
    EXPECT_FALSE(was_cleaned()) << "a region outside the frame: nothing outside is blackened";
}

TEST_F(DeclaredTest, AScreenWithoutAnyRegionWaitsUnlessTheRuleAcceptsIt) {
    policy_ = "require-clean";
    clean_it();
    EXPECT_FALSE(was_cleaned());
    EXPECT_NE(report_.reason.find("accept no-template"), std::string::npos) << report_.reason;

    clean_it("[rule.pixels]\naccept = ['no-template']");
    EXPECT_TRUE(was_cleaned()) << report_.reason;
    EXPECT_TRUE(judge_it({}, false).passed) << judge_it({}, false).reason;
}

TEST_F(DeclaredTest, WithoutDetectorsNothingIsProven) {
    policy_ = "require-clean";
    regions_ = {{0, 8, 64, 64}};
    finders_ = {};
    clean_it();

    EXPECT_EQ(report_.outcome, pipeline::CleanReport::Outcome::kNeedsDetectors);
    EXPECT_TRUE(written_.empty());
}

}  // namespace
}  // namespace efface::testing
