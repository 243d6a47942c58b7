// Goal: what is blackened and filled is said to be, is marked, follows from visible pixels alone, and the
// gate holds every other thing under the mask. Method: a photograph of waves and grain with a face that a
// detector sees by its corners, and a generator that draws waves.
#include "pipeline/gate/masked_samples.h"
#include "pipeline/pixel/fill_frames.h"
#include "pipeline/pixel/frame_planes.h"
#include "pipeline/pixel/samples.h"
#include "tests/unit/pipeline/enhance/drawn_surround.h"
#include "tests/unit/pipeline/gate/gate_fixture.h"
#include "tests/unit/pipeline/gate/seeing_detectors.h"

#include <gtest/gtest.h>

#include <cmath>

namespace efface::testing {
namespace {

using pipeline::Box;
using pipeline::CleanReport;
using rules::Vr;

constexpr std::string_view kPhotograph = "1.2.840.10008.5.1.4.1.1.77.1.4";
constexpr std::size_t kSide = 224;
constexpr Box kFace{80, 80, 144, 144};
constexpr std::string_view kUnderMask = "gate: something stands under the mask (7FE0,0010)";

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

/// Sees a line at the edge of the picture once the face is neither there nor black.
class SeesALineBesideAFill final : public pipeline::Detector {
public:
    Result<std::vector<pipeline::Detection>> find(const pipeline::PictureView& picture) override {
        const int value =
            picture.at(static_cast<std::size_t>(kFace.left), static_cast<std::size_t>(kFace.top));
        return value > 10 && value < 245 ? std::vector<pipeline::Detection>{{{8, 8, 40, 20}, 1.0F}}
                                         : std::vector<pipeline::Detection>{};
    }
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
        return rules_of(std::string{kRemoveFoundRules} + "[rule.enhance]\n" + std::string{enhance} + "\n");
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
};

INSTANTIATE_TEST_SUITE_P(
    Every, Filled,
    ::testing::Values(
        Depth{8, 1, "MONOCHROME2"}, Depth{12, 1, "MONOCHROME2"}, Depth{16, 1, "MONOCHROME1"},
        Depth{8, 3, "RGB"}
    ),
    [](const auto& tested) {
        return std::string{tested.param.photometric} + std::to_string(tested.param.bits);
    }
);

TEST_P(Filled, IsSaidToBeAndPassesTheGate) {
    clean_it(file());

    ASSERT_TRUE(was_cleaned()) << cleaned_.report.reason;
    EXPECT_EQ(cleaned_.report.fill.filled, 1U);
    ASSERT_EQ(cleaned_.report.fill.areas.size(), 1U);
    EXPECT_EQ(cleaned_.report.fill.areas.front().outcome, "filled and marked");
    EXPECT_TRUE(says("for algorithm support only, not for diagnosis"));
    EXPECT_TRUE(says("filled by a generative network (left,top,width,height): 64,64,96,96"));
    EXPECT_TRUE(says("GPEN-MED-20231114-221320"));
    EXPECT_TRUE(says("RESEARCH"));
    EXPECT_FALSE(says("A word about the patient"));
    EXPECT_EQ(judged(), "");
}

TEST_P(Filled, ChangesNothingBesideTheMaskAndLeavesNothingBlackUnderIt) {
    clean_it(file());
    ASSERT_TRUE(was_cleaned());

    const std::size_t bytes = GetParam().channels * sample_bytes();
    const Box mask = cleaned_.report.mask.boxes.front();
    std::size_t black = 0;
    for (std::size_t y = 0; y < kSide; ++y) {
        for (std::size_t x = 0; x < kSide; ++x) {
            const std::string_view written = std::string_view{cleaned_.written}.substr(place(x, y), bytes);
            const std::size_t from = original_.size() - (kSide * kSide - (y * kSide + x)) * bytes;
            if (!within(mask, x, y)) {
                EXPECT_EQ(written, std::string_view{original_}.substr(from, bytes)) << x << " " << y;
            }
            black +=
                within(mask, x, y) && written == std::string(bytes, faces_.inverted ? '\xFF' : '\0') ? 1 : 0;
        }
    }
    EXPECT_LT(black, static_cast<std::size_t>(mask.area() / 100));
}

TEST_P(Filled, BearsAMarkThatReadsAsTheWorkOrdersTime) {
    clean_it(file());
    ASSERT_TRUE(was_cleaned());

    pipeline::GreyPlane plane{std::vector<float>(kSide * kSide), kSide, kSide};
    for (std::size_t i = 0; i < plane.values.size(); ++i) {
        const std::size_t at = place(i % kSide, i / kSide);
        const auto byte = [&](std::size_t k) {
            return static_cast<double>(static_cast<unsigned char>(cleaned_.written[at + k]));
        };
        const double value = GetParam().channels == 3 ? 0.299 * byte(0) + 0.587 * byte(1) + 0.114 * byte(2)
                             : sample_bytes() == 2    ? byte(0) + 256 * byte(1)
                                                      : byte(0);
        plane.values[i] = static_cast<float>(255 * value / white());
    }
    const auto reading = pipeline::read(plane, {}, pipeline::watermark_key(test_key()));

    ASSERT_TRUE(reading);
    EXPECT_EQ(reading->utc_seconds, 1'700'000'000U);
    EXPECT_EQ(reading->inverted, GetParam().photometric == "MONOCHROME1");
}

TEST_P(Filled, TwentyHiddenFacesGiveOneFile) {
    clean_it(file());
    ASSERT_TRUE(was_cleaned());
    const std::string first = cleaned_.written;
    for (std::uint32_t k = 0; k < 20; ++k) {
        const std::vector<float> content =
            pipeline::CounterNoise{pipeline::seed_of(9)}.field(kSide, kSide, k);
        clean_it(file([&](std::size_t x, std::size_t y) {
            return std::clamp(0.5 + 0.15 * static_cast<double>(content[y * kSide + x]), 0.05, 0.95);
        }));
        ASSERT_TRUE(was_cleaned());
        EXPECT_EQ(cleaned_.written, first) << k;
    }
}

TEST_P(Filled, IsHeldWhereAnythingElseStandsUnderTheMask) {
    clean_it(file());
    ASSERT_TRUE(was_cleaned());
    const std::size_t bytes = GetParam().channels * sample_bytes();

    std::string one = cleaned_.written;
    one[place(110, 110)] = static_cast<char>(one[place(110, 110)] ^ 1);
    EXPECT_EQ(judged(one, &generator_), kUnderMask);

    std::string original = cleaned_.written;
    const std::size_t first = original_.size() - kSide * kSide * bytes;
    for (std::size_t y = 80; y < 144; ++y) {
        original.replace(place(80, y), 64 * bytes, original_, first + (y * kSide + 80) * bytes, 64 * bytes);
    }
    EXPECT_EQ(judged(original, &generator_), kUnderMask);

    std::string tenth = cleaned_.written;
    for (std::size_t at = place(0, 80); at < place(0, 144); ++at) {
        const auto left = static_cast<unsigned char>(original_[at - place(0, 0) + first]);
        const auto filled = static_cast<unsigned char>(tenth[at]);
        tenth[at] = static_cast<char>((9 * filled + left) / 10);
    }
    EXPECT_NE(judged(tenth, &generator_), "");
}

TEST_P(Filled, IsHeldWhereAnotherModelOrNoneJudges) {
    clean_it(file());
    ASSERT_TRUE(was_cleaned());
    pipeline::DrawingGenerator other{[](std::size_t, std::size_t, float) { return 0.1F; }};

    EXPECT_EQ(judged(cleaned_.written, &other), kUnderMask);
    EXPECT_EQ(judged(cleaned_.written, nullptr), "gate: this process has no generator to judge a fill with");
}

TEST_P(Filled, IsHeldWhereTheHolesAreNotTheCleaners) {
    clean_it(file());
    ASSERT_TRUE(was_cleaned());

    holes_ = std::vector<pipeline::Hole>{};
    EXPECT_NE(judged(), "");
    holes_ = std::vector<pipeline::Hole>{{{{0, 0, 40, 40}}, {0, 1}}};
    EXPECT_EQ(judged(), "gate: what is filled lies outside the mask (7FE0,0010)");
    holes_ = cleaned_.report.holes;
    holes_->front().frames.count = 2;
    EXPECT_EQ(judged(), "gate: what is filled lies outside the mask (7FE0,0010)");
    holes_.reset();
    rules_ = rule("fill = \"forbid\"");
    EXPECT_EQ(judged(), "gate: the rule forbids to fill (7FE0,0010)");
}

TEST_P(Filled, IsHeldWhereTheFileDoesNotSaySo) {
    clean_it(file());
    ASSERT_TRUE(was_cleaned());
    const auto changed = [&](std::string_view element, std::size_t at) {
        std::string written = cleaned_.written;
        const std::size_t begin = written.find(element);
        EXPECT_NE(begin, std::string::npos) << element;
        written[begin + at] = written[begin + at] == 'X' ? 'Y' : 'X';
        return written;
    };

    constexpr std::string_view kSynthetic{
        "\x08\x00\x1C\x00"
        "CS\x04\x00YES",
        11};
    EXPECT_NE(judged(changed(kSynthetic, 8), &generator_), "");
    for (const std::string_view text :
         {"RESEARCH", "Occluded region visually", "filled by a generative", "GPEN-MED-"}) {
        EXPECT_NE(judged(changed(text, 0), &generator_), "") << text;
    }
}

TEST_P(Filled, StaysBlackWhereTheRuleForbidsItOrDoesNotAsk) {
    for (const std::string_view enhance : {"fill = \"forbid\"", "fill = \"auto\""}) {
        rules_ = rule(enhance);
        clean_it(file());
        ASSERT_TRUE(was_cleaned());
        EXPECT_FALSE(cleaned_.report.fill.was_tried());
        EXPECT_FALSE(says("RESEARCH"));
        EXPECT_EQ(judged(), "");
    }
}

TEST_P(Filled, ARefusedHoleStaysBlackUnlessTheRuleHoldsSuch) {
    // Nothing but grain around it: too noisy.
    const auto noisy = [&] {
        std::string made = file();
        const std::size_t samples = kSide * kSide * GetParam().channels;
        const std::size_t first = made.size() - samples * sample_bytes();
        const std::vector<float> grain = pipeline::CounterNoise{pipeline::seed_of(3)}.field(samples, 1, 0);
        for (std::size_t i = 0; i < samples; ++i) {
            const std::size_t pixel = i / GetParam().channels;
            if (within(kFace, pixel % kSide, pixel / kSide)) {
                continue;
            }
            const double share = std::clamp(0.5 + 0.15 * static_cast<double>(grain[i]), 0.02, 0.9);
            const auto value = static_cast<std::uint32_t>(std::lround(share * white()));
            made[first + i * sample_bytes()] = static_cast<char>(value & 0xFFU);
            if (sample_bytes() == 2) {
                made[first + 2 * i + 1] = static_cast<char>(value >> 8U);
            }
        }
        return made;
    };
    clean_it(noisy());
    ASSERT_TRUE(was_cleaned()) << cleaned_.report.reason;
    EXPECT_EQ(cleaned_.report.fill.refused, 1U);
    EXPECT_EQ(cleaned_.report.fill.areas.front().outcome, "too noisy (SNR below 5)");
    EXPECT_FALSE(says("RESEARCH"));
    EXPECT_EQ(judged(), "");

    rules_ = rule("fill = \"require\"\nunfilled = \"quarantine\"");
    EXPECT_EQ(judged(), "gate: an occluded area is not filled, and the rule holds such (7FE0,0010)");
    clean_it(noisy());
    EXPECT_EQ(cleaned_.report.outcome, CleanReport::Outcome::kQuarantined);
}

TEST_P(Filled, StaysBlackWhereSomethingIsFoundBesideTheFillAlone) {
    SeesALineBesideAFill line;
    finders_.text = &line;
    clean_it(file());

    ASSERT_TRUE(was_cleaned()) << cleaned_.report.reason;
    EXPECT_EQ(cleaned_.report.fill.filled, 0U);
    EXPECT_FALSE(says("RESEARCH"));
    EXPECT_NE(
        std::ranges::find(
            cleaned_.report.facts,
            "occluded areas left black: something is found beside a fill where nothing was before"
        ),
        cleaned_.report.facts.end()
    );
    EXPECT_EQ(judged(), "");
}

TEST_P(Filled, TheGateHoldsAFillBesideWhichItFindsSomething) {
    clean_it(file());
    ASSERT_TRUE(was_cleaned());
    SeesALineBesideAFill line;
    finders_.text = &line;

    EXPECT_EQ(judged(), "gate: text is found outside the mask (7FE0,0010)");
}

TEST_P(Filled, MoreHolesThanAWorkerHasTimeForAreNotFilled) {
    original_ = file();
    const auto part10 = pipeline::parse_part10(bytes_of(original_));
    const auto samples = pipeline::read_samples(
        bytes_of(original_).subspan(part10->data_set_offset),
        *rules::find_transfer_syntax(rules::kExplicitVrLittleEndian)
    );
    ASSERT_TRUE(samples);
    std::vector<pipeline::Hole> holes(pipeline::kFillsMax, pipeline::Hole{{{0, 0, 8, 8}}, {0, 1}});
    EXPECT_FALSE(pipeline::obstacle_to_fill(samples->image, holes));
    holes.push_back(holes.front());
    EXPECT_TRUE(pipeline::obstacle_to_fill(samples->image, holes));
}

TEST_P(Filled, WithoutAGeneratorTheReportSaysSo) {
    original_ = file();
    cleaned_ = testing::clean(original_, rules_, order_for(original_), finders_);
    ASSERT_TRUE(was_cleaned());
    EXPECT_NE(
        std::ranges::find(cleaned_.report.facts, "occluded areas left black: this node has no generator"),
        cleaned_.report.facts.end()
    );
    EXPECT_EQ(judged(cleaned_.written, nullptr), "");

    rules_ = rule("fill = \"require\"\nunfilled = \"quarantine\"");
    cleaned_ = testing::clean(original_, rules_, order_for(original_), finders_);
    EXPECT_EQ(cleaned_.report.outcome, CleanReport::Outcome::kQuarantined);
}

}  // namespace
}  // namespace efface::testing
