// JPEG process 14 through DCMTK's copies of the IJG library.
#include "tests/unit/pipeline/codec/encoders.h"

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmjpeg/djcparam.h>
#include <dcmtk/dcmjpeg/djeijg12.h>
#include <dcmtk/dcmjpeg/djeijg16.h>
#include <dcmtk/dcmjpeg/djeijg8.h>
#include <gtest/gtest.h>

namespace efface::testing {
namespace {

template <class Encoder, class Sample>
Bytes encode_with(Encoder& encoder, const Picture& picture) {
    std::vector<Sample> samples;
    for (const std::int32_t sample : picture.samples) {
        samples.push_back(static_cast<Sample>(sample));
    }
    Uint8* stream = nullptr;
    Uint32 length = 0;
    const auto& shape = picture.shape;
    const OFCondition done = encoder.encode(
        static_cast<Uint16>(shape.columns), static_cast<Uint16>(shape.rows),
        shape.samples_per_pixel == 3 ? EPI_RGB : EPI_Monochrome2,
        static_cast<Uint16>(shape.samples_per_pixel), samples.data(), stream, length
    );
    EXPECT_TRUE(done.good());
    const auto* begin = reinterpret_cast<const std::byte*>(stream);
    Bytes bytes{begin, begin + length};
    delete[] stream;
    return bytes;
}

const DJCodecParameter& parameters() {
    static const DJCodecParameter instance{ECC_lossyYCbCr, EDC_never, EUC_never, EPC_colorByPixel};
    return instance;
}

template <class Encoder, class Sample>
Bytes encode(const Picture& picture, int predictor, int point_transform) {
    Encoder encoder{parameters(), EJM_lossless, predictor, point_transform};
    return encode_with<Encoder, Sample>(encoder, picture);
}

}  // namespace

Bytes encode_jpeg_deep(const Picture& picture, bool progressive) {
    DJCompressIJG12Bit encoder{parameters(), progressive ? EJM_progressive : EJM_sequential, 90};
    return encode_with<DJCompressIJG12Bit, Uint16>(encoder, picture);
}

Bytes encode_jpeg(const Picture& picture, int predictor, int point_transform) {
    if (picture.shape.bits_stored <= 8) {
        return encode<DJCompressIJG8Bit, Uint8>(picture, predictor, point_transform);
    }
    return picture.shape.bits_stored <= 12
               ? encode<DJCompressIJG12Bit, Uint16>(picture, predictor, point_transform)
               : encode<DJCompressIJG16Bit, Uint16>(picture, predictor, point_transform);
}

}  // namespace efface::testing
