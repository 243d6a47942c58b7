// Filled: a photograph of waves and grain with a face that a detector sees by its corners, of several depths,
// and a generator that draws waves: cleaned by the real cleaner, judged by the gate as it is or changed.
#pragma once

#include "tests/unit/pipeline/enhance/drawn_surround.h"
#include "tests/unit/pipeline/gate/gate_fixture.h"
#include "tests/unit/pipeline/gate/seeing_detectors.h"

#include <gtest/gtest.h>

#include <cmath>

namespace efface::testing::filled {

using pipeline::Box;
using pipeline::CleanReport;
using rules::Vr;

inline constexpr std::string_view kPhotograph = "1.2.840.10008.5.1.4.1.1.77.1.4";
inline constexpr std::size_t kSide = 224;
inline constexpr Box kFace{80, 80, 144, 144};
inline constexpr std::string_view kUnderMask = "gate: something stands under the mask (7FE0,0010)";

/// How the samples are stored.
struct Depth {
    std::uint16_t bits;
    std::uint16_t channels;
    std::string_view photometric;
};

class NothingThere final : public pipeline::Detector {
public:
    Result<std::vector<pipeline::Detection>> find(const pipeline::PictureView&) override {
        return std::vector<pipeline::Detection>{};
    }
};

/// Sees a face where the first and the last pixel of it are brighter than anything else.
class Corners final : public pipeline::Detector {
public:
    Result<std::vector<pipeline::Detection>> find(const pipeline::PictureView& picture) override {
        const auto shown = [&](std::int64_t x, std::int64_t y) {
            const int value = picture.at(static_cast<std::size_t>(x), static_cast<std::size_t>(y));
            return inverted ? value < 5 : value > 250;
        };
        const bool seen = shown(kFace.left, kFace.top) && shown(kFace.right - 1, kFace.bottom - 1);
        return seen ? std::vector<pipeline::Detection>{{kFace, 1.0F}} : std::vector<pipeline::Detection>{};
    }

    bool inverted = false;
};

class Filled : public ::testing::TestWithParam<Depth> {
protected:
    Filled() { faces_.inverted = GetParam().photometric == "MONOCHROME1"; }

    std::size_t sample_bytes() const { return GetParam().bits > 8 ? 2 : 1; }

    double white() const { return std::pow(2.0, GetParam().bits) - 1; }

    /// `content`: of the face but for its corners, as shares of white.
    std::string file(const std::function<double(std::size_t x, std::size_t y)>& content) const {
        const auto [bits, channels, photometric] = GetParam();
        std::string samples;
        const std::vector<float> grain =
            pipeline::CounterNoise{pipeline::seed_of(5)}.field(kSide, kSide * channels, 0);
        for (std::size_t i = 0; i < kSide * kSide * channels; ++i) {
            const std::size_t x = i / channels % kSide;
            const std::size_t y = i / channels / kSide;
            const double wave = std::sin(static_cast<double>(x) / 11) * std::cos(static_cast<double>(y) / 14);
            double share = 0.5 + 0.2 * wave + 0.02 * static_cast<double>(grain[i]);
            if (within(kFace, x, y)) {
                const bool corner = (x == 80 && y == 80) || (x == 143 && y == 143);
                share = corner ? (faces_.inverted ? 0 : 1) : content(x, y);
            }
            const auto value = static_cast<std::uint32_t>(std::lround(share * white()));
            samples += static_cast<char>(value & 0xFFU);
            samples += sample_bytes() == 2 ? std::string(1, static_cast<char>(value >> 8U)) : std::string{};
        }
        DicomWriter data;
        if (!character_set_.empty()) {
            data.element(0x00080005, Vr::CS, character_set_);
        }
        data.element(0x00080008, Vr::CS, "ORIGINAL\\PRIMARY")
            .element(0x00080016, Vr::UI, kPhotograph)
            .element(0x00080018, Vr::UI, "1.2.276.0.99.8.1")
            .element(0x00080060, Vr::CS, "XC")
            .element(0x0020000D, Vr::UI, "1.2.276.0.99.8.2")
            .element(0x0020000E, Vr::UI, "1.2.276.0.99.8.3")
            .element(0x00204000, Vr::LT, "A word about the patient")
            .us(0x00280002, channels)
            .element(0x00280004, Vr::CS, std::string{photometric});
        if (channels == 3) {
            data.us(0x00280006, 0);
        }
        data.us(0x00280010, kSide)
            .us(0x00280011, kSide)
            .us(0x00280100, static_cast<std::uint16_t>(8 * sample_bytes()))
            .us(0x00280101, bits)
            .us(0x00280102, static_cast<std::uint16_t>(bits - 1))
            .us(0x00280103, 0);
        data.header(0x7FE00010, Vr::OW, static_cast<std::uint32_t>(samples.size())).raw(samples);
        return part10_file(data.text(), rules::kExplicitVrLittleEndian, kPhotograph, "1.2.276.0.99.8.1");
    }

    std::string file() const {
        return file([](std::size_t x, std::size_t y) { return 0.1 + static_cast<double>((x * y) % 17) / 20; }
        );
    }

    static rules::RuleSet rule(std::string_view enhance = "fill = \"require\"") {
        std::string text{kRemoveFoundRules};
        text.append("[rule.enhance]\n").append(enhance).append("\n");
        return rules_of(text);
    }

    void clean_it(const std::string& original) {
        original_ = original;
        cleaned_ = testing::clean(original_, rules_, order_for(original_), finders_, &generator_);
    }

    std::string judged(const std::string& written, pipeline::Generator* generator) {
        const rules::ProjectKey key = test_key();
        const pipeline::WorkOrder order = order_for(original_);
        pipeline::GateWork work{order, rules_.rules().front(), key, cleaned_.report.mask, finders_};
        work.holes = holes_ ? *holes_ : cleaned_.report.holes;
        work.generator = generator;
        const auto report = pipeline::judge(bytes_of(original_), bytes_of(written), work);
        EXPECT_EQ(report.passed, report.reason.empty());
        fill_of_the_gate_ = report.fill;
        return report.reason;
    }

    std::string judged() { return judged(cleaned_.written, &generator_); }

    /// Of Pixel Data, which ends the file.
    std::size_t place(std::size_t x, std::size_t y) const {
        const std::size_t bytes = GetParam().channels * sample_bytes();
        return cleaned_.written.size() - kSide * kSide * bytes + (y * kSide + x) * bytes;
    }

    bool was_cleaned() const { return cleaned_.report.outcome == CleanReport::Outcome::kCleaned; }

    bool says(std::string_view text) const { return cleaned_.written.find(text) != std::string::npos; }

    NothingThere text_;
    Corners faces_;
    pipeline::Finders finders_{&text_, &faces_};
    pipeline::DrawingGenerator generator_{pipeline::patterned};
    rules::RuleSet rules_ = rule();
    std::string original_;
    Cleaned cleaned_;
    std::optional<std::vector<pipeline::Hole>> holes_;
    pipeline::FillReport fill_of_the_gate_;  ///< After judged().
    std::string character_set_;  ///< Of the original; empty: it names none.
};

}  // namespace efface::testing::filled
