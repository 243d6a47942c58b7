// Goal: what is seen and yet left in place. A marker that the rule names stays, header and receipt say so,
// and the gate reads for itself: what it does not read as one is held. What is nearly found is a doubt, on
// both sides. Method: a radiograph of one value but for lines of another, a detector that sees each, and
// readers that are told what they read.
#include "pipeline/gate/masked_samples.h"
#include "pipeline/pixel/samples.h"
#include "rules/matching/pixel_judgement.h"
#include "rules/profile/attestation.h"
#include "tests/unit/pipeline/gate/gate_fixture.h"

#include <gtest/gtest.h>

namespace efface::testing {
namespace {

using pipeline::Box;
using pipeline::Detection;
using rules::Vr;

constexpr std::string_view kRadiograph = "1.2.840.10008.5.1.4.1.1.1.1";
constexpr std::string_view kCapture = "1.2.840.10008.5.1.4.1.1.7";
constexpr std::size_t kSide = 256;
constexpr Box kMarker{32, 32, 44, 44};
constexpr Box kName{32, 200, 132, 212};

/// A line at each place whose first pixel is bright.
class Lines final : public pipeline::Detector {
public:
    Result<std::vector<Detection>> find(const pipeline::PictureView& picture) override {
        std::vector<Detection> found;
        for (const Box& box : places) {
            if (picture.at(static_cast<std::size_t>(box.left), static_cast<std::size_t>(box.top)) > 128) {
                found.push_back({box, 1.0F});
            }
        }
        return found;
    }

    std::vector<Box> places{kMarker, kName};
};

class NoFaces final : public pipeline::Detector {
public:
    Result<std::vector<Detection>> find(const pipeline::PictureView&) override {
        return std::vector<Detection>{};
    }
};

class SaysL final : public pipeline::LineReader {
public:
    Result<std::string> read(const pipeline::PictureView&, const Box& line) override {
        return line.width() == kMarker.width() ? "L" : "SMITH";
    }
};

std::string file_of(std::string_view sop_class, const std::vector<Box>& lines) {
    std::string samples(kSide * kSide, '\x14');
    samples[0] = '\0';
    for (const Box& box : lines) {
        for (std::int64_t y = box.top; y < box.bottom; ++y) {
            for (std::int64_t x = box.left; x < box.right; ++x) {
                samples[static_cast<std::size_t>(y) * kSide + static_cast<std::size_t>(x)] = '\xC8';
            }
        }
    }
    DicomWriter data;
    data.element(0x00080008, Vr::CS, "ORIGINAL\\PRIMARY")
        .element(0x00080016, Vr::UI, sop_class)
        .element(0x00080018, Vr::UI, "1.2.276.0.99.2.1")
        .element(0x00080060, Vr::CS, "DX")
        .element(0x00180015, Vr::CS, "CHEST")
        .element(0x0020000D, Vr::UI, "1.2.276.0.99.2.2")
        .element(0x0020000E, Vr::UI, "1.2.276.0.99.2.3")
        .us(0x00280002, 1)
        .element(0x00280004, Vr::CS, "MONOCHROME2")
        .us(0x00280010, kSide)
        .us(0x00280011, kSide)
        .us(0x00280100, 8)
        .us(0x00280101, 8)
        .us(0x00280102, 7)
        .us(0x00280103, 0)
        .element(0x7FE00010, Vr::OB, samples);
    return part10_file(data.text(), rules::kExplicitVrLittleEndian, sop_class, "1.2.276.0.99.2.1");
}

rules::RuleSet rules_that_allow(std::string_view markers) {
    return rules_of(
        "[[rule]]\nname = \"found\"\npixel_policy = \"remove-found\"\ndestinations = [\"archive\"]\n"
        "[rule.pixels]\nallowed_markers = " +
        std::string{markers} + "\n"
    );
}

class MarkersLeft : public ::testing::Test {
protected:
    void clean_it(std::string_view sop_class, const std::vector<Box>& lines) {
        original_ = file_of(sop_class, lines);
        cleaned_ = testing::clean(original_, rules_, order_for(original_), finders_);
        ASSERT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kCleaned)
            << cleaned_.report.reason;
    }

    pipeline::GateReport judge_with(const pipeline::Finders& finders, const rules::RuleSet& rules) {
        return testing::judge(
            original_, cleaned_.written, *rules.find("found"), order_for(original_), cleaned_.report.mask,
            finders
        );
    }

