// Goal: what is judged is what the node would deliver, of every case alike, and a refusal is in no mean.
#include "pipeline/evaluate/evaluator.h"

#include "pipeline/evaluate/peak_memory.h"
#include "pipeline/picture/png.h"
#include "tests/unit/pipeline/enhance/drawn_surround.h"
#include "tests/unit/pipeline/evaluate/written_png.h"

#include <gtest/gtest.h>

#include <cmath>

namespace efface::pipeline {
namespace {

using efface::testing::drawn_mask;
using efface::testing::drawn_truth;
using efface::testing::written_png;

constexpr std::size_t kSide = 240;

/// Two features: the mean of what is masked, and how much that is.
class MeanFeatures : public FeatureNetwork {
public:
    MeanFeatures() {
        facts_.side = 64;
        facts_.features = 2;
    }

    const Facts& facts() const override { return facts_; }

    Result<std::vector<float>> features_of(std::span<const float> planes, std::span<const float> mask)
        override {
        float sum = 0;
        float count = 0;
        for (std::size_t i = 0; i < mask.size(); ++i) {
            EXPECT_LE(std::abs(planes[i]), 1);
            sum += mask[i] * planes[i];
            count += mask[i];
        }
        EXPECT_GT(count, 0);
        return std::vector<float>{sum / count, count};
    }

private:
    Facts facts_;
};

Evaluator evaluator_of(const EvaluatorConfiguration& configuration, bool with_features = false) {
    auto made = Evaluator::make(
        std::make_unique<DrawingGenerator>(patterned),
        with_features ? std::make_unique<MeanFeatures>() : nullptr, configuration
    );
    EXPECT_TRUE(made);
    return std::move(*made);
}

const CaseRequest kRequest{"one", "ct", "box", 16, true};
const std::string kTruth = written_png(drawn_truth(kSide, kSide));
const std::string kMask = written_png(drawn_mask(kSide, kSide, 80, 72, 160, 152));

double of(const CaseResult& result, Filler filler, Metric metric) {
    return result.qualities.at(static_cast<std::size_t>(filler)).at(static_cast<std::size_t>(metric));
}

TEST(Evaluator, MeasuresEveryFillAgainstTheTruth) {
    Evaluator evaluator = evaluator_of({});

    const auto judged = evaluator.judge(kRequest, kTruth, kMask);

    ASSERT_TRUE(judged) << judged.error().message();
    const CaseResult& result = judged->result;
    EXPECT_TRUE(result.filled) << result.reason;
    EXPECT_EQ(result.holes, 1U);
    EXPECT_GT(result.wall_seconds, 0);
    EXPECT_NEAR(of(result, Filler::kTruth, Metric::kSsimMask), 1, 1e-4);
    EXPECT_NEAR(of(result, Filler::kTruth, Metric::kHighFrequency), 1, 1e-9);
    EXPECT_GT(of(result, Filler::kTruth, Metric::kGreyDifference), 0);
    EXPECT_LT(of(result, Filler::kGenerator, Metric::kSsimMask), 0.95);
    EXPECT_NEAR(of(result, Filler::kConstant, Metric::kHighFrequency), 0, 1e-4);
    EXPECT_NEAR(of(result, Filler::kRingMean, Metric::kGreyDifference), 0, 0.2);  // Rounded to stored values.
    EXPECT_LT(of(result, Filler::kTelea, Metric::kHighFrequency), 0.5);
    EXPECT_GT(of(result, Filler::kGenerator, Metric::kHighFrequency), 0.5);
    EXPECT_GT(of(result, Filler::kTelea, Metric::kPsnrWhole), of(result, Filler::kTelea, Metric::kPsnrMask));
}

TEST(Evaluator, FillsAsTheNodeDoesWithAndWithoutItsMark) {
    Evaluator marking = evaluator_of({});
    Evaluator plain = evaluator_of({.marked = false});

    const auto marked = marking.judge(kRequest, kTruth, kMask);
    const auto unmarked = plain.judge(kRequest, kTruth, kMask);

    ASSERT_TRUE(marked && unmarked);
    EXPECT_EQ(marked->result.marked, 1U);
    EXPECT_EQ(unmarked->result.marked, 0U);
    const auto a = decode_png_samples(marked->pngs.fill, kCasePixelsMax);
    const auto b = decode_png_samples(unmarked->pngs.fill, kCasePixelsMax);
    const auto truth = decode_png_samples(marked->pngs.truth, kCasePixelsMax);
    ASSERT_TRUE(a && b && truth);
    int most = 0;
    std::size_t differ = 0;
    for (std::size_t i = 0; i < a->samples.size(); ++i) {
        const int apart = std::abs(std::to_integer<int>(a->samples[i]) - std::to_integer<int>(b->samples[i]));
        most = std::max(most, apart);
        const bool hidden = i % kSide >= 80 && i % kSide < 160 && i / kSide >= 72 && i / kSide < 152;
        differ += hidden && a->samples[i] != truth->samples[i] ? 1 : 0;
        ASSERT_TRUE(hidden || (a->samples[i] == truth->samples[i] && apart == 0)) << i;
    }
    EXPECT_GT(most, 0) << "the mark is there";
    EXPECT_LT(most, 40) << "and changes little of the same fill";
    EXPECT_GT(differ, 80U * 80U * 8 / 10);
}

TEST(Evaluator, TheSeedDecidesAndTheTruthUnderTheMaskDoesNot) {
    PngSamples other = drawn_truth(kSide, kSide);
    for (std::size_t y = 72; y < 152; ++y) {
        for (std::size_t x = 80; x < 160; ++x) {
            other.samples[2 * (y * kSide + x)] = std::byte{0x11};
        }
    }
    const auto fill = [](std::uint64_t seed, const std::string& truth) {
        Evaluator evaluator = evaluator_of({.seed = seed});
        const auto judged = evaluator.judge(kRequest, truth, kMask);
        EXPECT_TRUE(judged);
        return judged ? judged->pngs.fill : std::string{};
    };

    EXPECT_EQ(fill(1, kTruth), fill(1, kTruth));
    EXPECT_EQ(fill(1, kTruth), fill(1, written_png(other)));
    EXPECT_NE(fill(1, kTruth), fill(2, kTruth));
}

TEST(Evaluator, ARefusalHasItsReasonAndNothingElse) {
    Evaluator evaluator = evaluator_of({.grid_rows = 4});

    const auto judged =
        evaluator.judge(kRequest, kTruth, written_png(drawn_mask(kSide, kSide, 4, 4, 230, 230)));

    ASSERT_TRUE(judged);
    EXPECT_FALSE(judged->result.filled);
    EXPECT_NE(judged->result.reason, "");
    EXPECT_EQ(judged->pngs.fill, "");
    const auto summary = evaluator.summarize();
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->second, "") << "no row on the sheet";
}

TEST(Evaluator, FilesThatAreNoCaseAreRefused) {
    Evaluator evaluator = evaluator_of({});
    CaseRequest eight = kRequest;
    eight.bits = 8;

    for (const auto& judged :
         {evaluator.judge(eight, kTruth, kMask), evaluator.judge(kRequest, "no PNG", kMask),
          evaluator.judge(kRequest, kTruth, kTruth), evaluator.judge(kRequest, kTruth, kMask.substr(0, 60)),
          evaluator.judge(kRequest, kTruth, written_png(drawn_mask(64, 64, 8, 8, 20, 20)))}) {
        ASSERT_FALSE(judged);
        EXPECT_EQ(judged.error().fault, Fault::kRefuse) << judged.error().message();
    }
}

TEST(Evaluator, TheSheetHoldsTheFirstOfEachKind) {
    Evaluator evaluator = evaluator_of({.grid_rows = 2});
    for (const std::string kind : {"ct", "ct", "ct", "mr"}) {
        CaseRequest request = kRequest;
        request.kind = kind;
        ASSERT_TRUE(evaluator.judge(request, kTruth, kMask));
    }

    const auto summary = evaluator.summarize();

    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->first.grid_bytes, summary->second.size());
    EXPECT_GT(summary->first.peak_memory_bytes, std::uint64_t{1} << 20U);
    const auto sheet = decode_png_as_grey(summary->second);
    ASSERT_TRUE(sheet);
    EXPECT_EQ(sheet->columns, 6U + 4 * (256 + 6));
    EXPECT_EQ(sheet->rows, 30U + 3 * (22 + 256 + 6));
}

TEST(Evaluator, TheFrechetDistanceIsNotStatedOfFew) {
    Evaluator evaluator = evaluator_of({}, /*with_features=*/true);
    CaseRequest request = kRequest;
    request.pictures = false;
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(evaluator.judge(request, kTruth, kMask));
    }

    const auto summary = evaluator.summarize();

    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->first.feature_count, 3U);
    for (const double one : summary->first.frechet) {
        EXPECT_TRUE(std::isnan(one));
    }
}

TEST(PeakMemory, GrowsWithWhatIsTouchedAndFallsWithNothing) {
    constexpr std::size_t kBytes = std::size_t{192} << 20U;
    const PeakMemory memory;
    const std::uint64_t before = memory.bytes();
    ASSERT_GT(before, 0U);
    {
        const std::vector<char> touched(kBytes, 'x');
        EXPECT_GE(memory.bytes() + (std::size_t{1} << 20U), kBytes) << touched.back();
    }
    EXPECT_GE(memory.bytes() + (std::size_t{1} << 20U), kBytes);
    EXPECT_GE(memory.bytes(), before);
}

}  // namespace
}  // namespace efface::pipeline
