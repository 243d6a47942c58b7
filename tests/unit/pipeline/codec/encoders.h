// Encodes synthetic pictures with the libraries' own encoders, one file per library.
#pragma once

#include "pipeline/codec/frame_decoder.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace efface::testing {

using Bytes = std::vector<std::byte>;

/// Samples colour by pixel; signed ones are negative numbers.
struct Picture {
    pipeline::SampleShape shape;
    std::vector<std::int32_t> samples;

    /// Little endian words of Bits Allocated: what decoding must give.
    Bytes words() const {
        Bytes bytes;
        for (const std::int32_t sample : samples) {
            for (std::uint64_t byte = 0; byte < shape.bits_allocated / 8; ++byte) {
                bytes.push_back(static_cast<std::byte>(static_cast<std::uint32_t>(sample) >> (8 * byte)));
            }
        }
        return bytes;
    }
};

/// Process 14; `precision` 8, 12 or 16.
Bytes encode_jpeg(const Picture& picture, int predictor, int point_transform = 0);
/// `interleave` 0 none, 1 line, 2 sample.
Bytes encode_jpeg_ls(const Picture& picture, int interleave, int near_lossless = 0, int transformation = 0);

struct Jpeg2000Options {
    bool irreversible = false;
    bool colour_transform = false;
    std::uint32_t tile = 0;
};

Bytes encode_jpeg2000(const Picture& picture, const Jpeg2000Options& options = {});

}  // namespace efface::testing
