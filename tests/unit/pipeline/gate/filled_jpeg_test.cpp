// Goal: a hole in lossy JPEG is filled without a second compression of anything else, says nothing of what
// was there (not even the colour that decoders mix over a mask's edge), is marked, and the gate holds every
// other coefficient under the mask. Method: photographs of waves with bright areas, of every sampling and
// process, a detector that sees the bright area, a generator that draws waves, and bugs planted in the
// written frames.
#include "pipeline/codec/jpeg_blackening.h"
#include "pipeline/codec/jpeg_coefficients.h"
#include "pipeline/codec/jpeg_filling.h"
#include "pipeline/watermark/mark_key.h"
#include "pipeline/watermark/watermark.h"
#include "tests/unit/pipeline/codec/encoders.h"
#include "tests/unit/pipeline/enhance/drawn_surround.h"
#include "tests/unit/pipeline/gate/gate_fixture.h"
#include "tests/unit/pipeline/gate/seeing_detectors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>

namespace efface::testing {
namespace {

using pipeline::Box;
using rules::Vr;

constexpr std::string_view kPhotograph = "1.2.840.10008.5.1.4.1.1.77.1.4";
constexpr std::string_view kBaseline = "1.2.840.10008.1.2.4.50";
constexpr std::string_view kProgression = "1.2.840.10008.1.2.4.55";
constexpr std::size_t kSide = 224;
constexpr Box kFace{80, 80, 144, 144};
constexpr Box kHidden{64, 64, 160, 160};  // The face, grown by one and a half, on whole units.
constexpr std::string_view kUnderMask = "gate: something stands under the mask (7FE0,0010)";

struct Kind {
    std::string name;
    std::string_view photometric = "YBR_FULL_422";
    std::size_t samples = 3;
    JpegDctOptions options;
    std::string_view syntax = kBaseline;
    std::size_t frames = 1;
    std::uint32_t contents = 4;
};

class NothingThere final : public pipeline::Detector {
public:
    Result<std::vector<pipeline::Detection>> find(const pipeline::PictureView&) override {
        return std::vector<pipeline::Detection>{};
    }
};

/// Sees a face where its place is far brighter than the rest.
class BrightFace final : public pipeline::Detector {
public:
    Result<std::vector<pipeline::Detection>> find(const pipeline::PictureView& picture) override {
        std::uint64_t sum = 0;
        for (std::int64_t y = kFace.top; y < kFace.bottom; ++y) {
            for (std::int64_t x = kFace.left; x < kFace.right; ++x) {
                sum += picture.at(static_cast<std::size_t>(x), static_cast<std::size_t>(y));
            }
        }
        const bool seen = sum > 200U * static_cast<std::uint64_t>(kFace.area());
        return seen ? std::vector<pipeline::Detection>{{kFace, 1.0F}} : std::vector<pipeline::Detection>{};
    }
};

/// A blob with waves for a rim, of which some reach the edge of what is blackened: a shape with straight
/// sides would be an earlier occlusion.
bool is_hidden(std::size_t x, std::size_t y) {
    const double across = static_cast<double>(x) + 0.5 - 112;
    const double down = static_cast<double>(y) + 0.5 - 112;
    const double reach = 50 + 9 * std::sin(7 * std::atan2(down, across));
    return within(kHidden, x, y) && std::hypot(across, down) < reach;
}

/// Of what is hidden: a level of 0 to 255.
using Content = std::function<std::int32_t(std::size_t x, std::size_t y, std::size_t channel)>;

class FilledJpeg : public ::testing::TestWithParam<Kind> {
protected:
    Picture picture(const Content& content, std::size_t frame) const {
        Picture made;
        made.shape = shape();
        for (std::size_t y = 0; y < kSide; ++y) {
            for (std::size_t x = 0; x < kSide; ++x) {
                for (std::size_t c = 0; c < kind_.samples; ++c) {
                    const double wave = std::sin(static_cast<double>(x + 5 * frame) / 11) *
                                        std::cos(static_cast<double>(y) / 14 + static_cast<double>(c));
                    const float noise = grain_[(y * kSide + x) * 3 + c];
                    const auto level = static_cast<std::int32_t>(std::lround(110 + 50 * wave + 8 * noise));
                    made.samples.push_back(is_hidden(x, y) ? content(x, y, c) : level);
                }
            }
        }
        return made;
    }

    pipeline::SampleShape shape() const { return {kSide, kSide, kind_.samples, 8, 8, 7, false}; }

