// Goal: what the finders see in Float and Double Float Pixel Data becomes zero, every other sample keeps
// every bit, NaN payloads and signs of zero too, and the gate holds whatever is not so; what cannot be read
// beyond doubt is quarantined with its reason. Method: floats of both sizes with all that is no number among
// them, finders that see one grey, the real cleaner, planted bugs.
#include "tests/unit/pipeline/gate/gate_fixture.h"
#include "tests/unit/pipeline/gate/seeing_detectors.h"

#include <gtest/gtest.h>

#include <bit>

namespace efface::testing {
namespace {

using pipeline::Box;
using pipeline::Detection;
using rules::Vr;

constexpr std::string_view kSecondaryCapture = "1.2.840.10008.5.1.4.1.1.7";
constexpr std::size_t kColumns = 67;
constexpr std::size_t kRows = 64;
constexpr Box kText{10, 12, 30, 18};
constexpr Box kFace{40, 40, 52, 52};
/// Of what a frame shows that holds NaN and infinities too.
constexpr std::uint8_t kTextGrey = 189;
constexpr std::uint8_t kFaceGrey = 220;
constexpr std::size_t kRowOfBits = 62;

struct Kind {
    std::string name;
    bool is_double = false;
    std::size_t frames = 1;
    std::string_view syntax = rules::kExplicitVrLittleEndian;
};

class FloatMasked : public ::testing::TestWithParam<Kind> {
protected:
    std::size_t width() const { return kind_.is_double ? 8 : 4; }

    std::uint32_t tag() const { return kind_.is_double ? 0x7FE00009 : 0x7FE00008; }

    Vr vr() const { return kind_.is_double ? Vr::OD : Vr::OF; }

    void append_bits(std::string& out, std::uint64_t bits) const {
        for (std::size_t i = 0; i < width(); ++i) {
            out += static_cast<char>((bits >> (8 * i)) & 0xFFU);
        }
    }

    void append(std::string& out, double value) const {
        append_bits(
            out, kind_.is_double ? std::bit_cast<std::uint64_t>(value)
                                 : std::bit_cast<std::uint32_t>(static_cast<float>(value))
        );
    }

    /// What a reader of numbers would not keep: NaN that are told apart by their payload, one that signals,
    /// zeros of both signs, infinities, a number that is not normal.
    std::uint64_t odd_bits(std::size_t i) const {
        constexpr std::array<std::uint64_t, 8> kFloats{0x7FC12345, 0x7FC00000, 0x7F800001, 0xFFC00001,
                                                       0x80000000, 0x7F800000, 0xFF800000, 0x00000001};
        constexpr std::array<std::uint64_t, 8> kDoubles{
            0x7FF8000012345678, 0x7FF8000000000000, 0x7FF0000000000001, 0xFFF8000000000001,
            0x8000000000000000, 0x7FF0000000000000, 0xFFF0000000000000, 0x0000000000000001};
        return kind_.is_double ? kDoubles.at(i) : kFloats.at(i);
    }

    std::string samples() const {
        std::string all;
        for (std::size_t i = 0; i < kColumns * kRows * kind_.frames; ++i) {
            const std::size_t x = i % kColumns;
            const std::size_t y = i / kColumns % kRows;
            int shown = static_cast<int>((3 * x + 5 * y) % 100);
            shown = y == 0 && x < 2 ? (x == 0 ? 255 : 0) : shown;
            shown = within(kText, x, y) ? 200 : shown;
            shown = within(kFace, x, y) ? 250 : shown;
            if (y == kRowOfBits && x < 8) {
                append_bits(all, odd_bits(x));
            } else if (x == 44 && y == 44) {
                append(all, hidden_);
            } else {
                append(all, shown / 4.0 - 10);
            }
        }
        return all;
    }

    std::string file(const std::string& pixels) const {
        DicomWriter data{kind_.syntax != rules::kImplicitVrLittleEndian, big_endian_};
        data.element(0x00080008, Vr::CS, "ORIGINAL\\PRIMARY\\OTHER")
            .element(0x00080016, Vr::UI, kSecondaryCapture)
            .element(0x00080018, Vr::UI, "1.2.276.0.99.2.1")
            .element(0x00080060, Vr::CS, "OT")
            .element(0x0020000D, Vr::UI, "1.2.276.0.99.2.2")
            .element(0x0020000E, Vr::UI, "1.2.276.0.99.2.3")
            .us(0x00280002, 1)
            .element(0x00280004, Vr::CS, photometric_)
            .element(0x00280008, Vr::IS, std::to_string(kind_.frames))
            .us(0x00280010, kRows)
            .us(0x00280011, kColumns)
            .us(0x00280100, allocated_ != 0 ? allocated_ : static_cast<std::uint16_t>(8 * width()))
            .us(0x00280106, 1)
            .us(0x00280107, 2);
        if (nested_) {
            data.sequence(0x00409096).item().element(tag(), vr(), "12345678").end_item().end_sequence();
        }
        data.raw(pixels);
        return part10_file(
            data.text(), big_endian_ ? rules::kExplicitVrBigEndian : kind_.syntax, kSecondaryCapture,
            "1.2.276.0.99.2.1"
        );
    }

