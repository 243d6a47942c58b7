// What a JPEG or JPEG-LS stream says of itself, read from its marker segments without decoding
// (ISO/IEC 10918-1 annex B, 14495-1 annex C), so that a codec is called only with a stream that the
// attributes agree with. Thread rule: pure function.
#pragma once

#include "pipeline/codec/frame_decoder.h"

#include <array>
#include <optional>

namespace efface::pipeline {

inline constexpr std::uint32_t kStartOfFrameLossless = 0xC3;  ///< SOF3: Huffman, sequential, lossless.
inline constexpr std::uint32_t kStartOfFrameJpegLs = 0xF7;    ///< SOF55.
inline constexpr std::uint32_t kJpegSegmentsMax = 100'000;

/// Components that a DICOM frame has at most; a stream may name more and is refused for it.
inline constexpr std::size_t kJpegComponentsMax = 4;

struct JpegHeader {
    std::uint32_t start_of_frame = 0;  ///< Of the one frame there is.
    std::uint64_t precision = 0;
    std::uint64_t rows = 0;
    std::uint64_t columns = 0;
    std::uint64_t components = 0;
    bool subsampled = false;         ///< A component's sampling factors are not 1.
    bool near_lossless = false;      ///< JPEG-LS: a scan with NEAR above 0.
    bool mapped = false;             ///< JPEG-LS: a scan with a mapping table.
    bool point_transformed = false;  ///< A scan dropped low bits.
    bool foreign_transform = false;  ///< JPEG-LS: HP's colour transformation (APP8 "mrfx").
    std::uint64_t scans = 0;
    std::array<std::uint8_t, kJpegComponentsMax> across{};  ///< Sampling factors H of the components.
    std::array<std::uint8_t, kJpegComponentsMax> down{};    ///< Sampling factors V.
    bool jfif = false;                                      ///< APP0 "JFIF": colour is YCbCr.
    std::optional<std::uint8_t> adobe_transform;            ///< APP14 "Adobe": 0 as it is, 1 YCbCr, 2 YCCK.
};

Result<JpegHeader> read_jpeg_header(std::span<const std::byte> frame, bool jpeg_ls);

/// Fault::kQuarantine where the stream and the attributes differ, or the stream is not lossless.
Status check_jpeg_header(const JpegHeader& header, std::uint32_t start_of_frame, const SampleShape& shape);

}  // namespace efface::pipeline
