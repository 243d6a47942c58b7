// JPEG Lossless, process 14 (PS3.5 A.4.1) through DCMTK's copies of the IJG library, which alone in
// Debian know it: one each for samples of 8, 12 and 16 bits. The one of 12 bits reads lossy JPEG as well.
#include "pipeline/codec/codecs.h"
#include "pipeline/codec/jpeg_header.h"

#include <dcmtk/config/osconfig.h>

#include <dcmtk/dcmjpeg/djcparam.h>
#include <dcmtk/dcmjpeg/djdijg12.h>
#include <dcmtk/dcmjpeg/djdijg16.h>
#include <dcmtk/dcmjpeg/djdijg8.h>
#include <dcmtk/oflog/oflog.h>

#include <cstring>
#include <limits>
#include <mutex>

namespace efface::pipeline {
namespace {

// The library goes on after a broken Huffman code and calls that a warning; here it ends the frame.
template <class Decoder>
class StrictDecoder : public Decoder {
public:
    using Decoder::Decoder;

    void emitMessage(int level) const override { warned_ = warned_ || level < 0; }

    bool warned() const { return warned_; }

private:
    mutable bool warned_ = false;
};

// No colour conversion: what a sample means is for Photometric Interpretation to say.
const DJCodecParameter& parameters() {
    static const DJCodecParameter instance{ECC_lossyYCbCr, EDC_never, EUC_never, EPC_colorByPixel};
    return instance;
}

template <class Decoder>
bool decode(std::span<const std::byte> frame, std::span<std::byte> samples) {
    StrictDecoder<Decoder> decoder{parameters(), OFFalse};
    if (decoder.init().bad()) {
        return false;
    }
    // The library takes a pointer to bytes that it may change.
    std::vector<Uint8> stream(frame.size());
    std::memcpy(stream.data(), frame.data(), frame.size());
    const OFCondition result = decoder.decode(
        stream.data(), static_cast<Uint32>(stream.size()), reinterpret_cast<Uint8*>(samples.data()),
        static_cast<Uint32>(samples.size()), OFFalse
    );
    return result.good() && !decoder.warned();
}

}  // namespace

void silence_ijg() {
    static std::once_flag once;
    std::call_once(once, [] { OFLog::configure(OFLogger::OFF_LOG_LEVEL); });
}

bool decode_by_ijg(std::uint64_t precision, std::span<const std::byte> frame, std::span<std::byte> samples) {
    constexpr std::uint64_t kBytesMax = std::numeric_limits<Uint32>::max();
    if (frame.size() > kBytesMax || samples.size() > kBytesMax) {
        return false;
    }
    silence_ijg();
    if (precision <= 8) {
        return decode<DJDecompressIJG8Bit>(frame, samples);
    }
    return precision <= 12 ? decode<DJDecompressIJG12Bit>(frame, samples)
                           : decode<DJDecompressIJG16Bit>(frame, samples);
}

Result<DecodedFrame> decode_jpeg_lossless(std::span<const std::byte> frame, const SampleShape& shape) {
    EFFACE_TRY(const JpegHeader header, read_jpeg_header(frame, false));
    EFFACE_CHECK(check_jpeg_header(header, kStartOfFrameLossless, shape));
    const std::size_t sample_bytes = header.precision <= 8 ? 1 : 2;
    std::vector<std::byte> samples(shape.rows * shape.columns * shape.samples_per_pixel * sample_bytes);
    if (!decode_by_ijg(header.precision, frame, samples)) {
        return fail(Fault::kQuarantine, "a JPEG frame cannot be decoded", Where::tag(0x7FE00010));
    }
    return DecodedFrame{.bytes = widen(std::move(samples), sample_bytes, shape.bits_allocated / 8)};
}

}  // namespace efface::pipeline
