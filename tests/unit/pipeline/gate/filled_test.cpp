// Goal: what is blackened and filled is said to be, is marked, follows from visible pixels alone, and the
// gate holds every other thing under the mask. Method: filled_fixture.h, and bugs planted in the written
// file.
#include "pipeline/gate/masked_samples.h"
#include "pipeline/pixel/fill_frames.h"
#include "pipeline/pixel/frame_planes.h"
#include "pipeline/pixel/samples.h"
#include "tests/unit/pipeline/gate/filled_fixture.h"

namespace efface::testing::filled {
namespace {

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

TEST_P(Filled, TheGateSaysItselfWhatWasFilledWhateverTheCleanerSays) {
    clean_it(file());
    ASSERT_TRUE(was_cleaned()) << cleaned_.report.reason;
    const pipeline::FillReport honest = cleaned_.report.fill;
    cleaned_.report.fill = {};

    ASSERT_EQ(judged(), "");

    EXPECT_EQ(fill_of_the_gate_, honest);
    EXPECT_EQ(fill_of_the_gate_.filled, 1U);
    EXPECT_EQ(fill_of_the_gate_.areas.size(), 1U);
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
}  // namespace efface::testing::filled
