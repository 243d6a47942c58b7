// One function per codec; see frame_decoder.h, which is the door of this folder.
// Each has checked its stream's header against the shape before it calls a library.
// Thread rule: pure functions.
#pragma once

#include "pipeline/codec/frame_decoder.h"

namespace efface::pipeline {

/// Whether a stream must prove itself lossless.
enum class Loss : std::uint8_t { kForbidden, kAllowed };

Result<DecodedFrame> decode_rle(std::span<const std::byte> frame, const SampleShape& shape);
Result<DecodedFrame> decode_jpeg_lossless(std::span<const std::byte> frame, const SampleShape& shape);
Result<DecodedFrame> decode_jpeg_ls(std::span<const std::byte> frame, const SampleShape& shape, Loss loss);
Result<DecodedFrame> decode_jpeg2000(std::span<const std::byte> frame, const SampleShape& shape, Loss loss);
/// Lossy, twelve bits, grey.
Result<DecodedFrame> decode_jpeg_deep(std::span<const std::byte> frame, const SampleShape& shape);

/// Lossy, eight bits, for the search only: grey, or RGB whatever the stream holds.
Result<DecodedFrame> decode_jpeg_dct(
    std::span<const std::byte> frame, const SampleShape& shape, std::string_view photometric
);

/// DCMTK's IJG library for this precision; false where it gives up or warns.
bool decode_by_ijg(std::uint64_t precision, std::span<const std::byte> frame, std::span<std::byte> samples);

/// Samples of one or two bytes as words of `word_bytes`, zeros above.
std::vector<std::byte> widen(std::vector<std::byte> samples, std::size_t from_bytes, std::size_t word_bytes);

}  // namespace efface::pipeline
