#include "pipeline/pixel/native_image.h"

#include "pipeline/scan/scanner.h"

#include <algorithm>
#include <limits>

namespace efface::pipeline {

namespace {

constexpr Where kAtPixelData = Where::tag(0x7FE00010);
/// Of all frames: what a worker holds beside the original.
constexpr std::uint64_t kJudgedBytesMax = std::uint64_t{1} << 30U;
constexpr std::uint64_t kColumnsMax = 65'535;
/// Searched one by one, twice by the cleaner and twice by the gate, within a worker's deadline.
constexpr std::uint64_t kSearchedFramesMax = 32;
constexpr rules::Tag kPlanarConfiguration{0x0028, 0x0006};

/// 0 where it is absent.
Result<std::uint16_t> planar_configuration(
    std::span<const std::byte> data_set, const rules::TransferSyntax& syntax
) {
    Scanner scanner{data_set, syntax};
    for (;;) {
        EFFACE_TRY(const Event event, scanner.next());
        if (event.kind == EventKind::kEnd || event.kind == EventKind::kPixelBegin) {
            return std::uint16_t{0};
        }
        if (event.kind == EventKind::kElement && event.depth == 0 && event.tag == kPlanarConfiguration) {
            return first_u16(event).value_or(0);
        }
    }
}

Status unjudged(Literal why) {
    return fail(Fault::kQuarantine, why, kAtPixelData);
}

Status check_shape(const PixelScan& scan, std::string_view photometric) {
    const PixelShape& shape = scan.shape;
    const bool colour = shape.samples_per_pixel == 3;
    const bool photometric_known = colour ? photometric == "RGB" || photometric == "YBR_FULL"
                                          : photometric == "MONOCHROME1" || photometric == "MONOCHROME2";
    if (!photometric_known) {
        return unjudged("samples of this Photometric Interpretation are not searched in this version");
    }
    const bool depth_known = shape.bits_allocated == 8 || (!colour && shape.bits_allocated == 16);
    const bool bits_agree = shape.bits_stored >= 1 && shape.bits_stored <= shape.bits_allocated &&
                            shape.high_bit + 1 == shape.bits_stored;
    if (!depth_known || !bits_agree || (colour && shape.bits_stored != 8)) {
        return unjudged("samples of this depth are not searched in this version");
    }
    if (shape.rows == 0 || shape.columns == 0 || shape.columns > kColumnsMax || shape.rows > kColumnsMax ||
        shape.number_of_frames == 0) {
        return unjudged("Pixel Data has no frame to search");
    }
    return {};
}

std::string black_of(const PixelScan& scan, std::string_view photometric) {
    if (scan.shape.samples_per_pixel == 3) {
        return photometric == "RGB" ? std::string{"\0\0\0", 3} : std::string{"\0\x80\x80", 3};
    }
    const std::uint64_t stored = scan.shape.bits_stored;
    const std::uint64_t all = (std::uint64_t{1} << stored) - 1;
    const std::uint64_t sign = scan.shape.is_signed ? std::uint64_t{1} << (stored - 1) : 0;
    // The smallest value of MONOCHROME2 and the largest of MONOCHROME1; a negative one fills the bits above.
    std::uint64_t value = photometric == "MONOCHROME2" ? sign : all & ~sign;
    if (photometric == "MONOCHROME2" && sign != 0) {
        value |= ~all;
    }
    std::string bytes(scan.shape.bits_allocated / 8, '\0');
    for (char& byte : bytes) {
        byte = static_cast<char>(value & 0xFFU);
        value >>= 8U;
    }
    return bytes;
}

std::uint8_t clamp_byte(double value) {
    return static_cast<std::uint8_t>(std::clamp(value + 0.5, 0.0, 255.0));
}

}  // namespace

Result<NativeImage> NativeImage::of(const PixelScan& scan, std::string_view photometric) {
    EFFACE_CHECK(check_shape(scan, photometric));
    if (scan.shape.number_of_frames > kSearchedFramesMax) {
        EFFACE_CHECK(unjudged("Pixel Data has more frames than this version searches"));
    }
    EFFACE_TRY(const std::uint64_t bytes, scan.shape.native_bytes());
    if (bytes > kJudgedBytesMax) {
        EFFACE_CHECK(unjudged("Pixel Data is larger than this version searches"));
    }
    NativeImage image;
    image.columns_ = scan.shape.columns;
    image.rows_ = scan.shape.rows;
    image.samples_per_pixel_ = scan.shape.samples_per_pixel;
    image.sample_bytes_ = scan.shape.bits_allocated / 8;
    image.frame_count_ = scan.shape.number_of_frames;
    image.bits_stored_ = scan.shape.bits_stored;
    image.high_bit_ = scan.shape.high_bit;
    image.is_signed_ = scan.shape.is_signed;
    image.is_ybr_ = photometric == "YBR_FULL";
    image.black_ = black_of(scan, photometric);
    return image;
}

Result<NativeImage> NativeImage::of_decoded(const PixelScan& scan, std::string_view photometric) {
    if (!scan.element.present || !scan.element.encapsulated) {
        EFFACE_CHECK(unjudged("there are no frames to decode"));
    }
    PixelScan decoded = scan;
    decoded.shape.subsampled_422 = false;  // A decoder gives every pixel all of its samples.
    return of(decoded, photometric);
}

Result<NativeImage> NativeImage::read(
    std::span<const std::byte> data_set, const rules::TransferSyntax& syntax
) {
    if (syntax.encapsulated || syntax.big_endian) {
        EFFACE_CHECK(unjudged("compressed or big endian samples are not searched in this version"));
    }
    EFFACE_TRY(const PixelScan scan, scan_pixel_data(data_set, syntax));
    if (!scan.element.present || scan.element.encapsulated) {
        EFFACE_CHECK(unjudged("there is no native Pixel Data to search"));
    }
    EFFACE_TRY(NativeImage image, of(scan, scan.photometric));
    if (scan.element.native.size() < image.bytes()) {
        EFFACE_CHECK(unjudged("Pixel Data is shorter than its frames"));
    }
    image.offset_ = static_cast<std::uint64_t>(scan.element.native.data() - data_set.data());
    EFFACE_TRY(const std::uint16_t planar, planar_configuration(data_set, syntax));
    image.by_plane_ = image.samples_per_pixel_ == 3 && planar == 1;
    return image;
}

std::uint64_t NativeImage::place(std::uint64_t frame, std::size_t x, std::size_t y, std::size_t channel)
    const {
    const std::uint64_t pixel = y * columns_ + x;
    const std::uint64_t sample =
        by_plane_ ? channel * columns_ * rows_ + pixel : pixel * samples_per_pixel_ + channel;
    return frame * frame_bytes() + sample * sample_bytes_;
}

std::int64_t NativeImage::grey(std::span<const std::byte> samples, std::uint64_t place) const {
    std::uint64_t value = static_cast<std::uint64_t>(samples[place]);
    if (sample_bytes_ == 2) {
        value |= static_cast<std::uint64_t>(samples[place + 1]) << 8U;
    }
    const std::uint64_t all = (std::uint64_t{1} << bits_stored_) - 1;
    value &= all;
    const std::uint64_t sign = std::uint64_t{1} << (bits_stored_ - 1);
    if (is_signed_ && (value & sign) != 0) {
        return static_cast<std::int64_t>(value) - static_cast<std::int64_t>(all) - 1;
    }
    return static_cast<std::int64_t>(value);
}

Picture NativeImage::picture(
    std::span<const std::byte> samples, std::uint64_t frame, std::span<const std::byte> like
) const {
    Picture picture{columns_, rows_, samples_per_pixel_};
    if (samples_per_pixel_ == 3) {
        for (std::size_t y = 0; y < rows_; ++y) {
            for (std::size_t x = 0; x < columns_; ++x) {
                std::uint8_t* out = &picture.samples[(y * columns_ + x) * 3];
                for (std::size_t channel = 0; channel < 3; ++channel) {
                    out[channel] = static_cast<std::uint8_t>(samples[place(frame, x, y, channel)]);
                }
                if (is_ybr_) {  // PS3.3 C.7.6.3.1.2, solved for R, G and B.
                    const double luma = out[0];
                    const double blue = out[1] - 128.0;
                    const double red = out[2] - 128.0;
                    out[0] = clamp_byte(luma + 1.402 * red);
                    out[1] = clamp_byte(luma - 0.344136 * blue - 0.714136 * red);
                    out[2] = clamp_byte(luma + 1.772 * blue);
                }
            }
        }
        return picture;
    }
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    std::int64_t most = std::numeric_limits<std::int64_t>::min();
    for (std::uint64_t at = frame * frame_bytes(); at < (frame + 1) * frame_bytes(); at += sample_bytes_) {
        const std::int64_t value = grey(like, at);
        least = std::min(least, value);
        most = std::max(most, value);
    }
    const double scale = most > least ? 255.0 / static_cast<double>(most - least) : 0.0;
    std::size_t pixel = 0;
    for (std::uint64_t at = frame * frame_bytes(); at < (frame + 1) * frame_bytes(); at += sample_bytes_) {
        picture.samples[pixel++] = clamp_byte(static_cast<double>(grey(samples, at) - least) * scale);
    }
    return picture;
}

}  // namespace efface::pipeline
