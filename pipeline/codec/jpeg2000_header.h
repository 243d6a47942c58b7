// What a JPEG 2000 codestream says of itself in its main and tile-part headers, read without decoding
// (ISO/IEC 15444-1 annex A). Thread rule: pure function.
#pragma once

#include "pipeline/codec/frame_decoder.h"

namespace efface::pipeline {

inline constexpr std::uint64_t kTilesMax = 16'384;  ///< The library holds about 10 KB for each.
inline constexpr std::uint32_t kTilePartsMax = 100'000;
inline constexpr std::uint32_t kMarkersPerHeaderMax = 10'000;

struct Jpeg2000Header {
    std::uint64_t rows = 0;
    std::uint64_t columns = 0;
    std::uint64_t tiles = 0;
    std::uint64_t components = 0;
    std::uint64_t precision = 0;      ///< Of every component, else 0.
    bool is_signed = false;           ///< Of the first component.
    bool alike = true;                ///< All components have one depth, sign and full sampling.
    bool reversible = true;           ///< 5-3 wavelet and no quantisation, in every header.
    bool colour_transformed = false;  ///< Multiple component transformation in use.
    bool colour_mixed = false;        ///< ... in some tiles only.
};

Result<Jpeg2000Header> read_jpeg2000_header(std::span<const std::byte> frame);

}  // namespace efface::pipeline
