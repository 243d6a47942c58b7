// Goal: lossy frames that cannot be edited in their coefficients become native where something of them is
// blackened, with attributes that still say what was lost, and that the image is derived; the gate holds
// whatever is not so. Method: frames of every such syntax from the libraries' encoders, the real cleaner, and
// attributes changed in the written bytes.
#include "tests/unit/pipeline/codec/encoders.h"
#include "tests/unit/pipeline/gate/gate_fixture.h"

#include <gtest/gtest.h>

#include <functional>

namespace efface::testing {
namespace {

using pipeline::Box;
using pipeline::Detection;
using rules::Vr;

constexpr std::string_view kSecondaryCapture = "1.2.840.10008.5.1.4.1.1.7.4";
constexpr std::string_view kJpegLsNear = "1.2.840.10008.1.2.4.81";
constexpr std::string_view kJpeg2000 = "1.2.840.10008.1.2.4.91";
constexpr std::string_view kDeepJpeg = "1.2.840.10008.1.2.4.51";
constexpr std::string_view kDeepProgressive = "1.2.840.10008.1.2.4.55";
constexpr std::size_t kSide = 72;
constexpr Box kFound{16, 24, 40, 40};

/// Sees one area unless it is flat.
class AreaDetector final : public pipeline::Detector {
public:
    Result<std::vector<Detection>> find(const pipeline::PictureView& picture) override {
        bool flat = true;
        for (std::int64_t y = kFound.top; y < kFound.bottom; ++y) {
            for (std::int64_t x = kFound.left; x < kFound.right; ++x) {
                flat = flat && picture.at(static_cast<std::size_t>(x), static_cast<std::size_t>(y)) ==
                                   picture.at(kFound.left, kFound.top);
            }
        }
        return flat || blind ? std::vector<Detection>{} : std::vector<Detection>{{kFound, 1.0F}};
    }

    bool blind = false;
};

class Nothing final : public pipeline::Detector {
public:
    Result<std::vector<Detection>> find(const pipeline::PictureView&) override {
        return std::vector<Detection>{};
    }
};

struct Kind {
    std::string name;
    std::string_view syntax;
    std::string_view photometric;
    std::uint64_t samples = 1;
    std::uint64_t allocated = 8;
    std::uint64_t stored = 8;
    std::function<Bytes(const Picture&)> encode;
    std::string_view method;
    bool loses = true;
};

class LossyMasked : public ::testing::TestWithParam<Kind> {
protected:
    static Picture picture() {
        const Kind& kind = GetParam();
        Picture made;
        made.shape = {kSide, kSide, kind.samples, kind.allocated, kind.stored, kind.stored - 1, false};
        const auto range = static_cast<std::int32_t>(1U << kind.stored);
        for (std::int32_t i = 0; i < static_cast<std::int32_t>(kSide * kSide * kind.samples); ++i) {
            made.samples.push_back((i * 37 + i / 64 * 11) % (range - 40) + 20);
        }
        return made;
    }

    std::string file() const {
        const Kind& kind = GetParam();
        DicomWriter data;
        data.element(0x00080008, Vr::CS, "ORIGINAL\\PRIMARY")
            .element(0x00080016, Vr::UI, kSecondaryCapture)
            .element(0x00080018, Vr::UI, "1.2.276.0.99.2.1")
            .element(0x00080060, Vr::CS, "OT")
            .element(0x00082111, Vr::ST, "made by DOE^JANE")
            .element(0x0020000D, Vr::UI, "1.2.276.0.99.2.2")
            .element(0x0020000E, Vr::UI, "1.2.276.0.99.2.3")
            .us(0x00280002, static_cast<std::uint16_t>(kind.samples))
            .element(0x00280004, Vr::CS, kind.photometric);
        if (kind.samples == 3) {
            data.us(0x00280006, 0);
        }
        data.element(0x00280008, Vr::IS, "1")
            .us(0x00280010, kSide)
            .us(0x00280011, kSide)
            .us(0x00280100, static_cast<std::uint16_t>(kind.allocated))
            .us(0x00280101, static_cast<std::uint16_t>(kind.stored))
            .us(0x00280102, static_cast<std::uint16_t>(kind.stored - 1))
            .us(0x00280103, 0)
            .us(0x00280107, 7);
        if (!said_.empty()) {
            data.element(0x00282110, Vr::CS, said_).element(0x00282112, Vr::DS, "4.5");
        }
        data.sequence(0x52009229).item().sequence(0x00289145).item();
        data.element(0x00089007, Vr::CS, "ORIGINAL\\PRIMARY\\A").end_item().end_sequence();
        data.end_item().end_sequence();
        const Bytes frame = kind.encode(picture());
        data.header(0x7FE00010, Vr::OB, 0xFFFFFFFFU)
            .fragment("")
            .fragment({reinterpret_cast<const char*>(frame.data()), frame.size()})
            .end_sequence();
        return part10_file(data.text(), kind.syntax, kSecondaryCapture, "1.2.276.0.99.2.1");
    }

