// JPEG Lossless, process 14 with the first predictor (PS3.5 A.4.1), through DCMTK's copies of the IJG
// library.
#include "pipeline/codec/codecs.h"
#include "pipeline/codec/jpeg_header.h"

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmjpeg/djcparam.h>
#include <dcmtk/dcmjpeg/djeijg12.h>
#include <dcmtk/dcmjpeg/djeijg16.h>
#include <dcmtk/dcmjpeg/djeijg8.h>

#include <memory>

namespace efface::pipeline {
namespace {

constexpr int kFirstPredictor = 1;  // The only one of 1.2.840.10008.1.2.4.70.

template <class Base>
class StrictEncoder final : public Base {
public:
    using Base::Base;

    void emitMessage(void* /*library*/, int level) const override { warned_ = warned_ || level < 0; }

    bool warned() const { return warned_; }

private:
    mutable bool warned_ = false;
};

const DJCodecParameter& parameters() {
    static const DJCodecParameter instance{ECC_lossyYCbCr, EDC_never, EUC_never, EPC_colorByPixel,
                                           OFFalse,        OFFalse,   OFFalse,   /*pOptimizeHuffman=*/OFTrue};
    return instance;
}

/// Nothing is converted: it says which markers tell a reader what the components are.
EP_Interpretation interpretation(const NewFrame& frame, const SampleShape& shape) {
    if (shape.samples_per_pixel == 1) {
        return EPI_Monochrome2;
    }
    return frame.photometric == "RGB" ? EPI_RGB : EPI_YBR_Full;
}

template <class Base, class Sample>
Result<std::vector<std::byte>> encode(
    const NewFrame& frame, const SampleShape& shape, std::uint64_t precision
) {
    std::vector<Sample> samples = narrowed<Sample>(frame.samples, shape.bits_allocated / 8, precision);
    StrictEncoder<Base> encoder{parameters(), EJM_lossless, kFirstPredictor, /*ptrans=*/0};
    Uint8* made = nullptr;
    Uint32 length = 0;
    const OFCondition done = encoder.encode(
        static_cast<Uint16>(shape.columns), static_cast<Uint16>(shape.rows), interpretation(frame, shape),
        static_cast<Uint16>(shape.samples_per_pixel), samples.data(), made, length
    );
    const std::unique_ptr<Uint8[]> stream{made};  // NOLINT(*-avoid-c-arrays): the library's.
    if (done.bad() || !stream || encoder.warned()) {
        return fail(Fault::kQuarantine, "a JPEG frame cannot be encoded", Where::tag(0x7FE00010));
    }
    const auto* bytes = reinterpret_cast<const std::byte*>(stream.get());
    return std::vector<std::byte>{bytes, bytes + length};
}

}  // namespace

Result<std::vector<std::byte>> encode_jpeg_lossless(const NewFrame& frame, const SampleShape& shape) {
    EFFACE_TRY(const JpegHeader header, read_jpeg_header(frame.replaced, false));
    EFFACE_CHECK(check_jpeg_header(header, kStartOfFrameLossless, shape));
    silence_ijg();
    // The library knows three depths.
    const std::uint64_t precision = std::max(header.precision, shape.bits_stored);
    if (precision <= 8) {
        return encode<DJCompressIJG8Bit, Uint8>(frame, shape, precision);
    }
    return precision <= 12 ? encode<DJCompressIJG12Bit, Uint16>(frame, shape, precision)
                           : encode<DJCompressIJG16Bit, Uint16>(frame, shape, precision);
}

}  // namespace efface::pipeline
