// What JPEG streams of 8 bits with a cosine transform (ISO/IEC 10918-1: baseline SOF0, extended SOF1,
// progressive SOF2, all Huffman) say of their colour and their grid. Every bound is checked here, from the
// marker segments, before libjpeg-turbo sees the stream. Thread rule: pure functions.
#pragma once

#include "pipeline/codec/frame_decoder.h"
#include "pipeline/codec/jpeg_header.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace efface::pipeline {

inline constexpr std::uint32_t kStartOfFrameBaseline = 0xC0;
inline constexpr std::uint32_t kStartOfFrameExtended = 0xC1;
inline constexpr std::uint32_t kStartOfFrameProgressive = 0xC2;
/// A progressive encoder makes about ten; each one walks all blocks again.
inline constexpr std::uint64_t kJpegScansMax = 64;
/// Samples times scans: what a stream may cost before it is decoded.
inline constexpr std::uint64_t kJpegScannedSamplesMax = std::uint64_t{1} << 30U;

enum class JpegColour : std::uint8_t { kGrey, kYbr, kRgb };

/// The pixels of one minimum coded unit: what no edit of coefficients can cut.
struct JpegUnit {
    std::size_t columns = 8;
    std::size_t rows = 8;
};

/// Reads the segments. Fault::kQuarantine: another process (arithmetic, hierarchical, lossless, 12 bits), too
/// many scans, or a stream and attributes that differ.
Result<JpegHeader> read_dct_header(std::span<const std::byte> frame, const SampleShape& shape);

/// The same of streams of twelve bits, which hold one grey component.
Result<JpegHeader> read_deep_dct_header(std::span<const std::byte> frame, const SampleShape& shape);

/// What the three components are: the stream's own markers say it (JFIF, Adobe), else Photometric
/// Interpretation.
JpegColour jpeg_colour(const JpegHeader& header, std::string_view photometric);

JpegUnit jpeg_unit(const JpegHeader& header);

}  // namespace efface::pipeline
