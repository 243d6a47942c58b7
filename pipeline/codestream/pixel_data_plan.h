// Plans the cleaned Pixel Data element of an instance as stretches of the original bytes, so that a
// writer copies samples without touching them (promise P7). PS3.5 8.1.1, 8.2, annex A.4;
// PS3.3 C.7.6.3 (Extended Offset Table).
// Thread rule: pure functions; a plan refers to offsets only, not to the bytes.
#pragma once

#include "config/result.h"
#include "pipeline/codestream/codestream.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace efface::pipeline {

/// The attributes of the Image Pixel module that say how long Pixel Data is and which bits it uses.
struct PixelShape {
    std::uint64_t rows = 0;
    std::uint64_t columns = 0;
    std::uint64_t samples_per_pixel = 1;
    std::uint64_t bits_allocated = 0;
    std::uint64_t bits_stored = 0;
    std::uint64_t high_bit = 0;
    bool is_signed = false;       ///< Pixel Representation 1.
    bool subsampled_422 = false;  ///< YBR_FULL_422 or YBR_PARTIAL_422: two samples of three are kept.
    std::uint64_t number_of_frames = 1;
    bool overlay_in_samples =
        false;  ///< A group 60xx puts its plane into unused bits (retired, PS3.5 8.1.1).

    /// Bytes of all native frames together, checked in 64 bits; 1-bit frames are packed without gaps.
    Result<std::uint64_t> native_bytes() const;
};

/// Clearing of retired overlay bits in native samples: every sample becomes `sample & keep_mask`.
struct ClearBits {
    std::uint32_t sample_bytes = 0;  ///< 1, 2 or 4.
    std::uint64_t keep_mask = 0;
    bool big_endian = false;
};

struct PixelDataPlan {
    bool present = false;     ///< No (7FE0,0010) at the top level: everything below is empty.
    bool identical = true;    ///< The element is copied as it stands.
    std::uint64_t begin = 0;  ///< Of the original element, header included, from the data set's first byte.
    std::uint64_t end = 0;    ///< Behind it, delimiter included.
    /// The whole new element, header and delimiter included, in order; offsets are into the data set or
    /// `patch`.
    std::vector<Piece> pieces;
    std::vector<std::byte> patch;
    std::uint64_t new_bytes = 0;  ///< The sum of the pieces.
    /// New values of (7FE0,0001) and (7FE0,0002), where they stand in the original and have to change.
    std::vector<std::uint64_t> extended_offsets;
    std::vector<std::uint64_t> extended_lengths;
    /// Native only: the samples lie in the one unpatched piece behind the header and change so.
    std::optional<ClearBits> clear_bits;
    std::uint32_t segments_cut = 0;
    std::uint64_t trailing_bytes = 0;
};

/// Reads the shape and the element of `data_set` (from its first element on) through pipeline/scan.
/// Fault::kQuarantine: shape missing or contradictory, data too short, frames that cannot be told
/// apart, a codestream that cannot be walked. Float Pixel Data is no part of the plan, but its length must be
/// that of its frames. Nested Pixel Data (icons) is not looked at: the profile removes it with its sequence,
/// and the gate refuses it elsewhere.
Result<PixelDataPlan> plan_pixel_data(
    std::span<const std::byte> data_set, const rules::TransferSyntax& syntax
);

/// What to clear where a sample has an unused bit set that is not the extension of its sign; else nothing.
std::optional<ClearBits> bits_to_clear(
    std::span<const std::byte> samples, const PixelShape& shape, bool big_endian
);

/// Applies ClearBits to a stretch that starts at a sample's first byte.
void clear_unused_bits(std::span<std::byte> samples, const ClearBits& clear);

}  // namespace efface::pipeline