    std::string element(std::string_view bytes) const {
        return DicomWriter{kind_.syntax != rules::kImplicitVrLittleEndian, big_endian_}
            .element(tag(), vr(), bytes)
            .text();
    }

    void clean_it() { clean_it(element(samples())); }

    void clean_it(const std::string& pixels) {
        original_ = file(pixels);
        before_ = samples();
        cleaned_ = testing::clean(original_, rules_, order_for(original_), finders_);
    }

    std::string reason_of(const std::string& pixels) {
        clean_it(pixels);
        EXPECT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kQuarantined);
        return cleaned_.report.reason;
    }

    std::string judged() {
        return testing::judge(
                   original_, cleaned_.written, *rules_.find("found"), order_for(original_),
                   cleaned_.report.mask, finders_
        )
            .reason;
    }

    std::string held(std::string_view what) const {
        return "gate: " + std::string{what} + (kind_.is_double ? " (7FE0,0009)" : " (7FE0,0008)");
    }

    /// The floats are the last element.
    std::span<char> after() {
        return std::span{cleaned_.written}.subspan(cleaned_.written.size() - before_.size());
    }

    std::span<char> sample(std::size_t x, std::size_t y) {
        return after().subspan((y * kColumns + x) * width(), width());
    }

    Kind kind_ = GetParam();
    double hidden_ = std::numeric_limits<double>::quiet_NaN();
    std::string_view photometric_ = "MONOCHROME2";
    std::uint16_t allocated_ = 0;
    bool big_endian_ = false;
    bool nested_ = false;
    ValueDetector text_{kTextGrey};
    ValueDetector face_{kFaceGrey};
    pipeline::Finders finders_{&text_, &face_};
    rules::RuleSet rules_ = rules_of(kRemoveFoundRules);
    std::string original_;
    std::string before_;
    Cleaned cleaned_;
};

TEST_P(FloatMasked, IsZeroWhereSomethingWasFoundAndEveryBitAsBeforeElsewhere) {
    clean_it();
    ASSERT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kCleaned) << cleaned_.report.reason;
    ASSERT_EQ(cleaned_.report.mask.size(), 2U);

    EXPECT_EQ(judged(), "");
    EXPECT_EQ(cleaned_.report.output_transfer_syntax_uid, kind_.syntax);
    EXPECT_NE(cleaned_.written.find("DERIVED\\PRIMARY\\OTHER"), std::string::npos);
    EXPECT_EQ(cleaned_.written.find(std::string_view{"\x28\0\x06\x01", 4}), std::string::npos);
    std::size_t zeros = 0;
    for (std::size_t i = 0; i < before_.size(); ++i) {
        const std::size_t pixel = i / width() % (kColumns * kRows);
        const bool masked = std::ranges::any_of(cleaned_.report.mask.boxes, [&](const Box& box) {
            return within(box, pixel % kColumns, pixel / kColumns);
        });
        ASSERT_EQ(after()[i], masked ? '\0' : before_[i]) << i;
        zeros += masked ? 1 : 0;
    }
    EXPECT_GT(zeros, 100U);
}

TEST_P(FloatMasked, TheGateHoldsAnyOtherBit) {
    clean_it();
    ASSERT_EQ(judged(), "");
    const std::string whole = cleaned_.written;
    std::ranges::copy(before_, after().begin());
    EXPECT_EQ(judged(), held("something stands under the mask"));

    cleaned_.written = whole;
    std::size_t seen = 0;
    for (std::size_t i = 0; i < before_.size(); ++i) {
        if (before_[i] != after()[i] && seen++ % 10 == 0) {
            after()[i] = before_[i];
        }
    }
    EXPECT_EQ(judged(), held("something stands under the mask"));

    cleaned_.written = whole;
    sample(44, 44).back() = '\x80';
    EXPECT_EQ(judged(), held("something stands under the mask")) << "zero of another sign";

    for (std::size_t i = 0; i < 8; ++i) {
        cleaned_.written = whole;
        const std::size_t byte = i == 4 ? width() - 1 : 1;  // A payload, or the sign of zero.
        sample(i, kRowOfBits)[byte] = static_cast<char>(sample(i, kRowOfBits)[byte] ^ '\x80');
        EXPECT_EQ(judged(), held("samples outside the mask differ")) << i;
    }

    cleaned_.written = whole + std::string(width(), '\0');
    EXPECT_FALSE(judged().empty()) << "something behind the last frame";
}

