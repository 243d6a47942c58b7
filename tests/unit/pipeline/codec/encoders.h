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
/// Lossy, twelve bits, grey; DCMTK's encoder.
Bytes encode_jpeg_deep(const Picture& picture, bool progressive = false);
/// `interleave` 0 none, 1 line, 2 sample.
Bytes encode_jpeg_ls(const Picture& picture, int interleave, int near_lossless = 0, int transformation = 0);

struct Jpeg2000Options {
    bool irreversible = false;
    bool colour_transform = false;
    std::uint32_t tile = 0;
    int resolutions = 3;
};

Bytes encode_jpeg2000(const Picture& picture, const Jpeg2000Options& options = {});

struct JpegDctOptions {
    int quality = 85;
    int across = 1;  ///< Sampling factors of the first component; the others have 1.
    int down = 1;
    bool progressive = false;
    bool arithmetic = false;
    bool as_rgb = false;  ///< Components are R, G, B; else YCbCr.
    bool markers = true;  ///< JFIF or Adobe, as the library would.
    bool one_scan_each = false;
    unsigned restart_interval = 0;
    std::size_t scans =
        0;  ///< Of one component: this many scans of one coefficient each; 0 for the usual ones.
};

/// Lossy, eight bits; libjpeg-turbo.
Bytes encode_jpeg_dct(const Picture& picture, const JpegDctOptions& options = {});

/// As the library shows it to anyone: grey or RGB.
Bytes decode_with_libjpeg(const Bytes& stream);

}  // namespace efface::testing
