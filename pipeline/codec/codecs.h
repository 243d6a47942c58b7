// One function per codec; see frame_decoder.h and frame_encoder.h, which are the doors of this folder.
// Each has checked its stream's header against the shape before it calls a library.
// Thread rule: pure functions.
#pragma once

#include "pipeline/codec/frame_encoder.h"

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

/// See encode_frame(); whoever calls them has checked the size of the samples.
Result<std::vector<std::byte>> encode_rle(const NewFrame& frame, const SampleShape& shape);
Result<std::vector<std::byte>> encode_jpeg_lossless(const NewFrame& frame, const SampleShape& shape);
Result<std::vector<std::byte>> encode_jpeg_ls(const NewFrame& frame, const SampleShape& shape);
Result<std::vector<std::byte>> encode_jpeg2000(const NewFrame& frame, const SampleShape& shape);

/// DCMTK's IJG libraries log nothing from here on: their messages quote the stream.
void silence_ijg();

/// Words of `word_bytes` as samples of `precision` bits, zeros above.
template <class Sample>
std::vector<Sample> narrowed(
    std::span<const std::byte> words, std::size_t word_bytes, std::uint64_t precision
) {
    const auto mask = static_cast<std::uint32_t>((std::uint64_t{1} << precision) - 1);
    std::vector<Sample> samples(words.size() / word_bytes);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        std::uint32_t word = 0;
        for (std::size_t byte = 0; byte < word_bytes; ++byte) {
            word |= static_cast<std::uint32_t>(words[i * word_bytes + byte]) << (8 * byte);
        }
        samples[i] = static_cast<Sample>(word & mask);
    }
    return samples;
}

/// Samples of one or two bytes as words of `word_bytes`, zeros above.
std::vector<std::byte> widen(std::vector<std::byte> samples, std::size_t from_bytes, std::size_t word_bytes);

}  // namespace efface::pipeline
