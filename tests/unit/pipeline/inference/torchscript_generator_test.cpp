// Goal: what is visible comes back as it was, and what was destroyed has no part in what is drawn, whatever a
// generator's network does. Method: files made by the test, of networks whose answers can be told.
#include "pipeline/worker/sandbox.h"
#include "tests/unit/pipeline/inference/generator_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <unistd.h>

namespace efface::testing {
namespace {

using pipeline::Generator;

using Filled = Result<std::vector<float>>;

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

/// The plain network, and this where a picture is 96 pixels high.
std::string at_96_rows(const std::string& line) {
    return ending(
        "answer = torch.where(hidden, drawn, x)\n    if x.size(2) == 96:\n        " + line +
        "\n    return answer"
    );
}

/// What is asked for; a box in its middle is destroyed.
struct Asked {
    std::size_t columns;
    std::size_t rows;
    std::vector<float> planes;
    std::vector<std::uint8_t> mask;
    std::vector<float> noise;

    explicit Asked(std::size_t width = 64, std::size_t height = 96, std::size_t channels = 1)
        : columns{width},
          rows{height},
          planes(channels * width * height),
          mask(width * height),
          noise(width * height / 4) {
        for (std::size_t i = 0; i < planes.size(); ++i) {
            planes[i] = std::sin(static_cast<float>(i) * 0.37F);
        }
        for (std::size_t i = 0; i < noise.size(); ++i) {
            noise[i] = std::cos(static_cast<float>(i) * 0.73F);
        }
        for (std::size_t i = 0; i < mask.size(); ++i) {
            const std::size_t x = i % columns;
            const std::size_t y = i / columns;
            mask[i] = x >= 16 && x < 48 && y >= 24 && y < 56 ? 1 : 0;
        }
    }

    bool is_hidden(std::size_t i) const { return mask[i % mask.size()] != 0; }

