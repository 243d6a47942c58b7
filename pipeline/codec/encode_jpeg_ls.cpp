// JPEG-LS, lossless (PS3.5 A.4.3) through CharLS; colour line by line in one scan.
#include "pipeline/codec/codecs.h"
#include "pipeline/codec/jpeg_header.h"

#include <charls/charls.h>
#include <memory>

namespace efface::pipeline {
namespace {

struct DestroyEncoder {
    void operator()(const charls_jpegls_encoder* encoder) const { charls_jpegls_encoder_destroy(encoder); }
};

constexpr auto kSuccess = charls::jpegls_errc::success;

template <class Sample>
Result<std::vector<std::byte>> encode(
    const NewFrame& frame, const SampleShape& shape, std::uint64_t precision
) {
    const std::vector<Sample> samples = narrowed<Sample>(frame.samples, shape.bits_allocated / 8, precision);
    const charls_frame_info info{
        static_cast<std::uint32_t>(shape.columns), static_cast<std::uint32_t>(shape.rows),
        static_cast<std::int32_t>(precision), static_cast<std::int32_t>(shape.samples_per_pixel)};
    const auto mode =
        shape.samples_per_pixel == 1 ? charls::interleave_mode::none : charls::interleave_mode::line;
    std::vector<std::byte> stream(encoded_bytes_max(frame.samples.size()));
    const std::unique_ptr<charls_jpegls_encoder, DestroyEncoder> encoder{charls_jpegls_encoder_create()};
    std::size_t written = 0;
    const bool done =
        encoder != nullptr && charls_jpegls_encoder_set_frame_info(encoder.get(), &info) == kSuccess &&
        charls_jpegls_encoder_set_interleave_mode(encoder.get(), mode) == kSuccess &&
        charls_jpegls_encoder_set_destination_buffer(encoder.get(), stream.data(), stream.size()) ==
            kSuccess &&
        charls_jpegls_encoder_encode_from_buffer(
            encoder.get(), samples.data(), samples.size() * sizeof(Sample), 0
        ) == kSuccess &&
        charls_jpegls_encoder_get_bytes_written(encoder.get(), &written) == kSuccess;
    if (!done || written > stream.size()) {
        return fail(Fault::kQuarantine, "a JPEG-LS frame cannot be encoded", Where::tag(0x7FE00010));
    }
    // Not resized: the spare bytes would stay allocated with every frame.
    return std::vector<std::byte>{stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(written)};
}

}  // namespace

Result<std::vector<std::byte>> encode_jpeg_ls(const NewFrame& frame, const SampleShape& shape) {
    EFFACE_TRY(const JpegHeader header, read_jpeg_header(frame.replaced, true));
    EFFACE_CHECK(check_jpeg_header(header, kStartOfFrameJpegLs, shape));
    const std::uint64_t precision = std::max(header.precision, shape.bits_stored);
    return precision <= 8 ? encode<std::uint8_t>(frame, shape, precision)
                          : encode<std::uint16_t>(frame, shape, precision);
}

}  // namespace efface::pipeline