    bool receipt_counts_markers() const {
        return std::ranges::any_of(cleaned_.report.facts, [](const std::string& fact) {
            return fact == "markers of side or view that were read and stay: 1";
        });
    }

    Lines text_;
    NoFaces faces_;
    SaysL reader_;
    pipeline::Finders finders_{&text_, &faces_, nullptr, &reader_};
    pipeline::Finders unread_{&text_, &faces_};
    rules::RuleSet rules_ = rules_that_allow("[\"L\"]");
    std::string original_;
    Cleaned cleaned_;
};

TEST_F(MarkersLeft, StayWhileANameGoesBlackAndTheOutputSaysSo) {
    clean_it(kRadiograph, {kMarker, kName});

    ASSERT_EQ(cleaned_.report.mask.size(), 1U);
    EXPECT_EQ(cleaned_.report.mask.boxes.front().top, 192);
    EXPECT_TRUE(receipt_counts_markers());
    EXPECT_NE(cleaned_.written.find(rules::kMethodFoundRemovedButMarkers), std::string::npos);
    const auto report = judge_with(finders_, rules_);
    EXPECT_TRUE(report.passed) << report.reason;
}

TEST_F(MarkersLeft, TheGateHoldsThemUnlessItReadsThemItselfUnderARuleThatNamesThem) {
    clean_it(kRadiograph, {kMarker});
    ASSERT_TRUE(cleaned_.report.mask.empty());

    EXPECT_TRUE(judge_with(finders_, rules_).passed);
    EXPECT_EQ(judge_with(unread_, rules_).reason, "gate: text is found outside the mask (7FE0,0010)");
    EXPECT_EQ(
        judge_with(finders_, rules_that_allow("[\"R\"]")).reason,
        "gate: text is found outside the mask (7FE0,0010)"
    );
    EXPECT_FALSE(judge_with(finders_, rules_that_allow("[]")).passed);
}

TEST_F(MarkersLeft, GoBlackWithoutAReaderInOtherKindsOfImageAndWhereNoneIsNamed) {
    finders_.reader = nullptr;
    clean_it(kRadiograph, {kMarker});
    EXPECT_EQ(cleaned_.report.mask.size(), 1U);

    finders_.reader = &reader_;
    clean_it(kCapture, {kMarker});
    EXPECT_EQ(cleaned_.report.mask.size(), 1U);
    EXPECT_NE(cleaned_.written.find(rules::kMethodFoundRemoved), std::string::npos);

    rules_ = rules_that_allow("[]");
    clean_it(kRadiograph, {kMarker});
    EXPECT_EQ(cleaned_.report.mask.size(), 1U);
    EXPECT_FALSE(receipt_counts_markers());
}

TEST_F(MarkersLeft, ALetterThatIsSeenOnlyOnceItsNameIsBlackIsNoMarker) {
    // Beside the name, and found only where the name is not.
    class LateLetter final : public pipeline::Detector {
    public:
        Result<std::vector<Detection>> find(const pipeline::PictureView& picture) override {
            const bool name = picture.at(kName.left, kName.top) > 128;
            const Box letter{156, 200, 168, 212};
            const bool shows = picture.at(156, 200) > 128;
            return name    ? std::vector<Detection>{{kName, 1.0F}}
                   : shows ? std::vector<Detection>{{letter, 1.0F}}
                           : std::vector<Detection>{};
        }
    } late;

    const Box letter{156, 200, 168, 212};
    finders_.text = &late;
    clean_it(kRadiograph, {kName, letter});

    EXPECT_EQ(cleaned_.report.mask.size(), 2U);
    const pipeline::Mask mask{cleaned_.report.mask};
    EXPECT_TRUE(mask.covers(letter, kSide, kSide));
    EXPECT_FALSE(receipt_counts_markers());
}

TEST_F(MarkersLeft, TheGateHoldsALetterThatIsLeftBesideTheMask) {
    // The cleaner sees the name alone; the gate sees the letter behind it too.
    const Box letter{156, 200, 168, 212};
    text_.places = {kName};
    clean_it(kRadiograph, {kName, letter});
    text_.places = {kName, letter};

    EXPECT_EQ(
        judge_with(finders_, rules_).reason,
        "gate: letters of a blackened line are left beside the mask (7FE0,0010)"
    );
}

/// Finds the name, and nearly finds what stands at `doubtful` once it is bright there.
class Unsure final : public pipeline::Detector {
public:
    Result<std::vector<Detection>> find(const pipeline::PictureView& picture) override {
        doubts_.clear();
        if (picture.at(doubtful.left, doubtful.top) > 128) {
            doubts_.push_back({doubtful, 0.75F});
        }
        const bool name = picture.at(kName.left, kName.top) > 128;
        return name ? std::vector<Detection>{{kName, 1.0F}} : std::vector<Detection>{};
    }

