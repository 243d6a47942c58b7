#include "pipeline/pixel/fill_jpeg_frames.h"

#include "pipeline/codec/jpeg_filling.h"
#include "pipeline/codec/searched_frame.h"

namespace efface::pipeline {
namespace {

/// Appends what a stream decodes to.
Status decode(std::span<const std::byte> stream, const JpegFrames& jpeg, std::vector<std::byte>& samples) {
    EFFACE_TRY(
        const DecodedFrame decoded, decode_searched_frame(jpeg.syntax, stream, jpeg.shape, jpeg.photometric)
    );
    if (decoded.bytes.size() != jpeg.image.frame_bytes()) {
        return fail(
            Fault::kQuarantine, "a JPEG frame has not the shape of its samples", Where::tag(0x7FE00010)
        );
    }
    samples.insert(samples.end(), decoded.bytes.begin(), decoded.bytes.end());
    return {};
}

std::vector<Box> filled_parts(std::span<const FrameFill> fills, std::uint64_t frame) {
    std::vector<Box> parts;
    for (const FrameFill& fill : fills) {
        if (fill.frame == frame && fill.hole.is_filled()) {
            parts.insert(parts.end(), fill.hole.hole.parts.begin(), fill.hole.hole.parts.end());
        }
    }
    return parts;
}

/// What quantisation left: of the grey at the edge, and of marks that were embedded.
void measure_written(
    FilledJpeg& filled, const NativeImage& image, const Mask& mask, const FillContext& context
) {
    for (FrameFill& fill : filled.fills) {
        if (!fill.hole.is_filled()) {
            continue;
        }
        fill.hole.grey_difference = grey_difference_in(filled.samples, image, mask, fill);
        if (fill.mark == EmbedResult::kEmbedded && !mark_reads(filled.samples, image, mask, fill, context)) {
            fill.mark = EmbedResult::kNotReadable;
        }
    }
}

}  // namespace

Result<FilledJpeg> fill_jpeg_frames(
    const JpegFrames& jpeg, const Mask& mask, std::span<const Hole> holes, const FillContext& context
) {
    FilledJpeg filled;
    filled.occluded.reserve(jpeg.image.bytes());
    for (const std::vector<std::byte>& stream : jpeg.black) {
        EFFACE_CHECK(decode(stream, jpeg, filled.occluded));
    }
    std::vector<std::byte> drawn = filled.occluded;
    EFFACE_TRY(filled.fills, fill_frames(drawn, jpeg.image, mask, holes, context));
    const std::uint64_t bytes = jpeg.image.frame_bytes();
    filled.samples.reserve(drawn.size());
    for (std::uint64_t frame = 0; frame < jpeg.black.size(); ++frame) {
        const std::vector<Box> parts = filled_parts(filled.fills, frame);
        std::vector<std::byte> stream = jpeg.black[frame];
        if (!parts.empty()) {
            const auto samples = std::span{drawn}.subspan(frame * bytes, bytes);
            EFFACE_TRY(stream, fill_jpeg(stream, jpeg.shape, jpeg.photometric, parts, samples));
            stream.resize(stream.size() + stream.size() % 2);
        }
        EFFACE_CHECK(decode(stream, jpeg, filled.samples));
        filled.frames.push_back(std::move(stream));
    }
    measure_written(filled, jpeg.image, mask, context);
    return filled;
}

}  // namespace efface::pipeline
