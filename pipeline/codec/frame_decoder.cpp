// See frame_decoder.h: which codec a syntax has, and the bounds that hold for all.
#include "pipeline/codec/frame_decoder.h"

#include "pipeline/codec/codecs.h"

#include <array>
#include <exception>

namespace efface::pipeline {
namespace {

struct Codec {
    std::string_view syntax_uid;
    Result<DecodedFrame> (*decode)(std::span<const std::byte>, const SampleShape&);
};

Result<DecodedFrame> decode_lossless_jpeg_ls(std::span<const std::byte> frame, const SampleShape& shape) {
    return decode_jpeg_ls(frame, shape, Loss::kForbidden);
}

Result<DecodedFrame> decode_lossless_jpeg2000(std::span<const std::byte> frame, const SampleShape& shape) {
    return decode_jpeg2000(frame, shape, Loss::kForbidden);
}

constexpr std::array kCodecs{
    Codec{"1.2.840.10008.1.2.5", decode_rle},
    Codec{"1.2.840.10008.1.2.4.57", decode_jpeg_lossless},
    Codec{"1.2.840.10008.1.2.4.70", decode_jpeg_lossless},
    Codec{"1.2.840.10008.1.2.4.80", decode_lossless_jpeg_ls},
    Codec{"1.2.840.10008.1.2.4.90", decode_lossless_jpeg2000},
};

const Codec* find_codec(std::string_view syntax_uid) {
    for (const Codec& codec : kCodecs) {
        if (codec.syntax_uid == syntax_uid) {
            return &codec;
        }
    }
    return nullptr;
}

}  // namespace

Result<std::uint64_t> SampleShape::frame_bytes() const {
    constexpr std::uint64_t kU16Max = 65535;
    const bool words = bits_allocated == 8 || bits_allocated == 16 || bits_allocated == 32;
    const bool bits = bits_stored > 0 && bits_stored <= high_bit + 1 && high_bit < bits_allocated;
    const bool colours = samples_per_pixel == 1 || samples_per_pixel == 3;
    if (!words || !bits || !colours || rows == 0 || columns == 0 || rows > kU16Max || columns > kU16Max) {
        return fail(Fault::kQuarantine, "samples of this shape are not decoded", Where::tag(0x00280100));
    }
    const std::uint64_t samples = rows * columns * samples_per_pixel;
    if (samples > kDecodedFrameSamplesMax) {
        return fail(Fault::kQuarantine, "a frame is too large to be decoded", Where::tag(0x00280010));
    }
    return samples * (bits_allocated / 8);
}

bool is_decodable(const rules::TransferSyntax& syntax) {
    return find_codec(syntax.uid) != nullptr;
}

Result<DecodedFrame> decode_frame(
    const rules::TransferSyntax& syntax, std::span<const std::byte> frame, const SampleShape& shape
) {
    const Codec* codec = find_codec(syntax.uid);
    if (codec == nullptr) {
        return fail(Fault::kQuarantine, "frames of this transfer syntax are not decoded");
    }
    EFFACE_TRY(const std::uint64_t bytes, shape.frame_bytes());
    try {
        EFFACE_TRY(DecodedFrame decoded, codec->decode(frame, shape));
        if (decoded.bytes.size() != bytes) {
            return fail(Fault::kQuarantine, "a frame does not decode to its size", Where::tag(0x7FE00010));
        }
        return decoded;
    } catch (const std::exception&) {
        return fail(Fault::kQuarantine, "a frame needs more memory for decoding than a worker may use");
    }
}

std::vector<std::byte> widen(std::vector<std::byte> samples, std::size_t from_bytes, std::size_t word_bytes) {
    if (from_bytes == word_bytes) {
        return samples;
    }
    std::vector<std::byte> words(samples.size() / from_bytes * word_bytes);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        words[i / from_bytes * word_bytes + i % from_bytes] = samples[i];
    }
    return words;
}

}  // namespace efface::pipeline
