#include "config/assert.h"
#include "pipeline/watermark/evidence.h"
#include "pipeline/watermark/trial_channels.h"
#include "pipeline/watermark/watermark.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace efface::pipeline {
namespace {

// Grey levels that each coefficient is to carry on average, and by what it grows until the mark reads.
constexpr float kStrengthFirst = 3.0F;
constexpr float kStrengthGrowth = 1.15F;
constexpr int kStrengthsMax = 14;
/// Black and white take a part of what was put in, and the limit of evidence.h moves: what lacks is put in
/// again. So a fill need not keep away from black and white.
constexpr int kRounds = 3;
constexpr double kPsnrMax = 99.0;
/// A pilot that is a little stronger than the rest: JPEG takes it from block to block, and the search needs
/// it.
constexpr float kPilotShare = 1.25F;
/// Where an edge stands against the pilot by more than so many times its strength, the block is left without:
/// a few dear ones would cost more than all others.
constexpr float kPilotLackingMax = 4.0F;
/// No code bit gets more than so many times the mean of what all lack, in each round: the code mends the few
/// that stand against the mark most and would be the dearest.
constexpr double kBitLackingMax = 1.5;
/// What each trial is to leave: of the pilot a third more than the search asks for, of the correlation what a
/// row of blocks that a search takes in vain may cost.
constexpr double kPilotMin = 0.5;
constexpr double kCorrelationReserve = kCorrelationMin + 0.75;

using Blocks = std::vector<BlockValues>;
using Channel = BlockValues (*)(const BlockValues&);

constexpr std::array<Channel, 3> kTrials{in_eight_bits, at_half_contrast, through_jpeg};

std::vector<BandValues> bands_of(const Blocks& blocks, Channel channel) {
    std::vector<BandValues> bands;
    bands.reserve(blocks.size());
    for (const BlockValues& block : blocks) {
        bands.push_back(band_of(channel(block)));
    }
    return bands;
}

BlockValues unchanged(const BlockValues& pixels) {
    return pixels;
}

/// A region's carriers and the message that they are to hold.
struct Task {
    Carriers carriers;
    CodeWord word{};
    std::uint32_t utc_seconds = 0;
    double stored_step = 0;

