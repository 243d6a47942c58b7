// JPEG 2000 and High-Throughput JPEG 2000 (PS3.5 A.4.4, A.4.13) through OpenJPEG.
#include "pipeline/codec/codecs.h"
#include "pipeline/codec/jpeg2000_header.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <openjpeg.h>

namespace efface::pipeline {
namespace {

constexpr std::size_t kStreamBufferBytesMax = std::size_t{1} << 20U;

/// The frame as the library reads it.
struct Source {
    std::span<const std::byte> bytes;
    std::size_t at = 0;
};

OPJ_SIZE_T read_source(void* buffer, OPJ_SIZE_T wanted, void* user) {
    Source& source = *static_cast<Source*>(user);
    const std::size_t count = std::min<std::size_t>(wanted, source.bytes.size() - source.at);
    if (count == 0) {
        return static_cast<OPJ_SIZE_T>(-1);
    }
    std::memcpy(buffer, source.bytes.data() + source.at, count);
    source.at += count;
    return count;
}

OPJ_OFF_T skip_source(OPJ_OFF_T wanted, void* user) {
    Source& source = *static_cast<Source*>(user);
    const auto left = static_cast<OPJ_OFF_T>(source.bytes.size() - source.at);
    if (wanted < 0 || left == 0) {
        return -1;
    }
    const OPJ_OFF_T count = std::min(wanted, left);
    source.at += static_cast<std::size_t>(count);
    return count;
}

OPJ_BOOL seek_source(OPJ_OFF_T to, void* user) {
    Source& source = *static_cast<Source*>(user);
    if (to < 0 || static_cast<std::uint64_t>(to) > source.bytes.size()) {
        return OPJ_FALSE;
    }
    source.at = static_cast<std::size_t>(to);
    return OPJ_TRUE;
}

using Stream = std::unique_ptr<opj_stream_t, decltype(&opj_stream_destroy)>;
using Codec = std::unique_ptr<opj_codec_t, decltype(&opj_destroy_codec)>;
using Image = std::unique_ptr<opj_image_t, decltype(&opj_image_destroy)>;

Stream open_stream(Source& source) {
    const std::size_t buffer = std::clamp<std::size_t>(source.bytes.size(), 1, kStreamBufferBytesMax);
    Stream stream{opj_stream_create(buffer, OPJ_TRUE), &opj_stream_destroy};
    if (stream) {
        opj_stream_set_user_data(stream.get(), &source, nullptr);
        opj_stream_set_user_data_length(stream.get(), source.bytes.size());
        opj_stream_set_read_function(stream.get(), read_source);
        opj_stream_set_skip_function(stream.get(), skip_source);
        opj_stream_set_seek_function(stream.get(), seek_source);
    }
    return stream;
}

Image decode_image(std::span<const std::byte> frame) {
    Source source{frame};
    const Stream stream = open_stream(source);
    const Codec codec{opj_create_decompress(OPJ_CODEC_J2K), &opj_destroy_codec};
    Image image{nullptr, &opj_image_destroy};
    opj_dparameters_t parameters;
    opj_set_default_decoder_parameters(&parameters);
    if (!stream || !codec || opj_setup_decoder(codec.get(), &parameters) == OPJ_FALSE ||
        opj_decoder_set_strict_mode(codec.get(), OPJ_TRUE) == OPJ_FALSE) {
        return image;
    }
    opj_image_t* made = nullptr;
    const bool begun = opj_read_header(stream.get(), codec.get(), &made) == OPJ_TRUE;
    image.reset(made);
    const bool done = begun && image && opj_decode(codec.get(), stream.get(), image.get()) == OPJ_TRUE &&
                      opj_end_decompress(codec.get(), stream.get()) == OPJ_TRUE;
    if (!done) {
        image.reset();
    }
    return image;
}

Status check_header(const Jpeg2000Header& header, const SampleShape& shape, Loss loss) {
    if (!header.reversible && loss == Loss::kForbidden) {
        return fail(Fault::kQuarantine, "a compressed frame is not proven lossless: it is not decoded");
    }
    // An unsigned stream of signed samples holds their bits; a signed one of unsigned samples, nobody knows.
    const bool sign =
        header.is_signed == shape.is_signed || (shape.is_signed && header.precision == shape.bits_stored);
    const bool fits = header.rows == shape.rows && header.columns == shape.columns &&
                      header.components == shape.samples_per_pixel && header.alike &&
                      header.precision <= shape.bits_allocated && shape.bits_allocated <= 16 &&
                      header.tiles <= kTilesMax && !header.colour_mixed && sign;
    if (!fits || (header.colour_transformed && header.components < 3)) {
        return fail(
            Fault::kQuarantine, "a compressed frame and its attributes differ in size, samples or bits",
            Where::tag(0x00280010)
        );
    }
    return {};
}

bool has_samples(const opj_image_t& image, const SampleShape& shape) {
    bool all = image.numcomps == shape.samples_per_pixel;
    for (OPJ_UINT32 i = 0; all && i < image.numcomps; ++i) {
        const opj_image_comp_t& component = image.comps[i];
        all = component.data != nullptr && component.w == shape.columns && component.h == shape.rows;
    }
    return all;
}

}  // namespace

Result<DecodedFrame> decode_jpeg2000(std::span<const std::byte> frame, const SampleShape& shape, Loss loss) {
    EFFACE_TRY(const Jpeg2000Header header, read_jpeg2000_header(frame));
    EFFACE_CHECK(check_header(header, shape, loss));
    const Image image = decode_image(frame);
    if (!image || !has_samples(*image, shape)) {
        return fail(Fault::kQuarantine, "a JPEG 2000 frame cannot be decoded", Where::tag(0x7FE00010));
    }
    const std::size_t word_bytes = shape.bits_allocated / 8;
    const std::size_t components = shape.samples_per_pixel;
    DecodedFrame decoded{.colour_transformed = header.colour_transformed};
    decoded.bytes.resize(shape.rows * shape.columns * components * word_bytes);
    for (std::size_t component = 0; component < components; ++component) {
        const OPJ_INT32* samples = image->comps[component].data;
        std::byte* to = decoded.bytes.data() + component * word_bytes;
        for (std::size_t i = 0; i < shape.rows * shape.columns; ++i, to += components * word_bytes) {
            const auto word = static_cast<std::uint32_t>(samples[i]);
            for (std::size_t byte = 0; byte < word_bytes; ++byte) {
                to[byte] = static_cast<std::byte>((word >> (8 * byte)) & 0xFFU);
            }
        }
    }
    return decoded;
}

}  // namespace efface::pipeline
