#include "pipeline/enhance/fill_hole.h"

#include "pipeline/enhance/membrane.h"
#include "tests/unit/pipeline/enhance/drawn_surround.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>

namespace efface::pipeline {
namespace {

constexpr std::size_t kColumns = 220;
constexpr std::size_t kRows = 200;
constexpr Box kHole{72, 64, 136, 128};

struct Filling {
    Planes frame = drawn_frame(kColumns, kRows);
    PixelSet hidden = set_of(kColumns, kRows, kHole);
    DrawingGenerator generator{patterned};
    rules::EnhanceSettings settings{};
    std::uint8_t seed = 1;

    FilledHole fill() {
        const auto filled = fill_hole(frame, hidden, one(kHole), {}, {generator, settings, seed_of(seed)});
        EXPECT_TRUE(filled);
        return filled ? *filled : FilledHole{};
    }

    double fine() const { return fineness(frame.plane(0), hidden); }
};

Planes filled_with(const rules::EnhanceSettings& settings) {
    Filling filling;
    filling.settings = settings;
    EXPECT_TRUE(filling.fill().is_filled());
    return filling.frame;
}

double fine_with(const rules::EnhanceSettings& settings) {
    return fineness(filled_with(settings).plane(0), set_of(kColumns, kRows, kHole));
}

/// Of a network that draws nothing fine.
double fine_of_smooth(const rules::EnhanceSettings& settings) {
    Filling filling;
    DrawingGenerator smooth{
        [](std::size_t x, std::size_t, float) { return 0.3F * std::sin(static_cast<float>(x) / 20); }};
    EXPECT_TRUE(fill_hole(filling.frame, filling.hidden, one(kHole), {}, {smooth, settings, seed_of(1)}));
    return filling.fine();
}

TEST(FillHole, ChangesTheHoleAndNothingElse) {
    Filling filling;
    filling.hidden.add({160, 40, 184, 48});  // Something else is black too, and stays so.
    const Planes before = filling.frame;

    EXPECT_TRUE(filling.fill().is_filled());

    const PixelSet hole = set_of(kColumns, kRows, kHole);
    std::size_t changed = 0;
    for (std::size_t i = 0; i < before.values.size(); ++i) {
        const bool is_same = before.values[i] == filling.frame.values[i];
        EXPECT_TRUE(is_same || hole.in[i] != 0) << i;
        changed += is_same ? 0 : 1;
    }
    EXPECT_GT(changed, hole.count() * 9 / 10);
}

TEST(FillHole, TwentyHiddenContentsGiveOneFill) {
    Filling first;
    first.generator.say_confidence();
    const FilledHole expected = first.fill();
    ASSERT_TRUE(expected.confidence);
    EXPECT_EQ(first.generator.calls, 2);
    for (std::uint32_t k = 0; k < 20; ++k) {
        Filling other;
        other.generator.say_confidence();
        const std::vector<float> content = CounterNoise{seed_of(7)}.field(kColumns, kRows, k);
        for (std::size_t i = 0; i < content.size(); ++i) {
            other.frame.values[i] = other.hidden.in[i] != 0 ? 5000 * content[i] : other.frame.values[i];
        }
        const FilledHole filled = other.fill();
        EXPECT_EQ(other.frame.values, first.frame.values) << k;
        EXPECT_EQ(filled.confidence, expected.confidence) << k;
    }
}

TEST(FillHole, NeitherNanNorExtremesPass) {
    Filling first;
    first.generator.say_confidence();
    const FilledHole expected = first.fill();
    constexpr std::array kPoisons{
        std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
        std::numeric_limits<float>::lowest(), std::numeric_limits<float>::max()};
    for (const float poison : kPoisons) {
        Filling other;
        other.generator.say_confidence();
        put(other.frame, other.hidden, poison);
        const FilledHole filled = other.fill();
        EXPECT_EQ(other.frame.values, first.frame.values) << poison;
        EXPECT_EQ(filled.confidence, expected.confidence) << poison;
    }
}

TEST(FillHole, TheSameSeedGivesTheSameFillAndAnotherAnother) {
    Filling first;
    Filling again;
    Filling other;
    other.seed = 2;
    first.fill();
    again.fill();
    other.fill();

    EXPECT_EQ(first.frame.values, again.frame.values);
    EXPECT_NE(first.frame.values, other.frame.values);
}

TEST(FillHole, StrengthSaysHowFarItDepartsFromASmoothSurface) {
    Planes base = drawn_frame(kColumns, kRows);
    const PixelSet hidden = set_of(kColumns, kRows, kHole);
    stretch_membrane(base.plane(0), hidden);
    const auto distance = [&](int strength, rules::EnhanceMode mode) {
        const Planes filled = filled_with({.strength = strength, .mode = mode, .denoise = 100, .sharpen = 0});
        double sum = 0;
        for (std::size_t i = 0; i < base.values.size(); ++i) {
            sum += std::abs(static_cast<double>(filled.values[i]) - static_cast<double>(base.values[i]));
        }
        return sum / static_cast<double>(hidden.count());
    };

    const double none = distance(0, rules::EnhanceMode::kNatural);
    EXPECT_LT(none, 0.5 * distance(30, rules::EnhanceMode::kNatural));
    EXPECT_LT(distance(30, rules::EnhanceMode::kNatural), distance(65, rules::EnhanceMode::kNatural));
    EXPECT_LT(distance(65, rules::EnhanceMode::kNatural), distance(65, rules::EnhanceMode::kStrong));
}

TEST(FillHole, DenoiseTakesTheGrainAway) {
    const Filling untouched;
    const double as_around = fine_of_smooth({.denoise = 40});
    EXPECT_NEAR(as_around / untouched.fine(), 1, 0.2);
    EXPECT_GT(fine_of_smooth({.denoise = 0}), 1.3 * as_around);
    EXPECT_LT(fine_of_smooth({.denoise = 100}), 0.5 * as_around);
}

TEST(FillHole, SharpenAndDetailAddWhatIsFine) {
    EXPECT_GT(fine_with({.denoise = 100, .sharpen = 100}), 1.2 * fine_with({.denoise = 100, .sharpen = 0}));
    EXPECT_GT(
        fine_with({.denoise = 100, .sharpen = 0, .detail = true}),
        1.1 * fine_with({.denoise = 100, .sharpen = 0, .detail = false})
    );
}

TEST(FillHole, ProtectedSkinIsNotSharpenedAndHasLessGrain) {
    EXPECT_GT(fine_of_smooth({}), 1.5 * fine_of_smooth({.skin_protection = true}));
    EXPECT_GT(
        fine_with({.denoise = 100, .sharpen = 100}),
        1.2 * fine_with({.denoise = 100, .sharpen = 100, .skin_protection = true})
    );
}

TEST(FillHole, ValuesStayWithinThoseThatAreVisible) {
    Filling filling;
    filling.settings = {.strength = 100, .mode = rules::EnhanceMode::kStrong, .denoise = 0, .sharpen = 100};
    const Box box = surround_of(kHole).clipped_to(kColumns, kRows);
    const Planes part = part_of(filling.frame, box);
    const PixelSet visible = complement(part_of(filling.hidden, box));
    float least = std::numeric_limits<float>::max();
    float most = std::numeric_limits<float>::lowest();
    for (std::size_t i = 0; i < part.values.size(); ++i) {
        least = visible.in[i] != 0 ? std::min(least, part.values[i]) : least;
        most = visible.in[i] != 0 ? std::max(most, part.values[i]) : most;
    }
    filling.fill();
    for (std::size_t i = 0; i < filling.frame.values.size(); ++i) {
        if (filling.hidden.in[i] != 0) {
            EXPECT_GE(filling.frame.values[i], least);
            EXPECT_LE(filling.frame.values[i], most);
        }
    }
}

TEST(FillHole, ColoursGoToANetworkOfEitherKind) {
    for (const std::size_t channels : {1U, 3U}) {
        Planes frame = drawn_frame(kColumns, kRows, 3);
        const PixelSet hidden = set_of(kColumns, kRows, kHole);
        put(frame, hidden, 0);
        DrawingGenerator generator{patterned, channels};
        const auto filled = fill_hole(frame, hidden, one(kHole), {}, {generator, {}, seed_of(1)});
        ASSERT_TRUE(filled);
        EXPECT_TRUE(filled->is_filled());
        EXPECT_EQ(generator.calls, channels == 3 ? 1 : 3);
        for (std::size_t channel = 0; channel < 3; ++channel) {
            EXPECT_GT(frame.plane(channel)[96 * kColumns + 100], 500) << channel;
        }
    }
}

TEST(FillHole, WhatHasNoColourGetsNone) {
    const Planes grey = drawn_frame(kColumns, kRows);
    const PixelSet hidden = set_of(kColumns, kRows, kHole);
    for (const std::size_t channels : {1U, 3U}) {
        Planes frame{kColumns, kRows, 3};
        for (std::size_t channel = 0; channel < 3; ++channel) {
            std::ranges::copy(grey.values, frame.plane(channel).begin());
        }
        DrawingGenerator generator{patterned, channels};
        generator.tints = true;
        const auto filled = fill_hole(frame, hidden, one(kHole), {}, {generator, {}, seed_of(1)});
        ASSERT_TRUE(filled && filled->is_filled());
        EXPECT_EQ(generator.calls, 1);
        EXPECT_TRUE(std::ranges::equal(frame.plane(0), frame.plane(1)));
        EXPECT_TRUE(std::ranges::equal(frame.plane(0), frame.plane(2)));
        EXPECT_FALSE(std::ranges::equal(frame.plane(0), grey.values));
    }
}

TEST(FillHole, GreyIsTheMeanOfWhatANetworkOfColoursAnswers) {
    Filling grey;
    Filling through;
    through.generator = DrawingGenerator{patterned, 3};
    through.generator.tints = true;  // By -0.1, 0, 0.1.
    grey.fill();
    through.fill();
    for (std::size_t i = 0; i < grey.frame.values.size(); ++i) {
        EXPECT_NEAR(grey.frame.values[i], through.frame.values[i], 0.5) << i;
    }
}

TEST(FillHole, ARefusedHoleStaysAsItWas) {
    Filling filling;
    filling.frame = drawn_frame(kColumns, kRows, 1, 500);
    const Planes before = filling.frame;

    EXPECT_EQ(filling.fill().refusal, FillRefusal::kNoisy);

    EXPECT_EQ(filling.frame.values, before.values);
    EXPECT_EQ(filling.generator.calls, 0);
}

TEST(FillHole, AModelThatFailsChangesNothing) {
    Filling filling;
    const Planes before = filling.frame;
    filling.generator.fails = true;

    const auto filled = fill_hole(
        filling.frame, filling.hidden, one(kHole), {}, {filling.generator, filling.settings, seed_of(1)}
    );

    ASSERT_FALSE(filled);
    EXPECT_EQ(filled.error().fault, Fault::kRetry);
    EXPECT_EQ(filling.frame.values, before.values);
}

TEST(FillHole, AHoleAtTheEdgeAndOneLargerThanTheNetworkAreFilled) {
    DrawingGenerator generator{patterned};
    for (const Box& hole : {Box{0, 96, 88, 184}, Box{200, 200, 560, 520}}) {
        Planes frame = drawn_frame(760, 720);
        const PixelSet hidden = set_of(760, 720, hole);
        put(frame, hidden, std::numeric_limits<float>::quiet_NaN());
        const auto filled = fill_hole(frame, hidden, one(hole), {}, {generator, {}, seed_of(1)});
        ASSERT_TRUE(filled);
        EXPECT_TRUE(filled->is_filled()) << refusal_name(filled->refusal);
        for (const float value : frame.values) {
            EXPECT_TRUE(std::isfinite(value));
        }
    }
}

}  // namespace
}  // namespace efface::pipeline