    bool reads(const Blocks& blocks, Channel channel, double correlation_min, double pilot_min) const {
        const Evidence evidence = evidence_of(carriers, bands_of(blocks, channel));
        const auto verdict = judge(evidence, 1);
        return verdict && verdict->utc_seconds == utc_seconds && verdict->correlation >= correlation_min &&
               evidence.pilot >= pilot_min;
    }
};

/// What is to be added to the coefficients of one block.
using BandSteps = std::vector<BandValues>;

/// The mean of each block's pilot is to reach `strength`.
void raise_pilots(const Task& task, std::span<const BandValues> bands, float strength, BandSteps& steps) {
    for (std::size_t block = 0; block < bands.size(); ++block) {
        const BlockPilot& pilot = task.carriers.pilots[block];
        float sum = 0;
        for (std::size_t i = 0; i < kPilotCoefficients; ++i) {
            sum += pilot.sign[i] * bands[block][pilot.coefficient[i]];
        }
        const float lacking = std::max(0.0F, strength - sum / static_cast<float>(kPilotCoefficients));
        if (lacking > kPilotLackingMax * strength) {
            continue;
        }
        for (std::size_t i = 0; i < kPilotCoefficients; ++i) {
            steps[block][pilot.coefficient[i]] += pilot.sign[i] * lacking;
        }
    }
}

/// Each code bit is to reach `strength` times the number of its coefficients. What lacks is shared among
/// those that count: beyond the limit, a change shows in the picture and not in the sum.
void raise_code_bits(const Task& task, std::span<const BandValues> bands, float strength, BandSteps& steps) {
    const double limit = std::max<double>(limit_of(task.carriers, bands), strength);
    std::array<double, kCodeBits> lacking{};
    std::array<double, kCodeBits> sharers{};
    const auto each = [&](const auto& visit) {
        for (std::size_t block = 0; block < bands.size(); ++block) {
            const BlockChips& chips = task.carriers.chips[block];
            for (std::size_t i = 0; i < kDataCoefficients; ++i) {
                const std::size_t bit = chips.code_bit[i];
                const float sign = chips.sign[i] * static_cast<float>(task.word[bit]);
                visit(block, chips.coefficient[i], bit, sign);
            }
        }
    };
    each([&](std::size_t block, std::size_t coefficient, std::size_t bit, float sign) {
        const double value = sign * bands[block][coefficient];
        lacking[bit] += strength - std::clamp(value, -limit, limit);
        sharers[bit] += std::abs(value) < limit ? 1 : 0;
    });
    double all_lacking = 0;
    for (const double bit : lacking) {
        all_lacking += std::max(0.0, bit);
    }
    const double most = kBitLackingMax * all_lacking / static_cast<double>(kCodeBits);
    each([&](std::size_t block, std::size_t coefficient, std::size_t bit, float sign) {
        const double value = sign * bands[block][coefficient];
        if (lacking[bit] > 0 && std::abs(value) < limit) {
            steps[block][coefficient] +=
                sign * static_cast<float>(std::min(lacking[bit], most) / sharers[bit]);
        }
    });
}

void add(Blocks& blocks, const BandSteps& steps, double stored_step) {
    for (std::size_t block = 0; block < blocks.size(); ++block) {
        BlockValues coefficients{};
        for (std::size_t i = 0; i < kBandSize; ++i) {
            coefficients[kBand[i]] = steps[block][i];
        }
        const BlockValues change = inverse_transform(coefficients);
        for (std::size_t i = 0; i < kBlockPixels; ++i) {
            float value = std::clamp(blocks[block][i] + change[i], 0.0F, 255.0F);
            if (stored_step > 0) {
                value = static_cast<float>(std::round(value / stored_step) * stored_step);
            }
            blocks[block][i] = value;
        }
    }
}

Blocks marked(const Task& task, Blocks blocks, float strength) {
    for (int round = 0; round < kRounds; ++round) {
        const std::vector<BandValues> bands = bands_of(blocks, unchanged);
        BandSteps steps(blocks.size());
        raise_pilots(task, bands, kPilotShare * strength, steps);
        raise_code_bits(task, bands, strength, steps);
        // Rounded once, or rounding would be taken for something to make good.
        add(blocks, steps, round + 1 == kRounds ? task.stored_step : 0);
    }
    return blocks;
}

double psnr(const Blocks& from, const Blocks& to) {
    double squares = 0;
    for (std::size_t block = 0; block < from.size(); ++block) {
        for (std::size_t i = 0; i < kBlockPixels; ++i) {
            const double difference = double{to[block][i]} - from[block][i];
            squares += difference * difference;
        }
    }
    const double mean = squares / static_cast<double>(from.size() * kBlockPixels);
    return mean > 0 ? std::min(kPsnrMax, 10 * std::log10(255.0 * 255.0 / mean)) : kPsnrMax;
}

struct Attempt {
    Blocks blocks;
    EmbedOutcome outcome{.result = EmbedResult::kNotReadable};
};

/// The weakest mark that passes every trial; else the strongest that reads in eight bits and that the picture
/// bears; else the weakest that reads at all.
Attempt attempts(const Task& task, const Blocks& given, const EmbedOptions& options) {
    Attempt best;
    float strength = kStrengthFirst;
    for (int i = 0; i < kStrengthsMax; ++i, strength *= kStrengthGrowth) {
        Blocks blocks = marked(task, given, strength);
        const double mark_psnr = psnr(given, blocks);
        const bool have_one = best.outcome.result == EmbedResult::kEmbedded;
        if (have_one && mark_psnr < options.psnr_min_db) {
            break;
        }
        if (!task.reads(blocks, unchanged, 0, 0) || !task.reads(blocks, in_eight_bits, 0, 0)) {
            continue;
        }
        const bool passes = std::ranges::all_of(kTrials, [&](Channel trial) {
            return task.reads(blocks, trial, kCorrelationReserve, kPilotMin);
        });
        best.outcome = {EmbedResult::kEmbedded, mark_psnr, passes};
        best.blocks = std::move(blocks);
        if (passes) {
            break;
        }
    }
    return best;
}

}  // namespace

EmbedOutcome embed(
    GreyPlane& plane, std::span<const Box> region, const WatermarkKey& key, std::uint32_t utc_seconds,
    const EmbedOptions& options
) {
    EFFACE_ASSERT(plane.values.size() == plane.columns * plane.rows);
    std::vector<BlockPlace> places = whole_blocks(region, plane.columns, plane.rows);
    if (places.size() < kBlocksMin) {
        return {.result = EmbedResult::kTooSmall};
    }
    Blocks given;
    given.reserve(places.size());
    for (const BlockPlace& place : places) {
        given.push_back(pixels_of(plane, place));
    }
    const Task task{
        carriers_of(key, std::move(places)), code_word(message_of(utc_seconds)), utc_seconds,
        options.stored_step};
    const Attempt best = attempts(task, given, options);
    for (std::size_t i = 0; i < best.blocks.size(); ++i) {
        put_pixels(plane, task.carriers.blocks[i], best.blocks[i]);
    }
    return best.outcome;
}

}  // namespace efface::pipeline