    std::string file(const Content& content) {
        frames_.clear();
        DicomWriter fragments;
        for (std::size_t i = 0; i < kind_.frames; ++i) {
            Bytes frame = encode_jpeg_dct(picture(content, i), kind_.options);
            frame.resize(frame.size() + frame.size() % 2);
            fragments.fragment(text_of(frame));
            frames_.push_back(std::move(frame));
        }
        DicomWriter data;
        data.element(0x00080008, Vr::CS, "ORIGINAL\\PRIMARY")
            .element(0x00080016, Vr::UI, kPhotograph)
            .element(0x00080018, Vr::UI, "1.2.276.0.99.9.1")
            .element(0x00080060, Vr::CS, "XC")
            .element(0x0020000D, Vr::UI, "1.2.276.0.99.9.2")
            .element(0x0020000E, Vr::UI, "1.2.276.0.99.9.3")
            .us(0x00280002, static_cast<std::uint16_t>(kind_.samples))
            .element(0x00280004, Vr::CS, std::string{kind_.photometric});
        if (kind_.samples == 3) {
            data.us(0x00280006, 0);
        }
        data.element(0x00280008, Vr::IS, std::to_string(kind_.frames))
            .us(0x00280010, kSide)
            .us(0x00280011, kSide)
            .us(0x00280100, 8)
            .us(0x00280101, 8)
            .us(0x00280102, 7)
            .us(0x00280103, 0)
            .element(0x00282110, Vr::CS, "01")
            .element(0x00282112, Vr::DS, "9.5")
            .element(0x00282114, Vr::CS, "ISO_10918_1")
            .header(0x7FE00010, Vr::OB, 0xFFFFFFFFU)
            .fragment("")
            .raw(fragments.text())
            .end_sequence();
        return part10_file(data.text(), kind_.syntax, kPhotograph, "1.2.276.0.99.9.1");
    }

    static std::string text_of(const Bytes& bytes) {
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }

    void clean_it(std::uint32_t content = 0) {
        original_ = file(bright(content));
        cleaned_ = testing::clean(original_, rules_, order_for(original_), finders_, &generator_);
    }

    /// Bright in the first channel, grain in all: no plain area, which would be an earlier occlusion.
    static Content bright(std::uint32_t k) {
        const std::vector<float> grain =
            pipeline::CounterNoise{pipeline::seed_of(9)}.field(kSide, kSide * 3, k);
        return [grain](std::size_t x, std::size_t y, std::size_t channel) {
            const auto one =
                std::lround(grain[(y * kSide + x) * 3 + channel] * (channel == 0 ? 12.0F : 45.0F));
            const auto level = static_cast<std::int32_t>(one) + (channel == 0 ? 228 : 128);
            return std::clamp(level, 0, 255);
        };
    }

    bool was_cleaned() const { return cleaned_.report.outcome == pipeline::CleanReport::Outcome::kCleaned; }

    std::string judged(const std::string& written, pipeline::Generator* generator) {
        const rules::ProjectKey key = test_key();
        const pipeline::WorkOrder order = order_for(original_);
        pipeline::GateWork work{order, rules_.rules().front(), key, cleaned_.report.mask, finders_};
        work.holes = cleaned_.report.holes;
        work.generator = generator;
        return pipeline::judge(bytes_of(original_), bytes_of(written), work).reason;
    }

    std::string judged() { return judged(cleaned_.written, &generator_); }

    /// The frames of the written file, a fragment each (PS3.5 A.4).
    std::vector<Bytes> written_frames() const {
        std::size_t at = cleaned_.written.find(std::string_view{"\xE0\x7F\x10\0OB", 6});
        EXPECT_NE(at, std::string::npos);
        at += 12 + 8;  // The header, an empty offset table.
        std::vector<Bytes> frames;
        for (std::size_t i = 0; i < kind_.frames; ++i) {
            std::size_t length = 0;
            for (std::size_t k = 0; k < 4; ++k) {
                length |= std::size_t{static_cast<unsigned char>(cleaned_.written[at + 4 + k])} << (8 * k);
            }
            const auto bytes = bytes_of(cleaned_.written).subspan(at + 8, length);
            frames.emplace_back(bytes.begin(), bytes.end());
            at += 8 + length;
        }
        return frames;
    }

    std::string with_frames(const std::vector<Bytes>& frames) const {
        const std::size_t at = cleaned_.written.find(std::string_view{"\xE0\x7F\x10\0OB", 6});
        DicomWriter element;
        element.header(0x7FE00010, Vr::OB, 0xFFFFFFFFU).fragment("");
        for (Bytes frame : frames) {
            frame.resize(frame.size() + frame.size() % 2);
            element.fragment(text_of(frame));
        }
        return cleaned_.written.substr(0, at) + element.end_sequence().text();
    }

