// See searched_frame.h.
#include "pipeline/codec/searched_frame.h"

#include "pipeline/codec/codecs.h"
#include "pipeline/codec/jpeg2000_header.h"
#include "pipeline/codec/jpeg_header.h"
#include "pipeline/codec/syntax_table.h"

#include <exception>

namespace efface::pipeline {
namespace {

constexpr std::string_view kRgb = "RGB";

/// The component transformations of JPEG 2000, reversible and not: a decoder gives RGB.
bool is_undone_by_decoding(std::string_view photometric) {
    return photometric == "YBR_RCT" || photometric == "YBR_ICT";
}

bool is_colour_of_jpeg(std::string_view photometric) {
    return photometric == kRgb || photometric == "YBR_FULL" || photometric == "YBR_FULL_422" ||
           photometric == "YBR_PARTIAL_422" || photometric == "YBR_PARTIAL_420";
}

// The stream and the attribute must tell one story; RGB in place of YBR_RCT is true of the samples either
// way.
Status check_colour(const DecodedFrame& frame, std::string_view photometric) {
    const bool says_transformed = is_undone_by_decoding(photometric);
    if (frame.colour_transformed != says_transformed && photometric != kRgb) {
        return fail(
            Fault::kQuarantine, "Photometric Interpretation is not what the frames say",
            Where::tag(0x00280004)
        );
    }
    return {};
}

Result<DecodedFrame> decode(
    const rules::TransferSyntax& syntax, std::span<const std::byte> frame, const SampleShape& shape,
    std::string_view photometric
) {
    const Loss loss = syntax.lossy_possible ? Loss::kAllowed : Loss::kForbidden;
    switch (syntax_row(syntax.uid).reader) {
        case FrameReader::kRle:
            return decode_rle(frame, shape);
        case FrameReader::kJpegLossless:
            return decode_jpeg_lossless(frame, shape);
        case FrameReader::kJpegLs:
            return decode_jpeg_ls(frame, shape, loss);
        case FrameReader::kJpeg2000:
            return decode_jpeg2000(frame, shape, loss);
        case FrameReader::kJpegDct:
            return shape.bits_allocated > 8 ? decode_jpeg_deep(frame, shape)
                                            : decode_jpeg_dct(frame, shape, photometric);
        case FrameReader::kNone:
        case FrameReader::kNative:
            break;
    }
    return fail(Fault::kQuarantine, "frames of this transfer syntax are not decoded");
}

}  // namespace

std::string_view searched_photometric(const rules::TransferSyntax& syntax, std::string_view photometric) {
    if (syntax_row(syntax.uid).reader == FrameReader::kJpegDct) {
        return is_colour_of_jpeg(photometric) ? kRgb : photometric;
    }
    return is_undone_by_decoding(photometric) ? kRgb : photometric;
}

Result<DecodedFrame> decode_searched_frame(
    const rules::TransferSyntax& syntax, std::span<const std::byte> frame, const SampleShape& shape,
    std::string_view photometric
) {
    EFFACE_TRY(const std::uint64_t bytes, shape.frame_bytes());
    try {
        EFFACE_TRY(DecodedFrame decoded, decode(syntax, frame, shape, photometric));
        if (decoded.bytes.size() != bytes) {
            return fail(Fault::kQuarantine, "a frame does not decode to its size", Where::tag(0x7FE00010));
        }
        if (syntax_row(syntax.uid).reader != FrameReader::kJpegDct) {
            EFFACE_CHECK(check_colour(decoded, photometric));
        }
        return decoded;
    } catch (const std::exception&) {
        return fail(Fault::kQuarantine, "a frame needs more memory for decoding than a worker may use");
    }
}

bool proves_lossless(
    const rules::TransferSyntax& syntax, std::span<const std::byte> frame, const SampleShape& shape
) {
    switch (syntax_row(syntax.uid).reader) {
        case FrameReader::kJpegLs: {
            const auto header = read_jpeg_header(frame, true);
            return header && check_jpeg_header(*header, kStartOfFrameJpegLs, shape).has_value();
        }
        case FrameReader::kJpeg2000: {
            const auto header = read_jpeg2000_header(frame);
            return header && header->reversible;
        }
        case FrameReader::kRle:
        case FrameReader::kJpegLossless:
        case FrameReader::kNative:
            return true;
        case FrameReader::kJpegDct:
        case FrameReader::kNone:
            break;
    }
    return false;
}

}  // namespace efface::pipeline
