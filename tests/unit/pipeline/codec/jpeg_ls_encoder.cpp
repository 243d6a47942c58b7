// JPEG-LS through CharLS.
#include "tests/unit/pipeline/codec/encoders.h"

#include <gtest/gtest.h>

#include <charls/charls.h>

namespace efface::testing {
namespace {

// Interleave mode none takes whole planes.
Bytes planes_of(const Picture& picture, const Bytes& pixels, std::size_t sample_bytes) {
    const std::size_t components = picture.shape.samples_per_pixel;
    Bytes planes;
    for (std::size_t component = 0; component < components; ++component) {
        for (std::size_t at = component * sample_bytes; at < pixels.size(); at += components * sample_bytes) {
            planes.insert(
                planes.end(), pixels.begin() + static_cast<std::ptrdiff_t>(at),
                pixels.begin() + static_cast<std::ptrdiff_t>(at + sample_bytes)
            );
        }
    }
    return planes;
}

}  // namespace

Bytes encode_jpeg_ls(const Picture& picture, int interleave, int near_lossless, int transformation) {
    const auto& shape = picture.shape;
    const auto mode = static_cast<charls::interleave_mode>(interleave);
    charls::jpegls_encoder encoder;
    encoder.frame_info(
        {static_cast<std::uint32_t>(shape.columns), static_cast<std::uint32_t>(shape.rows),
         static_cast<std::int32_t>(shape.bits_stored), static_cast<std::int32_t>(shape.samples_per_pixel)}
    );
    encoder.interleave_mode(mode).near_lossless(near_lossless);
    encoder.color_transformation(static_cast<charls::color_transformation>(transformation));
    Bytes stream(encoder.estimated_destination_size());
    encoder.destination(stream.data(), stream.size());
    Picture narrow = picture;
    narrow.shape.bits_allocated = shape.bits_stored <= 8 ? 8 : 16;
    for (std::int32_t& sample : narrow.samples) {
        sample &= (1 << shape.bits_stored) - 1;
    }
    const Bytes pixels = narrow.words();
    const bool planes = mode == charls::interleave_mode::none;
    const Bytes source = planes ? planes_of(narrow, pixels, narrow.shape.bits_allocated / 8) : pixels;
    stream.resize(encoder.encode(source.data(), source.size()));
    return stream;
}

}  // namespace efface::testing