    void clean_it() {
        original_ = file();
        cleaned_ = testing::clean(original_, rules_, order_for(original_), finders_);
    }

    pipeline::GateReport judge_it() {
        return testing::judge(
            original_, cleaned_.written, *rules_.find("found"), order_for(original_), cleaned_.report.mask,
            finders_
        );
    }

    bool says(std::string_view text) const { return cleaned_.written.find(text) != std::string::npos; }

    /// Changes the first occurrence of a text into another of the same length.
    void replace(std::string_view what, std::string_view with) {
        const std::size_t at = cleaned_.written.find(what);
        ASSERT_NE(at, std::string::npos) << what;
        ASSERT_EQ(what.size(), with.size());
        cleaned_.written.replace(at, what.size(), with);
    }

    /// An element of explicit VR with a short length.
    static std::string element(std::uint32_t tag, Vr vr, std::string_view value) {
        return DicomWriter{}.element(tag, vr, value).text();
    }

    AreaDetector area_;
    Nothing nothing_;
    pipeline::Finders finders_{&area_, &nothing_};
    rules::RuleSet rules_ = rules_of(kRemoveFoundRules);
    std::string said_ = "01";
    std::string original_;
    Cleaned cleaned_;
};

TEST_P(LossyMasked, BecomesNativeAndDerivedAndPassesTheGate) {
    clean_it();
    ASSERT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kCleaned) << cleaned_.report.reason;

    const pipeline::GateReport report = judge_it();

    EXPECT_TRUE(report.passed) << report.reason;
    EXPECT_EQ(cleaned_.report.output_transfer_syntax_uid, rules::kExplicitVrLittleEndian);
    EXPECT_TRUE(says(element(0x00080008, Vr::CS, "DERIVED\\PRIMARY")));
    EXPECT_TRUE(says(element(0x00089007, Vr::CS, "DERIVED\\PRIMARY\\A")));
    EXPECT_TRUE(says("Areas with text or faces were blackened"));
    EXPECT_TRUE(says(element(0x00080104, Vr::LO, "Pixel by pixel mask")));
    EXPECT_FALSE(says("DOE^JANE"));
    EXPECT_TRUE(says(element(0x00282110, Vr::CS, "01")));
    EXPECT_TRUE(says(element(0x00282112, Vr::DS, "4.5")));
    EXPECT_EQ(says(element(0x00282114, Vr::CS, GetParam().method)), GetParam().loses);
}

TEST_P(LossyMasked, SaysWhatNobodySaid) {
    said_ = "";
    clean_it();
    ASSERT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kCleaned) << cleaned_.report.reason;

    EXPECT_TRUE(judge_it().passed) << judge_it().reason;
    EXPECT_EQ(says(element(0x00282110, Vr::CS, "01")), GetParam().loses);
    EXPECT_EQ(says(element(0x00282114, Vr::CS, GetParam().method)), GetParam().loses);
    EXPECT_EQ(
        says(std::string_view{
            "\x28\0\x12\x21"
            "DS",
            6}),
        GetParam().loses
    );
}

TEST_P(LossyMasked, AStatementThatNothingWasLostIsCorrectedWhereItWas) {
    said_ = "00";
    clean_it();
    ASSERT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kCleaned) << cleaned_.report.reason;

    EXPECT_TRUE(judge_it().passed) << judge_it().reason;
    EXPECT_EQ(says(element(0x00282110, Vr::CS, "01")), GetParam().loses);
    replace(
        element(0x00282110, Vr::CS, GetParam().loses ? "01" : "00"),
        element(0x00282110, Vr::CS, GetParam().loses ? "00" : "01")
    );
    EXPECT_EQ(judge_it().reason, "gate: what a file says of its lossy compression is not so (0028,2110)");
}

