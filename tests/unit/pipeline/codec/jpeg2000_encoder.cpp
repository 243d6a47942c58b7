// JPEG 2000 through OpenJPEG.
#include "tests/unit/pipeline/codec/encoders.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <openjpeg.h>

namespace efface::testing {
namespace {

struct Sink {
    Bytes bytes;
    std::size_t at = 0;
};

OPJ_SIZE_T write_sink(void* buffer, OPJ_SIZE_T count, void* user) {
    Sink& sink = *static_cast<Sink*>(user);
    if (sink.bytes.size() < sink.at + count) {
        sink.bytes.resize(sink.at + count);
    }
    std::memcpy(sink.bytes.data() + sink.at, buffer, count);
    sink.at += count;
    return count;
}

OPJ_OFF_T skip_sink(OPJ_OFF_T count, void* user) {
    static_cast<Sink*>(user)->at += static_cast<std::size_t>(count);
    return count;
}

OPJ_BOOL seek_sink(OPJ_OFF_T to, void* user) {
    static_cast<Sink*>(user)->at = static_cast<std::size_t>(to);
    return OPJ_TRUE;
}

opj_image_t* image_of(const Picture& picture) {
    const auto& shape = picture.shape;
    std::array<opj_image_cmptparm_t, 3> components{};
    for (opj_image_cmptparm_t& component : components) {
        component.dx = component.dy = 1;
        component.w = static_cast<OPJ_UINT32>(shape.columns);
        component.h = static_cast<OPJ_UINT32>(shape.rows);
        component.prec = static_cast<OPJ_UINT32>(shape.bits_stored);
        component.sgnd = shape.is_signed ? 1 : 0;
    }
    const auto count = static_cast<OPJ_UINT32>(shape.samples_per_pixel);
    opj_image_t* image =
        opj_image_create(count, components.data(), count == 3 ? OPJ_CLRSPC_SRGB : OPJ_CLRSPC_GRAY);
    image->x1 = static_cast<OPJ_UINT32>(shape.columns);
    image->y1 = static_cast<OPJ_UINT32>(shape.rows);
    for (std::size_t i = 0; i < picture.samples.size(); ++i) {
        image->comps[i % count].data[i / count] = picture.samples[i];
    }
    return image;
}

}  // namespace

Bytes encode_jpeg2000(const Picture& picture, const Jpeg2000Options& options) {
    opj_cparameters_t parameters;
    opj_set_default_encoder_parameters(&parameters);
    parameters.numresolution = options.resolutions;
    parameters.irreversible = options.irreversible ? 1 : 0;
    parameters.tcp_mct = options.colour_transform ? 1 : 0;
    if (options.tile != 0) {
        parameters.tile_size_on = OPJ_TRUE;
        parameters.cp_tdx = parameters.cp_tdy = static_cast<int>(options.tile);
    }
    Sink sink;
    opj_image_t* image = image_of(picture);
    opj_codec_t* codec = opj_create_compress(OPJ_CODEC_J2K);
    opj_stream_t* stream = opj_stream_default_create(OPJ_FALSE);
    opj_stream_set_user_data(stream, &sink, nullptr);
    opj_stream_set_write_function(stream, write_sink);
    opj_stream_set_skip_function(stream, skip_sink);
    opj_stream_set_seek_function(stream, seek_sink);
    EXPECT_TRUE(opj_setup_encoder(codec, &parameters, image));
    EXPECT_TRUE(opj_start_compress(codec, image, stream));
    EXPECT_TRUE(opj_encode(codec, stream));
    EXPECT_TRUE(opj_end_compress(codec, stream));
    opj_stream_destroy(stream);
    opj_destroy_codec(codec);
    opj_image_destroy(image);
    return sink.bytes;
}

}  // namespace efface::testing