    Kind kind_ = GetParam();
    const std::vector<float> grain_ = pipeline::CounterNoise{pipeline::seed_of(7)}.field(kSide, kSide * 3, 0);
    NothingThere text_;
    BrightFace face_;
    pipeline::Finders finders_{&text_, &face_};
    pipeline::DrawingGenerator generator_{pipeline::patterned};
    rules::RuleSet rules_ =
        rules_of(std::string{kRemoveFoundRules}.append("[rule.enhance]\nfill = \"require\"\n"));
    std::vector<Bytes> frames_;
    std::string original_;
    Cleaned cleaned_;
};

INSTANTIATE_TEST_SUITE_P(
    Every, FilledJpeg,
    ::testing::Values(
        Kind{.name = "Half", .options = {.across = 2}},
        Kind{.name = "Quarter", .options = {.across = 2, .down = 2}, .contents = 20},
        Kind{.name = "Full", .photometric = "YBR_FULL", .options = {}},
        Kind{.name = "Rgb", .photometric = "RGB", .options = {.as_rgb = true}},
        Kind{.name = "Grey", .photometric = "MONOCHROME2", .samples = 1, .options = {}},
        Kind{
            .name = "Progressive",
            .options = {.across = 2, .down = 2, .progressive = true},
            .syntax = kProgression},
        Kind{.name = "Cine", .options = {.across = 2}, .frames = 3}
    ),
    [](const auto& tested) { return tested.param.name; }
);

TEST_P(FilledJpeg, StaysAsItCameAndPassesTheGate) {
    clean_it();

    ASSERT_TRUE(was_cleaned()) << cleaned_.report.reason;
    EXPECT_EQ(cleaned_.report.output_transfer_syntax_uid, kind_.syntax);
    EXPECT_EQ(cleaned_.report.fill.filled, kind_.frames);
    EXPECT_NE(cleaned_.written.find("for algorithm support only"), std::string::npos);
    EXPECT_NE(cleaned_.written.find("ISO_10918_1"), std::string::npos);
    EXPECT_EQ(judged(), "");
}

TEST_P(FilledJpeg, ChangesNoCoefficientBesideTheMaskAndFillsWhatIsUnderIt) {
    clean_it();
    ASSERT_TRUE(was_cleaned());

    const std::vector<Bytes> written = written_frames();
    for (std::size_t i = 0; i < kind_.frames; ++i) {
        const auto before = pipeline::read_jpeg_coefficients(frames_[i], shape()).value();
        const auto after = pipeline::read_jpeg_coefficients(written[i], shape()).value();
        const auto& was = before.components.front();
        const auto& is = after.components.front();
        std::size_t flat = 0;
        for (std::size_t row = 0; row < was.blocks_down; ++row) {
            for (std::size_t column = 0; column < was.blocks_across; ++column) {
                if (within(kHidden, 8 * column, 8 * row)) {
                    flat += std::ranges::count(is.block(column, row).subspan(1), 0) == 63 ? 1U : 0U;
                } else {
                    EXPECT_TRUE(std::ranges::equal(was.block(column, row), is.block(column, row)));
                }
            }
        }
        EXPECT_LT(flat, 24U) << "of 144 blocks";
    }
}

// Up to the mask's very edge, with colours of their own: what a decoder mixes over it would show.
TEST_P(FilledJpeg, EveryHiddenContentGivesOneFile) {
    clean_it();
    ASSERT_TRUE(was_cleaned());
    const std::string first = cleaned_.written;
    for (std::uint32_t k = 1; k <= kind_.contents; ++k) {
        clean_it(k);
        ASSERT_TRUE(was_cleaned());
        EXPECT_TRUE(cleaned_.written == first) << k;
    }
}

TEST_P(FilledJpeg, SaysOfItsMarkWhatAReaderFinds) {
    clean_it();
    ASSERT_TRUE(was_cleaned());
    const Bytes samples = decode_with_libjpeg(written_frames().front());
    pipeline::GreyPlane plane{std::vector<float>(kSide * kSide), kSide, kSide};
    for (std::size_t i = 0; i < plane.values.size(); ++i) {
        const auto level = [&](std::size_t c) { return static_cast<float>(samples[kind_.samples * i + c]); };
        plane.values[i] =
            kind_.samples == 3 ? 0.299F * level(0) + 0.587F * level(1) + 0.114F * level(2) : level(0);
    }

    const auto reading = pipeline::read(plane, {}, pipeline::watermark_key(test_key()));

    ASSERT_FALSE(cleaned_.report.fill.areas.empty());
    EXPECT_EQ(cleaned_.report.fill.areas.front().outcome, "filled and marked");
    ASSERT_TRUE(reading);
    EXPECT_EQ(reading->utc_seconds, 1'700'000'000U);
}

// Not of what was drawn: quantisation moves it.
TEST_P(FilledJpeg, SaysTheGreyDifferenceOfWhatIsWritten) {
    clean_it();
    ASSERT_TRUE(was_cleaned());
    const Bytes samples = decode_with_libjpeg(written_frames().front());
    constexpr std::int64_t kRim = 6;
    const Box inner{kHidden.left + kRim, kHidden.top + kRim, kHidden.right - kRim, kHidden.bottom - kRim};
    const Box outer{kHidden.left - kRim, kHidden.top - kRim, kHidden.right + kRim, kHidden.bottom + kRim};
    constexpr Box kShown{32, 32, 192, 192};  // 32 pixels beyond the hole.
    std::vector<double> seen;
    double sums[2] = {0, 0};
    double counts[2] = {0, 0};
    for (std::size_t y = 32; y < 192; ++y) {
        for (std::size_t x = 32; x < 192; ++x) {
            double level = 0;
            for (std::size_t c = 0; c < kind_.samples; ++c) {
                level += static_cast<double>(samples[kind_.samples * (y * kSide + x) + c]);
            }
            level /= static_cast<double>(kind_.samples);
            const bool is_hidden_here = within(kHidden, x, y);
            if (!is_hidden_here && within(kShown, x, y)) {
                seen.push_back(level);
            }
            if (is_hidden_here ? !within(inner, x, y) : within(outer, x, y)) {
                sums[is_hidden_here ? 0 : 1] += level;
                counts[is_hidden_here ? 0 : 1] += 1;
            }
        }
    }
    std::ranges::sort(seen);
    const auto at = [&](double share) {
        return seen[static_cast<std::size_t>(share * static_cast<double>(seen.size() - 1))];
    };
    const double difference = std::abs(sums[0] / counts[0] - sums[1] / counts[1]) / (at(0.98) - at(0.02));

    const auto said = static_cast<double>(cleaned_.report.fill.areas.front().grey_difference_permille);
    EXPECT_NEAR(said, 1000 * difference, 1);
}

TEST_P(FilledJpeg, IsHeldWhereAnythingElseStandsUnderTheMask) {
    clean_it();
    ASSERT_TRUE(was_cleaned());
    const std::vector<Bytes> written = written_frames();
    const std::vector<Box> hidden{kHidden};

    std::vector<Bytes> planted = written;
    planted.back() = frames_.back();
    EXPECT_EQ(judged(with_frames(planted), &generator_), kUnderMask) << "the original";

    planted.back() = pipeline::blacken_jpeg(frames_.back(), shape(), kind_.photometric, hidden).value();
    EXPECT_EQ(judged(with_frames(planted), &generator_), kUnderMask) << "black";

    Bytes mixed = decode_with_libjpeg(written.back());
    const Bytes original = decode_with_libjpeg(frames_.back());
    for (std::size_t i = 0; i < mixed.size(); ++i) {
        const int tenth = (9 * std::to_integer<int>(mixed[i]) + std::to_integer<int>(original[i])) / 10;
        mixed[i] = static_cast<std::byte>(tenth);
    }
    planted.back() = pipeline::fill_jpeg(written.back(), shape(), kind_.photometric, hidden, mixed).value();
    EXPECT_EQ(judged(with_frames(planted), &generator_), kUnderMask) << "a tenth of the original";

    planted.back() = written.back();
    EXPECT_EQ(judged(with_frames(planted), &generator_), "") << "what was written";
}

TEST_P(FilledJpeg, IsHeldWhereAChangeStandsBesideTheMaskOrAnotherModelJudges) {
    clean_it();
    ASSERT_TRUE(was_cleaned());
    pipeline::DrawingGenerator other{[](std::size_t, std::size_t, float) { return 0.1F; }};
    EXPECT_EQ(judged(cleaned_.written, &other), kUnderMask);

    std::vector<Bytes> planted = written_frames();
    const std::vector<Box> beside{{0, 0, 16, 16}};
    planted.back() = pipeline::blacken_jpeg(planted.back(), shape(), kind_.photometric, beside).value();
    EXPECT_EQ(judged(with_frames(planted), &generator_), "gate: samples outside the mask differ (7FE0,0010)");
}

}  // namespace
}  // namespace efface::testing
