#include "pipeline/watermark/evidence.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace efface::pipeline {

double false_read_rate_max(std::uint64_t hypotheses) {
    const double messages = std::ldexp(1.0, 32);
    return static_cast<double>(hypotheses) * messages * std::exp(-kCorrelationMin * kCorrelationMin / 2);
}

Carriers carriers_of(const WatermarkKey& key, std::vector<BlockPlace> blocks) {
    Carriers carriers;
    carriers.blocks = std::move(blocks);
    carriers.pilots = pilots_of(key, carriers.blocks);
    carriers.chips = chips_of(key, carriers.blocks, carriers.pilots);
    return carriers;
}

double limit_of(const Carriers& carriers, std::span<const BandValues> bands) {
    double sum = 0;
    for (std::size_t block = 0; block < bands.size(); ++block) {
        for (const std::uint8_t coefficient : carriers.chips[block].coefficient) {
            sum += std::abs(bands[block][coefficient]);
        }
    }
    return bands.empty() ? 0 : 2 * sum / static_cast<double>(bands.size() * kDataCoefficients);
}

float pilot_weight(const BlockPilot& pilot, const BandValues& band) {
    float sum = 0;
    for (std::size_t i = 0; i < kPilotCoefficients; ++i) {
        sum += pilot.sign[i] * band[pilot.coefficient[i]];
    }
    const float mean = sum / static_cast<float>(kPilotCoefficients);
    return mean / (std::abs(mean) + 1.0F);
}

Evidence evidence_of(const Carriers& carriers, std::span<const BandValues> bands) {
    const double limit = limit_of(carriers, bands);
    Evidence evidence;
    double squares = 0;
    for (std::size_t block = 0; block < bands.size(); ++block) {
        const BandValues& band = bands[block];
        const BlockChips& chips = carriers.chips[block];
        for (std::size_t i = 0; i < kDataCoefficients; ++i) {
            const double value = std::clamp<double>(band[chips.coefficient[i]], -limit, limit);
            evidence.soft[chips.code_bit[i]] += chips.sign[i] * value;
            squares += value * value;
        }
        evidence.pilot += pilot_weight(carriers.pilots[block], band);
    }
    evidence.length = std::sqrt(squares);
    evidence.pilot /= std::max(1.0, static_cast<double>(bands.size()));
    return evidence;
}

std::optional<Verdict> judge(const Evidence& evidence, int sign) {
    SoftBits soft = evidence.soft;
    for (double& bit : soft) {
        bit *= sign;
    }
    const std::uint64_t message = decode(soft);
    const std::optional<std::uint32_t> seconds = seconds_of(message);
    if (!seconds) {
        return std::nullopt;
    }
    const CodeWord word = code_word(message);
    double agreed = 0;
    double all = 0;
    double sum = 0;
    for (std::size_t k = 0; k < kCodeBits; ++k) {
        const double bit = word[k] * soft[k];
        agreed += std::max(bit, 0.0);
        all += std::abs(bit);
        sum += bit;
    }
    // Written so that what is not a number is no reading.
    if (!(sum >= kCorrelationMin * evidence.length) || !(evidence.length > 0)) {
        return std::nullopt;
    }
    return Verdict{*seconds, agreed / all, sum / evidence.length};
}

std::optional<Reading> read_blocks(
    const GreyPlane& plane, const WatermarkKey& key, std::vector<BlockPlace> blocks,
    std::span<const int> signs
) {
    const Carriers carriers = carriers_of(key, std::move(blocks));
    std::vector<BandValues> bands;
    bands.reserve(carriers.blocks.size());
    for (const BlockPlace& place : carriers.blocks) {
        bands.push_back(band_of(pixels_of(plane, place)));
    }
    const Evidence evidence = evidence_of(carriers, bands);
    for (const int sign : signs) {
        if (const std::optional<Verdict> verdict = judge(evidence, sign)) {
            return Reading{
                verdict->utc_seconds, verdict->confidence, verdict->correlation, sign < 0,
                boxes_of(carriers.blocks)};
        }
    }
    return std::nullopt;
}

}  // namespace efface::pipeline
