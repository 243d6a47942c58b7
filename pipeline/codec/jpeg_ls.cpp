// JPEG-LS, lossless and near-lossless (PS3.5 A.4.3) through CharLS.
#include "pipeline/codec/codecs.h"
#include "pipeline/codec/jpeg_header.h"

#include <charls/charls.h>
#include <memory>

namespace efface::pipeline {
namespace {

struct DestroyDecoder {
    void operator()(const charls_jpegls_decoder* decoder) const { charls_jpegls_decoder_destroy(decoder); }
};

constexpr auto kSuccess = charls::jpegls_errc::success;

// Whole planes one after another, as scans of one component each give them.
std::vector<std::byte> by_pixel(
    std::span<const std::byte> planes, std::size_t components, std::size_t sample_bytes
) {
    std::vector<std::byte> pixels(planes.size());
    const std::size_t plane_bytes = planes.size() / components;
    for (std::size_t at = 0; at < planes.size(); ++at) {
        const std::size_t component = at / plane_bytes;
        const std::size_t within = at % plane_bytes;
        const std::size_t pixel = within / sample_bytes;
        pixels[(pixel * components + component) * sample_bytes + within % sample_bytes] = planes[at];
    }
    return pixels;
}

struct Decoded {
    std::vector<std::byte> samples;
    bool planes = false;
};

bool decode(std::span<const std::byte> frame, Decoded& decoded) {
    const std::unique_ptr<charls_jpegls_decoder, DestroyDecoder> decoder{charls_jpegls_decoder_create()};
    charls_interleave_mode mode = charls::interleave_mode::none;
    std::size_t bytes = 0;
    const bool ready =
        decoder != nullptr &&
        charls_jpegls_decoder_set_source_buffer(decoder.get(), frame.data(), frame.size()) == kSuccess &&
        charls_jpegls_decoder_read_header(decoder.get()) == kSuccess &&
        charls_jpegls_decoder_get_interleave_mode(decoder.get(), &mode) == kSuccess &&
        charls_jpegls_decoder_get_destination_size(decoder.get(), 0, &bytes) == kSuccess;
    // The library's own view of the size must be the one that was checked.
    if (!ready || bytes != decoded.samples.size()) {
        return false;
    }
    decoded.planes = mode == charls::interleave_mode::none;
    return charls_jpegls_decoder_decode_to_buffer(decoder.get(), decoded.samples.data(), bytes, 0) ==
           kSuccess;
}

}  // namespace

Result<DecodedFrame> decode_jpeg_ls(std::span<const std::byte> frame, const SampleShape& shape, Loss loss) {
    EFFACE_TRY(JpegHeader header, read_jpeg_header(frame, true));
    header.near_lossless = header.near_lossless && loss == Loss::kForbidden;
    EFFACE_CHECK(check_jpeg_header(header, kStartOfFrameJpegLs, shape));
    const std::size_t sample_bytes = header.precision <= 8 ? 1 : 2;
    const std::size_t components = shape.samples_per_pixel;
    Decoded decoded;
    decoded.samples.resize(shape.rows * shape.columns * components * sample_bytes);
    if (!decode(frame, decoded)) {
        return fail(Fault::kQuarantine, "a JPEG-LS frame cannot be decoded", Where::tag(0x7FE00010));
    }
    if (decoded.planes && components > 1) {
        decoded.samples = by_pixel(decoded.samples, components, sample_bytes);
    }
    return DecodedFrame{.bytes = widen(std::move(decoded.samples), sample_bytes, shape.bits_allocated / 8)};
}

}  // namespace efface::pipeline
