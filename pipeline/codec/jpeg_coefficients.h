// The quantised coefficients of a lossy JPEG stream of 8 bits, as the gate compares them (ISO/IEC 10918-1
// A.3). Read only; what changes them is jpeg_blackening.h, and the two share no code.
// Thread rule: pure function.
#pragma once

#include "pipeline/codec/jpeg_dct.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace efface::pipeline {

inline constexpr std::size_t kJpegBlockCoefficients = 64;

struct JpegComponent {
    std::uint64_t id = 0;
    std::size_t across = 1;  ///< Sampling factor H: blocks of one minimum coded unit side by side.
    std::size_t down = 1;
    std::array<std::uint16_t, kJpegBlockCoefficients> quantisation{};
    std::size_t blocks_across = 0;  ///< Of the picture; blocks that only fill up the last units are not here.
    std::size_t blocks_down = 0;
    std::vector<std::int16_t> values;  ///< kJpegBlockCoefficients of each block, row by row.

    std::span<const std::int16_t> block(std::size_t column, std::size_t row) const {
        return std::span{values}.subspan(
            (row * blocks_across + column) * kJpegBlockCoefficients, kJpegBlockCoefficients
        );
    }
};

struct JpegCoefficients {
    JpegHeader header;
    std::uint64_t restart_interval = 0;
    std::vector<JpegComponent> components;
};

/// Fault::kQuarantine as read_dct_header(), or a stream that is broken.
Result<JpegCoefficients> read_jpeg_coefficients(std::span<const std::byte> frame, const SampleShape& shape);

}  // namespace efface::pipeline
