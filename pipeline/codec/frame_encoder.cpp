// See frame_encoder.h: which encoder a syntax has, and the bounds that hold for all.
#include "pipeline/codec/frame_encoder.h"

#include "pipeline/codec/codecs.h"

#include <array>
#include <exception>

namespace efface::pipeline {
namespace {

constexpr Where kAtPixelData = Where::tag(0x7FE00010);
constexpr std::uint64_t kSideMax = 65'535;
constexpr std::uint64_t kIjgSideMax = 65'500;  // JPEG_MAX_DIMENSION: the library encodes no more.

struct Encoder {
    std::string_view syntax_uid;
    std::uint64_t side_max = 0;
    std::uint64_t bits_max = 0;  ///< Bits Allocated, as in the decoders.
    Result<std::vector<std::byte>> (*encode)(const NewFrame&, const SampleShape&);
};

constexpr std::array kEncoders{
    Encoder{"1.2.840.10008.1.2.5", kSideMax, 32, encode_rle},
    Encoder{"1.2.840.10008.1.2.4.57", kIjgSideMax, 16, encode_jpeg_lossless},
    Encoder{"1.2.840.10008.1.2.4.70", kIjgSideMax, 16, encode_jpeg_lossless},
    Encoder{"1.2.840.10008.1.2.4.80", kSideMax, 16, encode_jpeg_ls},
    Encoder{"1.2.840.10008.1.2.4.90", kSideMax, 16, encode_jpeg2000},
};

const Encoder* find_encoder(const rules::TransferSyntax& syntax, const SampleShape& shape) {
    for (const Encoder& encoder : kEncoders) {
        if (encoder.syntax_uid == syntax.uid) {
            const bool fits = shape.rows <= encoder.side_max && shape.columns <= encoder.side_max &&
                              shape.bits_allocated <= encoder.bits_max && shape.frame_bytes().has_value();
            return fits ? &encoder : nullptr;
        }
    }
    return nullptr;
}

}  // namespace

bool is_encodable(const rules::TransferSyntax& syntax, const SampleShape& shape) {
    return find_encoder(syntax, shape) != nullptr;
}

Result<std::vector<std::byte>> encode_frame(
    const rules::TransferSyntax& syntax, const NewFrame& frame, const SampleShape& shape
) {
    const Encoder* encoder = find_encoder(syntax, shape);
    if (encoder == nullptr) {
        return fail(Fault::kQuarantine, "frames of this shape are not encoded", kAtPixelData);
    }
    EFFACE_TRY(const std::uint64_t bytes, shape.frame_bytes());
    if (frame.samples.size() != bytes) {
        return fail(Fault::kQuarantine, "a frame to be encoded has not its size", kAtPixelData);
    }
    try {
        EFFACE_TRY(std::vector<std::byte> encoded, encoder->encode(frame, shape));
        if (encoded.size() > encoded_bytes_max(bytes)) {
            return fail(Fault::kQuarantine, "a frame grows too much when it is encoded", kAtPixelData);
        }
        encoded.resize(encoded.size() + encoded.size() % 2);
        return encoded;
    } catch (const std::exception&) {
        return fail(Fault::kQuarantine, "a frame needs more memory for encoding than a worker may use");
    }
}

}  // namespace efface::pipeline
