// The samples of all frames as they are searched: native ones as little endian words (floats of Float and
// Double Float Pixel Data too), single bits a byte each, compressed ones decoded (pipeline/codec). Cleaner
// and gate both read through here: they share the decoders and the finders, nothing that changes or writes.
// Thread rule: values.
#pragma once

#include "config/result.h"
#include "pipeline/codec/frame_decoder.h"
#include "pipeline/codestream/frames.h"
#include "pipeline/pixel/native_image.h"

#include <cstddef>
#include <span>
#include <vector>

namespace efface::pipeline {

struct Samples {
    NativeImage image;
    std::vector<std::byte> bytes;  ///< image.bytes() of them; little endian.
    /// Retired overlay bits and their like: what a writer clears of decoded samples.
    std::optional<ClearBits> clear_bits;
};

/// What a decoder is told of every frame.
SampleShape sample_shape(const PixelShape& shape);

/// The frames one by one, so that a long cine needs the memory of one frame. Points into the data set.
class SampleReader {
public:
    /// Fault::kQuarantine: samples that are not searched, or frames that cannot be told apart.
    static Result<SampleReader> open(
        std::span<const std::byte> data_set, const rules::TransferSyntax& syntax
    );

    /// Of all frames; NativeImage::one_frame() is what frame() gives.
    const NativeImage& image() const { return image_; }

    /// Frame `k` alone, image().frame_bytes() of them. Fault::kQuarantine: it cannot be decoded beyond doubt.
    Result<std::vector<std::byte>> frame(std::uint64_t k) const;

    const PixelShape& shape() const { return scan_.shape; }

private:
    Result<std::vector<std::byte>> decoded_frame(std::uint64_t k) const;
    std::vector<std::byte> stored_frame(std::uint64_t k) const;

    const rules::TransferSyntax* syntax_ = nullptr;
    PixelScan scan_;
    std::vector<FrameRange> ranges_;  ///< Of encapsulated Pixel Data.
    NativeImage image_;
    bool swapped_ = false;  ///< Words of two bytes, big endian.
};

/// All frames together. Fault::kQuarantine as SampleReader.
Result<Samples> read_samples(std::span<const std::byte> data_set, const rules::TransferSyntax& syntax);

}  // namespace efface::pipeline
