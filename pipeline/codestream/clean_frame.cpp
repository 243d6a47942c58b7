// Which walker a syntax family has. A family without one cannot be proven clean.
#include "pipeline/codestream/codestream.h"
#include "pipeline/codestream/piece_builder.h"

namespace efface::pipeline {
namespace {

// Raw frames one per fragment (PS3.5 A.4.11): everything behind the samples is cut.
Result<Cut> clean_uncompressed(std::span<const std::byte> frame, std::uint64_t frame_bytes) {
    if (frame.size() < frame_bytes) {
        return fail(Fault::kQuarantine, "an uncompressed frame is shorter than its samples");
    }
    PieceBuilder pieces;
    const std::uint64_t left = frame.size() - frame_bytes;
    const bool pad = left == 1 && (frame.size() & 1U) == 0 && frame.back() == std::byte{0};
    pieces.keep(0, pad ? frame.size() : frame_bytes);
    pieces.cut().trailing_bytes = pad ? 0 : left;
    return std::move(pieces).finish(frame.size());
}

}  // namespace

Result<Cut> clean_frame(
    rules::SyntaxFamily family, std::span<const std::byte> frame, const FrameShape& shape
) {
    using enum rules::SyntaxFamily;
    switch (family) {
        case kJpeg:
            return clean_jpeg(frame, false);
        case kJpegLs:
            return clean_jpeg(frame, true);
        case kJpeg2000:
        case kHtj2k:
            return clean_jpeg2000(frame);
        case kRle:
            return clean_rle(frame, shape.rle_segment_bytes);
        case kEncapsulatedUncompressed:
            return clean_uncompressed(frame, shape.frame_bytes);
        case kMpeg2:
        case kMpeg4:
        case kHevc:
            return fail(
                Fault::kQuarantine, "video streams cannot be walked for what is hidden beside the samples"
            );
        case kJpegXl:
            return fail(Fault::kQuarantine, "JPEG XL cannot be walked for what is hidden beside the samples");
        case kNative:
        case kDeflatedFrames:
        case kOther:
            break;
    }
    return fail(Fault::kQuarantine, "frames of this transfer syntax cannot be walked");
}

}  // namespace efface::pipeline
