// Lossy JPEG of twelve bits (PS3.5 A.4.1: processes 4, 8 and 12), which libjpeg-turbo does not read, through
// DCMTK's IJG library of that depth.
#include "pipeline/codec/codecs.h"
#include "pipeline/codec/jpeg_dct.h"

namespace efface::pipeline {

Result<DecodedFrame> decode_jpeg_deep(std::span<const std::byte> frame, const SampleShape& shape) {
    EFFACE_TRY(const JpegHeader header, read_deep_dct_header(frame, shape));
    DecodedFrame decoded;
    decoded.bytes.resize(shape.rows * shape.columns * 2);
    if (!decode_by_ijg(header.precision, frame, decoded.bytes)) {
        return fail(Fault::kQuarantine, "a JPEG frame cannot be decoded", Where::tag(0x7FE00010));
    }
    return decoded;
}

}  // namespace efface::pipeline