TEST_P(LossyMasked, TheGateHoldsAFrameTypeThatStillSaysOriginal) {
    clean_it();
    replace(
        element(0x00089007, Vr::CS, "DERIVED\\PRIMARY\\A"), element(0x00089007, Vr::CS, "DERIVEX\\PRIMARY\\A")
    );
    EXPECT_FALSE(judge_it().passed);
}

TEST_P(LossyMasked, TheGateHoldsAnotherStoryOfTheDerivation) {
    clean_it();
    const Cleaned whole = cleaned_;
    replace("Areas with text", "Areas with hair");
    EXPECT_EQ(judge_it().reason, "gate: a derivation is not described as it must be (0008,2111)");
    cleaned_ = whole;
    replace("113047", "113040");
    EXPECT_FALSE(judge_it().passed);
    cleaned_ = whole;
    const std::string description = element(0x00082111, Vr::ST, "Areas with text or faces were blackened");
    cleaned_.written.erase(cleaned_.written.find(description), description.size());
    EXPECT_EQ(judge_it().reason, "gate: an attribute that must stand there is missing (0008,2111)");
}

TEST_P(LossyMasked, TheGateHoldsAChangedSample) {
    clean_it();
    char& sample = cleaned_.written[cleaned_.written.size() - 2];
    sample = static_cast<char>(sample ^ 1);
    EXPECT_EQ(judge_it().reason, "gate: samples outside the mask differ (7FE0,0010)");
}

TEST_P(LossyMasked, NothingFoundLeavesItAsItWas) {
    area_.blind = true;
    clean_it();
    EXPECT_EQ(cleaned_.report.output_transfer_syntax_uid, GetParam().syntax);
    EXPECT_TRUE(judge_it().passed) << judge_it().reason;
    EXPECT_TRUE(says("ORIGINAL\\PRIMARY\\A"));
}

Bytes near_lossless(const Picture& picture) {
    return encode_jpeg_ls(picture, picture.shape.samples_per_pixel == 3 ? 1 : 0, 2);
}

Bytes quite_lossless(const Picture& picture) {
    return encode_jpeg_ls(picture, 0, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Every, LossyMasked,
    ::testing::Values(
        Kind{"JpegLs", kJpegLsNear, "MONOCHROME2", 1, 8, 8, near_lossless, "ISO_14495_1"},
        Kind{"JpegLsDeep", kJpegLsNear, "MONOCHROME1", 1, 16, 12, near_lossless, "ISO_14495_1"},
        Kind{"JpegLsColour", kJpegLsNear, "RGB", 3, 8, 8, near_lossless, "ISO_14495_1"},
        Kind{
            "JpegLsThatLosesNothing", kJpegLsNear, "MONOCHROME2", 1, 8, 8, quite_lossless, "ISO_14495_1",
            false},
        Kind{
            "Jpeg2000", kJpeg2000, "MONOCHROME2", 1, 16, 12,
            [](const Picture& picture) { return encode_jpeg2000(picture, {.irreversible = true}); },
            "ISO_15444_1"},
        Kind{
            "Jpeg2000Colour", kJpeg2000, "YBR_ICT", 3, 8, 8,
            [](const Picture& picture) {
                return encode_jpeg2000(picture, {.irreversible = true, .colour_transform = true});
            },
            "ISO_15444_1"},
        Kind{
            "Jpeg2000ThatLosesNothing", kJpeg2000, "YBR_RCT", 3, 8, 8,
            [](const Picture& picture) { return encode_jpeg2000(picture, {.colour_transform = true}); },
            "ISO_15444_1", false},
        Kind{"JpegLsDeepColour", kJpegLsNear, "RGB", 3, 16, 12, near_lossless, "ISO_14495_1"},
        Kind{
            "Jpeg2000DeepColour", kJpeg2000, "YBR_ICT", 3, 16, 12,
            [](const Picture& picture) {
                return encode_jpeg2000(picture, {.irreversible = true, .colour_transform = true});
            },
            "ISO_15444_1"},
        Kind{
            "Jpeg12", kDeepJpeg, "MONOCHROME2", 1, 16, 12,
            [](const Picture& picture) { return encode_jpeg_deep(picture); }, "ISO_10918_1"},
        Kind{
            "Jpeg12Progressive", kDeepProgressive, "MONOCHROME2", 1, 16, 12,
            [](const Picture& picture) { return encode_jpeg_deep(picture, true); }, "ISO_10918_1"}
    ),
    [](const auto& kind) { return kind.param.name; }
);

}  // namespace
}  // namespace efface::testing