    Filled by(Generator& generator) const { return generator.fill({planes, mask, noise, columns, rows}); }
};

std::vector<std::uint32_t> bits_of(const std::vector<float>& values) {
    std::vector<std::uint32_t> bits(values.size());
    std::ranges::transform(values, bits.begin(), [](float value) {
        return std::bit_cast<std::uint32_t>(value);
    });
    return bits;
}

std::vector<float> filled_by(const LoadedGenerator& generator, const Asked& asked) {
    const auto filled = asked.by(**generator);
    EXPECT_TRUE(filled.has_value()) << filled.error().message();
    return filled ? *filled : std::vector<float>(asked.planes.size());
}

void expect_visible_kept(const Asked& asked, const std::vector<float>& filled) {
    ASSERT_EQ(filled.size(), asked.planes.size());
    const auto before = bits_of(asked.planes);
    const auto after = bits_of(filled);
    for (std::size_t i = 0; i < before.size(); ++i) {
        if (!asked.is_hidden(i)) {
            ASSERT_EQ(before[i], after[i]) << i;
        }
    }
}

void expect_not_filled(const Filled& filled, Fault fault, std::string_view words) {
    ASSERT_FALSE(filled.has_value());
    EXPECT_EQ(filled.error().fault, fault);
    const std::string message = filled.error().message();
    EXPECT_NE(message.find(words), std::string::npos) << message;
    EXPECT_TRUE(fault == Fault::kRetry || message.find("; ") != std::string::npos) << message;
}

TEST(TorchScriptGenerator, SaysWhatItsFileSays) {
    Json metadata = plain_generator_metadata(3);
    metadata["confidence"] = plain_confidence();
    const Bytes file = generator_archive(plain_generator_code(), dump_json(metadata));
    const auto loaded = load_generator(file);

    ASSERT_TRUE(loaded.has_value()) << loaded.error().message();
    const Generator::Facts& facts = (*loaded)->facts();
    EXPECT_EQ(facts.name, "test");
    EXPECT_EQ(facts.version, "1");
    EXPECT_EQ(facts.licence, "none");
    EXPECT_EQ(facts.digest, sha256(file));
    EXPECT_EQ(facts.channels, 3U);
    EXPECT_EQ(facts.sides, (std::vector<std::size_t>{64, 128}));
    EXPECT_EQ(facts.side_multiple, 32U);
    EXPECT_EQ(facts.max_mask_fraction, 0.45);
    EXPECT_TRUE(facts.uses_noise);
    EXPECT_EQ(facts.trained_on, "nothing");
    ASSERT_TRUE(facts.confidence.has_value());
    EXPECT_EQ(facts.confidence->ring, 12U);
    EXPECT_EQ(facts.confidence->weights.front(), 3);
}

TEST(TorchScriptGenerator, SaysNoConfidenceWhereItsFileSaysNone) {
    const auto loaded = load_generator(plain_generator_code());

    ASSERT_TRUE(loaded.has_value()) << loaded.error().message();
    EXPECT_FALSE((*loaded)->facts().confidence.has_value());
}

TEST(TorchScriptGenerator, DrawsWhatItsNetworkSaysAndKeepsEveryBitOfWhatIsVisible) {
    for (const std::size_t channels : {1U, 3U}) {
        SCOPED_TRACE(channels);
        const auto loaded = load_generator(plain_generator_code(), plain_generator_metadata(channels));
        ASSERT_TRUE(loaded.has_value()) << loaded.error().message();
        Asked asked{64, 96, channels};
        asked.planes[0] = -0.0F;
        asked.planes[1] = std::numeric_limits<float>::denorm_min();

        const std::vector<float> filled = filled_by(loaded, asked);

        expect_visible_kept(asked, filled);
        const std::size_t plane = asked.columns * asked.rows;
        for (std::size_t channel = 0; channel < channels; ++channel) {
            double light = 0;
            for (std::size_t i = channel * plane; i < (channel + 1) * plane; ++i) {
                light += asked.is_hidden(i) ? 0 : static_cast<double>(asked.planes[i]);
            }
            for (std::size_t i = 0; i < plane; ++i) {
                const float grain = asked.noise[i / asked.columns / 2 * 32 + i % asked.columns / 2];
                if (asked.is_hidden(i)) {
                    const double drawn = 0.5 * light / static_cast<double>(plane) + 0.1 * grain;
                    ASSERT_NEAR(filled[channel * plane + i], drawn, 1e-5) << i;
                }
            }
        }
    }
}

TEST(TorchScriptGenerator, DrawsTheSameTwiceAndAnotherFillFromAnotherNoise) {
    const auto loaded = load_generator(plain_generator_code());
    ASSERT_TRUE(loaded.has_value());
    const Asked asked;
    Asked other;
    std::ranges::reverse(other.noise);

    const auto filled = bits_of(filled_by(loaded, asked));

    EXPECT_EQ(filled, bits_of(filled_by(loaded, asked)));
    EXPECT_NE(filled, bits_of(filled_by(loaded, other)));
    const auto loaded_again = load_generator(plain_generator_code());
    EXPECT_EQ(filled, bits_of(filled_by(loaded_again, asked)));
}

// The second network multiplies where it ought to choose, so that what is no number would come through.
TEST(TorchScriptGenerator, WhatWasDestroyedChangesNoBit) {
    std::string multiplying = plain_generator_code();
    const std::string choice = "torch.where(hidden, torch.zeros_like(x), x)";
    multiplying.replace(multiplying.find(choice), choice.size(), "x * (1.0 - mask)");
    for (const std::string& code : {plain_generator_code(), multiplying}) {
        const auto loaded = load_generator(code);
        ASSERT_TRUE(loaded.has_value()) << loaded.error().message();
        const Asked asked;
        const auto filled = bits_of(filled_by(loaded, asked));
        constexpr float kHuge = std::numeric_limits<float>::max();
        constexpr float kInfinite = std::numeric_limits<float>::infinity();
        for (const float hidden : {kNone, -kNone, kInfinite, -kInfinite, kHuge, -kHuge, 7.0F, 0.0F, -0.0F}) {
            SCOPED_TRACE(hidden);
            Asked other;
            for (std::size_t i = 0; i < other.planes.size(); ++i) {
                other.planes[i] = other.is_hidden(i) ? hidden : other.planes[i];
            }
            EXPECT_EQ(filled, bits_of(filled_by(loaded, other)));
        }
    }
}

TEST(TorchScriptGenerator, AnyByteButZeroIsDestroyedAndIsOneForTheNetwork) {
    const auto loaded = load_generator(at_96_rows("answer = torch.where(hidden, 0.001 * mask, x)"));
    ASSERT_TRUE(loaded.has_value()) << loaded.error().message();
    const Asked asked;
    Asked other;
    std::ranges::replace(other.mask, std::uint8_t{1}, std::uint8_t{255});
    EXPECT_EQ(bits_of(filled_by(loaded, asked)), bits_of(filled_by(loaded, other)));
}

TEST(TorchScriptGenerator, NothingVisibleChangesWhateverTheNetworkAnswersThere) {
    for (const std::string line : {"answer = drawn + 0.0 * x", "x.mul_(0.0)", "noise.mul_(0.0)"}) {
        SCOPED_TRACE(line);
        const auto loaded = load_generator(at_96_rows(line));
        ASSERT_TRUE(loaded.has_value()) << loaded.error().message();
        const Asked asked;
        expect_visible_kept(asked, filled_by(loaded, asked));
        EXPECT_EQ(asked.noise, Asked{}.noise);
    }
}

TEST(TorchScriptGenerator, WhatIsDrawnLiesInTheRange) {
    const auto loaded = load_generator(at_96_rows("answer = 100.0 * answer"));
    ASSERT_TRUE(loaded.has_value()) << loaded.error().message();
    const Asked asked;
    const std::vector<float> filled = filled_by(loaded, asked);
    expect_visible_kept(asked, filled);
    EXPECT_TRUE(std::ranges::all_of(filled, [](float value) { return std::abs(value) <= 1.0F; }));
}

TEST(TorchScriptGenerator, FailsRatherThanLeaveAPictureUnfilled) {
    const auto fails_with = [](const std::string& line, std::string_view words) {
        SCOPED_TRACE(line);
        const auto loaded = load_generator(at_96_rows(line));
        ASSERT_TRUE(loaded.has_value()) << loaded.error().message();
        EXPECT_TRUE(Asked(64, 64).by(**loaded).has_value());
        expect_not_filled(Asked(64, 96).by(**loaded), Fault::kRetry, words);
        EXPECT_TRUE(Asked(64, 64).by(**loaded).has_value()) << "goes on afterwards";
    };
    fails_with("assert x.size(2) < 0", "failed");
    fails_with("answer = answer[:, :, 1:]", "shape");
    fails_with("answer = answer[0]", "shape");
    fails_with("answer = torch.cat([answer, answer], 1)", "shape");
    fails_with("answer = answer / torch.zeros_like(answer)", "no number");
    fails_with("answer = answer + torch.log(-1.0 * mask)", "no number");
}

TEST(TorchScriptGenerator, TakesNoSidesThatItsNetworkDoesNot) {
    const auto loaded = load_generator(plain_generator_code());
    ASSERT_TRUE(loaded.has_value());
    for (const auto& [columns, rows] :
         {std::pair<std::size_t, std::size_t>{0, 0}, {63, 64}, {64, 33}, {48, 64}, {64, 2048}}) {
        SCOPED_TRACE(::testing::Message() << columns << "x" << rows);
        expect_not_filled(Asked(columns, rows).by(**loaded), Fault::kQuarantine, "sides");
    }
}

TEST(TorchScriptGenerator, TakesNoPictureOfWhichTooMuchIsDestroyed) {
    const auto loaded = load_generator(plain_generator_code());
    ASSERT_TRUE(loaded.has_value());
    Asked asked{64, 64};
    std::ranges::fill(asked.mask, std::uint8_t{0});
    EXPECT_EQ(bits_of(filled_by(loaded, asked)), bits_of(asked.planes)) << "nothing to fill";
    std::fill_n(asked.mask.begin(), 64 * 64 * 45 / 100, std::uint8_t{1});
    EXPECT_TRUE(asked.by(**loaded).has_value());
    std::fill_n(asked.mask.begin(), 64 * 64 * 45 / 100 + 1, std::uint8_t{1});
    expect_not_filled(asked.by(**loaded), Fault::kQuarantine, "destroyed");
}

TEST(TorchScriptGenerator, TakesNoVisibleValueOrNoiseThatIsNone) {
    const auto loaded = load_generator(plain_generator_code());
    ASSERT_TRUE(loaded.has_value());
    for (const float value : {kNone, 1.001F, -2.0F, std::numeric_limits<float>::infinity()}) {
        Asked asked;
        asked.planes[5] = value;
        expect_not_filled(asked.by(**loaded), Fault::kQuarantine, "visible");
    }
    Asked asked;
    asked.noise[5] = kNone;
    expect_not_filled(asked.by(**loaded), Fault::kQuarantine, "noise");
}

// No file, no thread, no executable memory: what a worker that was confined after load() is denied.
TEST(TorchScriptGenerator, WorksInAProcessThatWasConfinedAfterItsLoading) {
    const auto loaded = load_generator(generator_archive(
        smoothing_generator_code(), dump_json(smoothing_generator_metadata()), smoothing_kernel()
    ));
    ASSERT_TRUE(loaded.has_value());
    const Asked asked{96, 128};
    const auto filled = filled_by(loaded, asked);
    const auto fill_confined = [&] {
        pipeline::WorkerLimits limits;
        limits.address_space_bytes_max = std::uint64_t{1} << 30U;
        if (!pipeline::confine(limits) || ::fork() >= 0) {
            return 1;  // Not confined.
        }
        const auto again = asked.by(**loaded);
        return again && *again == filled ? 0 : 2;
    };
    EXPECT_EXIT(_exit(fill_confined()), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace efface::testing
