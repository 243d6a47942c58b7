// fill_frames for lossy JPEG of 8 bits that stays compressed: what is filled is what the blackened streams
// decode to, since near a mask a decoder mixes colour over its edge; the fill is transformed and quantised
// with each stream's own tables, and nothing else of it changes. The cleaner runs it and so does the gate.
// Thread rule: the generator belongs to the calling thread.
#pragma once

#include "pipeline/codec/frame_decoder.h"
#include "pipeline/pixel/fill_frames.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace efface::pipeline {

/// What the frames are, beside the image that they decode to.
struct JpegFrames {
    std::span<const std::vector<std::byte>> black;  ///< Streams, each black under the mask of its frame.
    const rules::TransferSyntax& syntax;
    SampleShape shape;
    std::string_view photometric;  ///< Of the data set.
    const NativeImage& image;      ///< As they decode: grey, or R, G, B by pixel.
};

struct FilledJpeg {
    std::vector<std::vector<std::byte>> frames;  ///< Streams of even length.
    std::vector<std::byte> occluded;             ///< What the black ones decode to, all frames.
    std::vector<std::byte> samples;              ///< What these decode to.
    std::vector<FrameFill> fills;  ///< A mark that the quantisation destroyed counts as not readable.
};

/// The mask and the holes' edges lie on whole coded units. Fault::kQuarantine: as fill_frames(), or a stream
/// that is not read or written.
Result<FilledJpeg> fill_jpeg_frames(
    const JpegFrames& jpeg, const Mask& mask, std::span<const Hole> holes, const FillContext& context
);

}  // namespace efface::pipeline
