// JPEG 2000 with the reversible 5-3 wavelet (PS3.5 A.4.4) through OpenJPEG: one tile, one layer.
#include "pipeline/codec/codecs.h"
#include "pipeline/codec/jpeg2000_header.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <openjpeg.h>

namespace efface::pipeline {
namespace {

constexpr int kResolutionsMax = 6;
constexpr std::string_view kTransformed = "YBR_RCT";

/// The codestream as the library writes it.
struct Sink {
    std::vector<std::byte> bytes;
    std::size_t at = 0;
    std::size_t bytes_max = 0;
};

OPJ_SIZE_T write_sink(void* buffer, OPJ_SIZE_T count, void* user) {
    Sink& sink = *static_cast<Sink*>(user);
    if (count > sink.bytes_max - sink.at) {
        return static_cast<OPJ_SIZE_T>(-1);
    }
    if (sink.bytes.size() < sink.at + count) {
        // No exception may pass through the library.
        try {
            sink.bytes.resize(sink.at + count);
        } catch (const std::exception&) {
            return static_cast<OPJ_SIZE_T>(-1);
        }
    }
    std::memcpy(sink.bytes.data() + sink.at, buffer, count);
    sink.at += count;
    return count;
}

// The library goes back only to what it wrote.
OPJ_OFF_T skip_sink(OPJ_OFF_T wanted, void* user) {
    Sink& sink = *static_cast<Sink*>(user);
    if (wanted < 0 || static_cast<std::uint64_t>(wanted) > sink.bytes.size() - sink.at) {
        return -1;
    }
    sink.at += static_cast<std::size_t>(wanted);
    return wanted;
}

OPJ_BOOL seek_sink(OPJ_OFF_T to, void* user) {
    Sink& sink = *static_cast<Sink*>(user);
    if (to < 0 || static_cast<std::uint64_t>(to) > sink.bytes.size()) {
        return OPJ_FALSE;
    }
    sink.at = static_cast<std::size_t>(to);
    return OPJ_TRUE;
}

using Stream = std::unique_ptr<opj_stream_t, decltype(&opj_stream_destroy)>;
using Codec = std::unique_ptr<opj_codec_t, decltype(&opj_destroy_codec)>;
using Image = std::unique_ptr<opj_image_t, decltype(&opj_image_destroy)>;

Stream open_stream(Sink& sink) {
    Stream stream{opj_stream_default_create(OPJ_FALSE), &opj_stream_destroy};
    if (stream) {
        opj_stream_set_user_data(stream.get(), &sink, nullptr);
        opj_stream_set_write_function(stream.get(), write_sink);
        opj_stream_set_skip_function(stream.get(), skip_sink);
        opj_stream_set_seek_function(stream.get(), seek_sink);
    }
    return stream;
}

/// A sample of so many bits as the number it is.
OPJ_INT32 number_of(std::uint32_t word, std::uint64_t precision, bool is_signed) {
    const std::uint32_t range = std::uint32_t{1} << precision;
    const std::uint32_t bits = word & (range - 1);
    const bool negative = is_signed && (bits & (range >> 1U)) != 0;
    return static_cast<OPJ_INT32>(bits) - (negative ? static_cast<OPJ_INT32>(range) : 0);
}

void fill(opj_image_t& image, const NewFrame& frame, const SampleShape& shape) {
    const std::size_t word_bytes = shape.bits_allocated / 8;
    const std::byte* from = frame.samples.data();
    for (std::size_t pixel = 0; pixel < shape.rows * shape.columns; ++pixel) {
        for (OPJ_UINT32 i = 0; i < image.numcomps; ++i, from += word_bytes) {
            std::uint32_t word = 0;
            for (std::size_t byte = 0; byte < word_bytes; ++byte) {
                word |= static_cast<std::uint32_t>(from[byte]) << (8 * byte);
            }
            const opj_image_comp_t& component = image.comps[i];
            component.data[pixel] = number_of(word, component.prec, component.sgnd != 0);
        }
    }
}

Image image_of(const NewFrame& frame, const SampleShape& shape, const Jpeg2000Header& replaced) {
    std::array<opj_image_cmptparm_t, 3> components{};
    for (opj_image_cmptparm_t& component : components) {
        component.dx = component.dy = 1;
        component.w = static_cast<OPJ_UINT32>(shape.columns);
        component.h = static_cast<OPJ_UINT32>(shape.rows);
        component.prec = static_cast<OPJ_UINT32>(std::max(replaced.precision, shape.bits_stored));
        component.sgnd = replaced.is_signed ? 1 : 0;
    }
    const auto count = static_cast<OPJ_UINT32>(shape.samples_per_pixel);
    Image image{
        opj_image_create(count, components.data(), count == 3 ? OPJ_CLRSPC_SRGB : OPJ_CLRSPC_GRAY),
        &opj_image_destroy};
    if (image) {
        image->x1 = static_cast<OPJ_UINT32>(shape.columns);
        image->y1 = static_cast<OPJ_UINT32>(shape.rows);
        fill(*image, frame, shape);
    }
    return image;
}

/// As many as the shorter side can be halved.
int resolutions(const SampleShape& shape) {
    const std::uint64_t side = std::min(shape.rows, shape.columns);
    int count = 1;
    while (count < kResolutionsMax && (side >> static_cast<unsigned>(count)) != 0) {
        ++count;
    }
    return count;
}

bool encode_image(opj_image_t& image, int resolution_count, bool transform, Sink& sink) {
    opj_cparameters_t parameters;
    opj_set_default_encoder_parameters(&parameters);
    parameters.numresolution = resolution_count;
    parameters.irreversible = 0;
    parameters.tcp_mct = transform ? 1 : 0;
    parameters.tcp_numlayers = 1;
    parameters.tcp_rates[0] = 0;  // All of it.
    parameters.cp_disto_alloc = 1;
    const Stream stream = open_stream(sink);
    const Codec codec{opj_create_compress(OPJ_CODEC_J2K), &opj_destroy_codec};
    return stream && codec && opj_setup_encoder(codec.get(), &parameters, &image) == OPJ_TRUE &&
           opj_start_compress(codec.get(), &image, stream.get()) == OPJ_TRUE &&
           opj_encode(codec.get(), stream.get()) == OPJ_TRUE &&
           opj_end_compress(codec.get(), stream.get()) == OPJ_TRUE;
}

/// The library names itself in a comment of the main header; nothing points past it (no PPM, no TLM, and
/// tile-parts count from their own start).
bool cut_comments(std::vector<std::byte>& stream) {
    constexpr std::uint32_t kComment = 0xFF64;
    constexpr std::uint32_t kTilePart = 0xFF90;
    const auto u16 = [&](std::size_t at) {
        return static_cast<std::uint32_t>(stream[at]) << 8U | static_cast<std::uint32_t>(stream[at + 1]);
    };
    for (std::size_t at = 2; at + 4 <= stream.size();) {
        const std::size_t bytes = std::size_t{2} + u16(at + 2);
        if (u16(at) == kTilePart) {
            return true;
        }
        if (bytes > stream.size() - at) {
            return false;
        }
        if (u16(at) == kComment) {
            const auto begin = stream.begin() + static_cast<std::ptrdiff_t>(at);
            stream.erase(begin, begin + static_cast<std::ptrdiff_t>(bytes));
        } else {
            at += bytes;
        }
    }
    return false;
}

}  // namespace

Result<std::vector<std::byte>> encode_jpeg2000(const NewFrame& frame, const SampleShape& shape) {
    EFFACE_TRY(const Jpeg2000Header replaced, read_jpeg2000_header(frame.replaced));
    // Of one sign: what the decoder gave would be other words else.
    const bool fits = replaced.precision >= 1 && replaced.precision <= shape.bits_allocated &&
                      (!replaced.is_signed || shape.is_signed);
    Sink sink{.bytes = {}, .bytes_max = encoded_bytes_max(frame.samples.size())};
    const Image image = fits ? image_of(frame, shape, replaced) : Image{nullptr, &opj_image_destroy};
    const bool transform = frame.photometric == kTransformed && shape.samples_per_pixel == 3;
    if (!image || !encode_image(*image, resolutions(shape), transform, sink) || !cut_comments(sink.bytes)) {
        return fail(Fault::kQuarantine, "a JPEG 2000 frame cannot be encoded", Where::tag(0x7FE00010));
    }
    return std::vector<std::byte>{sink.bytes.begin(), sink.bytes.end()};
}

}  // namespace efface::pipeline
