// Lossy JPEG of 8 bits as samples: what the finders look at. Never written: the file keeps its coefficients.
#include "pipeline/codec/codecs.h"
#include "pipeline/codec/jpeg_dct.h"
#include "pipeline/codec/turbo_session.h"

namespace efface::pipeline {
namespace {

// Slow integer transform and smooth upsampling, the library's defaults: exact, the same on every machine.
void read_rows(TurboReader& reader, std::span<const std::byte> frame, JpegColour colour, std::byte* to) {
    reader.begin(frame);
    jpeg_decompress_struct& info = reader.info();
    const bool grey = colour == JpegColour::kGrey;
    if (!grey) {
        info.jpeg_color_space = colour == JpegColour::kRgb ? JCS_RGB : JCS_YCbCr;
    }
    info.out_color_space = grey ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_start_decompress(&info);
    const std::size_t row_bytes =
        static_cast<std::size_t>(info.output_width) * static_cast<std::size_t>(info.output_components);
    while (info.output_scanline < info.output_height) {
        auto* row = reinterpret_cast<JSAMPROW>(to + info.output_scanline * row_bytes);
        jpeg_read_scanlines(&info, &row, 1);
    }
    jpeg_finish_decompress(&info);
}

}  // namespace

Result<DecodedFrame> decode_jpeg_dct(
    std::span<const std::byte> frame, const SampleShape& shape, std::string_view photometric
) {
    EFFACE_TRY(const JpegHeader header, read_dct_header(frame, shape));
    DecodedFrame decoded;
    decoded.bytes.resize(shape.rows * shape.columns * shape.samples_per_pixel);
    TurboErrors errors;
    TurboReader reader{errors};
    const JpegColour colour = jpeg_colour(header, photometric);
    std::byte* to = decoded.bytes.data();
    if (!errors.guarded([&] { read_rows(reader, frame, colour, to); })) {
        return fail(Fault::kQuarantine, "a JPEG frame cannot be decoded", Where::tag(0x7FE00010));
    }
    return decoded;
}

}  // namespace efface::pipeline
