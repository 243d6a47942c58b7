// SampleBits: native samples of two files held against each other bit by bit (PS3.5 8.1.1): the stored
// bits must be equal, the unused ones may have been cleared.
// Thread rule: pure.
#pragma once

#include "rules/vocabulary/vr.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace efface::pipeline {

struct SampleBytes {
    std::span<const std::byte> bytes;
    bool big_endian = false;
    rules::Vr vr = rules::Vr::OW;
};

class SampleBits {
public:
    SampleBits(std::uint64_t allocated, std::uint64_t stored, std::uint64_t high, bool is_signed);

    /// Equal in all bits, or equal in the stored bits with all others cleared in `after` in every sample.
    bool same_samples(const SampleBytes& before, const SampleBytes& after) const;
    /// True if an unused bit is set that is not the extension of its sample's sign.
    bool holds_foreign_bits(const SampleBytes& samples) const;

private:
    std::uint64_t word_bytes_ = 1;
    std::uint64_t stored_mask_ = 0;
    std::uint64_t unused_mask_ = 0;
    std::uint64_t extension_mask_ = 0;
    std::uint64_t sign_bit_ = 0;
};

}  // namespace efface::pipeline
