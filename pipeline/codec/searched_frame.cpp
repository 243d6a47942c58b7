// See searched_frame.h.
#include "pipeline/codec/searched_frame.h"

#include "pipeline/codec/codecs.h"
#include "pipeline/codec/syntax_table.h"

#include <exception>

namespace efface::pipeline {
namespace {

constexpr std::string_view kRgb = "RGB";
constexpr std::string_view kUndoneByDecoding = "YBR_RCT";

bool is_colour_of_jpeg(std::string_view photometric) {
    return photometric == kRgb || photometric == "YBR_FULL" || photometric == "YBR_FULL_422" ||
           photometric == "YBR_PARTIAL_422" || photometric == "YBR_PARTIAL_420";
}

// The stream and the attribute must tell one story; RGB in place of YBR_RCT is true of the samples either
// way.
Status check_colour(const DecodedFrame& frame, std::string_view photometric) {
    const bool says_transformed = photometric == kUndoneByDecoding;
    if (frame.colour_transformed != says_transformed && photometric != kRgb) {
        return fail(
            Fault::kQuarantine, "Photometric Interpretation is not what the frames say",
            Where::tag(0x00280004)
        );
    }
    return {};
}

}  // namespace

std::string_view searched_photometric(const rules::TransferSyntax& syntax, std::string_view photometric) {
    if (syntax_row(syntax.uid).reader == FrameReader::kJpegDct) {
        return is_colour_of_jpeg(photometric) ? kRgb : photometric;
    }
    return photometric == kUndoneByDecoding ? kRgb : photometric;
}

Result<DecodedFrame> decode_searched_frame(
    const rules::TransferSyntax& syntax, std::span<const std::byte> frame, const SampleShape& shape,
    std::string_view photometric
) {
    if (syntax_row(syntax.uid).reader != FrameReader::kJpegDct) {
        EFFACE_TRY(DecodedFrame decoded, decode_frame(syntax, frame, shape));
        EFFACE_CHECK(check_colour(decoded, photometric));
        return decoded;
    }
    EFFACE_TRY([[maybe_unused]] const std::uint64_t bounded, shape.frame_bytes());
    try {
        return decode_jpeg_dct(frame, shape, photometric);
    } catch (const std::exception&) {
        return fail(Fault::kQuarantine, "a frame needs more memory for decoding than a worker may use");
    }
}

}  // namespace efface::pipeline
