// The samples of all frames as they are searched: native ones as little endian words, single bits a byte
// each, compressed ones decoded (pipeline/codec). Cleaner and gate both read through here: they share the
// decoders and the finders, nothing that changes or writes. Thread rule: values.
#pragma once

#include "config/result.h"
#include "pipeline/codec/frame_decoder.h"
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

/// Fault::kQuarantine: samples that are not searched, or a frame that cannot be decoded beyond doubt.
Result<Samples> read_samples(std::span<const std::byte> data_set, const rules::TransferSyntax& syntax);

}  // namespace efface::pipeline
