// What a region says about a mark, and when that is a reading.
//
//   a_i   coefficient i of the region, limited to +-c, c = 2 mean |coefficient|: textures have long tails
//   r_k   sum over the coefficients i of code bit k of s_i a_i, s_i their keyed signs
//   C     sum over k of w_k r_k / sqrt(sum over i of a_i^2), w the code word of the greatest such sum
//
// A reading: the message of w has a right CRC-32 and C >= kCorrelationMin. In a picture that was not marked
// under this key the s_i are coin tosses, independent of the a_i. Then two things hold for each hypothesis
// (a set of blocks and a sign):
//   - For each of the 2^32 code words with a right CRC, P(C >= t) <= exp(-t^2 / 2) (Hoeffding 1963,
//     doi:10.1080/01621459.1963.10500830, theorem 2), so P(false read) <= 2^32 exp(-t^2 / 2). In any picture.
//   - Where no r_k is 0, all 2^64 messages are as probable, so P(false read) <= 2^-32, whatever t.
// The first one is what is counted with.
// Thread rule: pure functions.
#pragma once

#include "pipeline/watermark/chips.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace efface::pipeline {

inline constexpr double kCorrelationMin = 9.0;
/// A given region is read as it is and inverted.
inline constexpr std::uint64_t kRegionHypotheses = 2;

/// At most this often a picture or region that bears no mark under the key reads as if it did: the sum over
/// all hypotheses and messages.
double false_read_rate_max(std::uint64_t hypotheses);

/// The blocks of a region under a key.
struct Carriers {
    std::vector<BlockPlace> blocks;
    std::vector<BlockPilot> pilots;
    std::vector<BlockChips> chips;
};

Carriers carriers_of(const WatermarkKey& key, std::vector<BlockPlace> blocks);

/// How far coefficients count: twice their mean size.
double limit_of(const Carriers& carriers, std::span<const BandValues> bands);

/// What one block's pilot says, -1 to 1: p / (|p| + 1), p the keyed mean of its three coefficients. About 1
/// in marked blocks (inverted: -1), as often above as below 0 in others.
float pilot_weight(const BlockPilot& pilot, const BandValues& band);

struct Evidence {
    SoftBits soft{};
    double length = 0;  ///< Root of the sum of squares of what the soft bits are made of.
    double pilot = 0;   ///< The mean pilot_weight().
};

Evidence evidence_of(const Carriers& carriers, std::span<const BandValues> bands);

struct Verdict {
    std::uint32_t utc_seconds = 0;
    double confidence = 0;
    double correlation = 0;
};

/// One hypothesis. `sign`: 1 as the picture is, -1 inverted.
std::optional<Verdict> judge(const Evidence& evidence, int sign);

/// One hypothesis for each of the signs, until one reads.
std::optional<Reading> read_blocks(
    const GreyPlane& plane, const WatermarkKey& key, std::vector<BlockPlace> blocks,
    std::span<const int> signs
);

}  // namespace efface::pipeline