    std::vector<Detection> doubts() const override { return doubts_; }

    Box doubtful = kMarker;

private:
    std::vector<Detection> doubts_;
};

class NearMisses : public ::testing::Test {
protected:
    /// The mask of a picture with these lines.
    Result<pipeline::Mask> mask_of(const std::vector<Box>& lines) {
        original_ = file_of(kRadiograph, lines);
        EFFACE_TRY(const pipeline::Samples samples, pipeline::read_samples(data_set(), *syntax_));
        EFFACE_TRY(
            pipeline::IdentityMask masked,
            pipeline::mask_identity(samples.bytes, samples.image, identity_, finders_)
        );
        return std::move(masked.mask);
    }

    Status judge_unmasked() {
        return pipeline::judge_masked_samples(
            {data_set(), *syntax_}, {data_set(), *syntax_}, {pipeline::Mask{}, pipeline::OwnFill{}},
            identity_, finders_
        );
    }

    std::span<const std::byte> data_set() const {
        const auto part10 = pipeline::parse_part10(bytes_of(original_));
        return bytes_of(original_).subspan(part10->data_set_offset);
    }

    Unsure text_;
    NoFaces faces_;
    pipeline::Finders finders_{&text_, &faces_};
    const rules::TransferSyntax* syntax_ = rules::find_transfer_syntax(rules::kExplicitVrLittleEndian);
    rules::PixelIdentity identity_{
        .text = true,
        .face = false,
        .why = "a test",
        .kind = rules::ImageKind::kRadiograph,
        .near_misses_matter = true};
    std::string original_;
};

TEST_F(NearMisses, AreADoubtForCleanerAndGateUnlessTheRuleAcceptsThem) {
    const auto mask = mask_of({kMarker});
    ASSERT_FALSE(mask.has_value());
    EXPECT_EQ(mask.error().fault, Fault::kQuarantine);
    EXPECT_NE(mask.error().message().find("accept low-confidence"), std::string::npos);
    EXPECT_EQ(
        judge_unmasked().error().message(),
        "gate: what may be text or a face is left, not sure enough to be found (7FE0,0010)"
    );

    identity_.near_misses_matter = false;
    EXPECT_TRUE(mask_of({kMarker}).has_value());
    EXPECT_TRUE(judge_unmasked().has_value());
}

TEST_F(NearMisses, UnderTheMaskOrBesideWhatIsFoundAreNone) {
    text_.doubtful = {kName.left + 8, kName.top, kName.right + 4, kName.bottom};

    const auto mask = mask_of({kName});

    ASSERT_TRUE(mask.has_value()) << mask.error().message();
    EXPECT_EQ(mask->boxes.size(), 1U);
}

TEST_F(NearMisses, ElsewhereAreADoubtThoughSomethingElseIsBlackened) {
    EXPECT_FALSE(mask_of({kName, kMarker}).has_value());
}

TEST_F(NearMisses, WhatTheSenderSaysIsThereMustBeFoundOrAccepted) {
    identity_.near_misses_matter = false;
    identity_.is_stated = true;
    identity_.unfound_matters = true;

    const auto mask = mask_of({kMarker});

    ASSERT_FALSE(mask.has_value());
    EXPECT_NE(mask.error().message().find("accept stated-unfound"), std::string::npos);
    EXPECT_EQ(
        judge_unmasked().error().message(),
        "gate: the sender says that pixels show text or a face, and nothing is black (7FE0,0010)"
    );
    EXPECT_TRUE(mask_of({kName}).has_value()) << "found, and black";
    identity_.unfound_matters = false;
    EXPECT_TRUE(mask_of({kMarker}).has_value());
    EXPECT_TRUE(judge_unmasked().has_value());
}

TEST(PixelDoubts, LowConfidenceIsOneWhereAProofIsClaimedAndMayBeAccepted) {
    rules::Rule rule;
    EXPECT_TRUE(rules::quarantines(rule, rules::PixelDoubt::kLowConfidence));
    rule.pixels.accept.insert(rules::PixelDoubt::kLowConfidence);
    EXPECT_FALSE(rules::quarantines(rule, rules::PixelDoubt::kLowConfidence));
}

}  // namespace
}  // namespace efface::testing