TEST_P(FloatMasked, TheGateFindsWhatAMaskLeavesOut) {
    clean_it();
    const Box forgotten = cleaned_.report.mask.boxes.back();
    cleaned_.report.mask.boxes.pop_back();
    for (std::size_t i = 0; i < before_.size(); ++i) {
        const std::size_t pixel = i / width() % (kColumns * kRows);
        if (within(forgotten, pixel % kColumns, pixel / kColumns)) {
            after()[i] = before_[i];
        }
    }
    EXPECT_EQ(judged(), "gate: a face is found outside the mask (7FE0,0010)");
}

TEST_P(FloatMasked, WhatIsHiddenChangesNoByte) {
    clean_it();
    const std::string first = cleaned_.written;
    hidden_ = -1e30;  // Smaller than all others.
    clean_it();
    ASSERT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kCleaned) << cleaned_.report.reason;
    EXPECT_EQ(judged(), "");
    EXPECT_TRUE(cleaned_.written == first);
}

TEST_P(FloatMasked, NothingFoundLeavesEveryBitAsItWas) {
    text_.blind = face_.blind = true;
    clean_it();
    ASSERT_TRUE(cleaned_.report.mask.empty());
    EXPECT_EQ(judged(), "");
    EXPECT_TRUE(std::ranges::equal(after(), before_));
    sample(0, kRowOfBits)[0] = static_cast<char>(sample(0, kRowOfBits)[0] ^ 1);
    EXPECT_FALSE(judged().empty());
}

TEST_P(FloatMasked, TakesFramesOfOneValue) {
    for (const double value : {0.0, -7.5, std::numeric_limits<double>::quiet_NaN()}) {
        std::string flat;
        for (std::size_t i = 0; i < kColumns * kRows * kind_.frames; ++i) {
            append(flat, value);
        }
        clean_it(element(flat));
        EXPECT_EQ(cleaned_.report.outcome, pipeline::CleanReport::Outcome::kCleaned)
            << cleaned_.report.reason;
        EXPECT_TRUE(cleaned_.report.mask.empty());
        EXPECT_EQ(judged(), "");
    }
}

TEST_P(FloatMasked, QuarantinesWhatCannotBeReadBeyondDoubt) {
    const std::string all = samples();
    const auto tells = [&](const std::string& pixels, std::string_view what) {
        const std::string reason = reason_of(pixels);
        EXPECT_NE(reason.find(what), std::string::npos) << reason;
    };
    tells(element(all.substr(0, all.size() - width())), "not the length of its frames");
    tells(element(all + "PLANTAGENETTI^ZEBULON   "), "not the length of its frames");
    tells(element(""), "not the length of its frames");
    const DicomWriter other{kind_.syntax != rules::kImplicitVrLittleEndian};
    const std::string pixel_data = DicomWriter{other}.element(0x7FE00010, Vr::OW, all).text();
    tells(element(all) + pixel_data, "beside Pixel Data");
    tells(
        DicomWriter{other}.element(0x7FE00008, Vr::OF, all).element(0x7FE00009, Vr::OD, all).text(),
        "side by side"
    );
    allocated_ = 16;
    tells(element(all), "Bits Allocated");
    allocated_ = 0;
    photometric_ = "MONOCHROME1";
    tells(element(all), "of this shape is not searched");
    photometric_ = "MONOCHROME2";
    nested_ = true;
    tells(element(all), "inside a sequence");
    nested_ = false;
    if (kind_.syntax == rules::kExplicitVrLittleEndian) {
        big_endian_ = true;
        tells(element(all), "big endian samples of this size");
    }
}

// Where nobody searches, nothing may ride behind the last frame either.
TEST_P(FloatMasked, TheGateWantsNoByteBehindTheFramesUnderAnyRule) {
    rules_ = rules_of(kHeaderOnlyRules);
    const auto judge_it = [&] {
        return testing::judge(
                   original_, cleaned_.written, *rules_.find("all-header-only"), order_for(original_)
        )
            .reason;
    };
    clean_it();
    EXPECT_EQ(judge_it(), "");
    original_ = file(element(before_ + "DOE^JOHN"));
    cleaned_.written.replace(
        cleaned_.written.size() - element(before_).size(), std::string::npos, element(before_ + "DOE^JOHN")
    );
    EXPECT_EQ(judge_it(), "gate: Float Pixel Data has not the length of its samples (7FE0,0010)");
}

INSTANTIATE_TEST_SUITE_P(
    Every, FloatMasked,
    ::testing::Values(
        Kind{.name = "Float"}, Kind{.name = "Double", .is_double = true},
        Kind{.name = "FloatCine", .frames = 3},
        Kind{.name = "DoubleImplicit", .is_double = true, .syntax = rules::kImplicitVrLittleEndian}
    ),
    [](const auto& kind) { return kind.param.name; }
);

}  // namespace
}  // namespace efface::testing
