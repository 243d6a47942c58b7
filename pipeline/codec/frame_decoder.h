// Decodes one frame of a losslessly compressed syntax into native samples (PS3.5 8.2, annex A.4, G).
//
// Only what proves itself lossless is decoded: RLE, JPEG process 14 (ISO/IEC 10918-1 annex H), JPEG-LS
// with NEAR 0 (ISO/IEC 14495-1), JPEG 2000 with the reversible 5-3 wavelet and no quantisation (ISO/IEC
// 15444-1). Every header is read and held against the attributes, in 64 bits, before a codec runs.
// The cleaner and the gate both call this: a second JPEG implementation of the same depths does not
// exist in Debian. So a fault of a codec itself is seen by neither; RLE, which is short, the gate reads
// with code of its own (pipeline/gate/rle_samples.h).
// Thread rule: pure functions. Linked by efface-worker only.
#pragma once

#include "config/result.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace efface::pipeline {

/// Of one frame; a codec may need twelve times as many bytes while it works.
inline constexpr std::uint64_t kDecodedFrameSamplesMax = std::uint64_t{1} << 27U;

/// What the attributes say of every frame (PS3.3 C.7.6.3).
struct SampleShape {
    std::uint64_t rows = 0;
    std::uint64_t columns = 0;
    std::uint64_t samples_per_pixel = 0;
    std::uint64_t bits_allocated = 0;
    std::uint64_t bits_stored = 0;
    std::uint64_t high_bit = 0;
    bool is_signed = false;

    /// Of one decoded frame. Fault::kQuarantine: a shape that is not decoded, or more than
    /// kDecodedFrameSamplesMax.
    Result<std::uint64_t> frame_bytes() const;
};

struct DecodedFrame {
    /// Little endian words of Bits Allocated, colour by pixel (Planar Configuration 0). Bits outside
    /// the stored ones are as the codestream gives them.
    std::vector<std::byte> bytes;
    /// The reversible component transformation was undone: YBR_RCT has become RGB (PS3.5 8.2.4).
    bool colour_transformed = false;
};

/// Whether frames of this syntax are decoded at all.
bool is_decodable(const rules::TransferSyntax& syntax);

/// Fault::kQuarantine: not proven lossless, contradicts `shape`, broken, or not decodable.
Result<DecodedFrame> decode_frame(
    const rules::TransferSyntax& syntax, std::span<const std::byte> frame, const SampleShape& shape
);

}  // namespace efface::pipeline
