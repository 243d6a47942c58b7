// The samples of a PNG (ISO/IEC 15948) as they are stored: 8 or 16 bits, grey or RGB, no gamma applied. png.h
// gives pictures for people, eight bits whatever the file holds; this gives what is measured.
// Thread rule: a pure function of the bytes.
#pragma once

#include "config/result.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace efface::pipeline {

struct PngSamples {
    std::size_t columns = 0;
    std::size_t rows = 0;
    std::size_t channels = 1;          ///< 1 or 3, pixel by pixel.
    std::size_t bits = 8;              ///< 8 or 16.
    std::vector<std::byte> samples{};  ///< Row by row; those of 16 bits little endian.
};

/// `pixels_max`: columns times rows. Fault::kRefuse: no PNG, too large, damaged, or one of a palette, of
/// transparency or of fewer than eight bits.
Result<PngSamples> decode_png_samples(std::string_view bytes, std::uint64_t pixels_max);

}  // namespace efface::pipeline
