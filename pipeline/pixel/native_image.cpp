#include "pipeline/pixel/native_image.h"

#include "pipeline/pixel/value_window.h"
#include "pipeline/scan/scanner.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace efface::pipeline {

namespace {

constexpr Where kAtPixelData = Where::tag(0x7FE00010);
/// Of all frames: what a worker holds beside the original.
constexpr std::uint64_t kJudgedBytesMax = std::uint64_t{1} << 30U;
constexpr std::uint64_t kColumnsMax = 65'535;
/// What a worker's deadline has room for, at half size and quickly (cine.h), with much to spare.
constexpr std::uint64_t kSearchedFramesMax = 4096;
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

bool is_grey(std::string_view photometric) {
    return photometric == "MONOCHROME1" || photometric == "MONOCHROME2";
}

bool is_known(const PixelShape& shape, std::string_view photometric) {
    if (shape.samples_per_pixel == 3) {
        return photometric == "RGB" || photometric == "YBR_FULL" ||
               (photometric == "YBR_FULL_422" && shape.subsampled_422);
    }
    return shape.samples_per_pixel == 1 && (is_grey(photometric) || photometric == "PALETTE COLOR");
}

bool has_known_depth(const PixelShape& shape, std::string_view photometric) {
    const std::uint64_t bits = shape.bits_allocated;
    if (shape.samples_per_pixel == 3) {
        return bits == 8 || (!shape.subsampled_422 && (bits == 16 || bits == 32));
    }
    return bits == 8 || bits == 16 ||
           (photometric != "PALETTE COLOR" && ((bits == 1 && !shape.is_signed) || bits == 32));
}

Status check_shape(const PixelScan& scan, std::string_view photometric) {
    const PixelShape& shape = scan.shape;
    if (!is_known(shape, photometric)) {
        return unjudged("samples of this Photometric Interpretation are not searched in this version");
    }
    // Readers differ in what black is of the one, and where the samples lie of the other.
    if (shape.is_signed && !is_grey(photometric)) {
        return unjudged("signed colour is not searched in this version");
    }
    if (shape.bits_stored < 1 || shape.bits_stored > shape.bits_allocated ||
        shape.high_bit + 1 != shape.bits_stored) {
        return unjudged("samples that do not lie in the low bits are not searched in this version");
    }
    if (!has_known_depth(shape, photometric)) {
        return unjudged("samples of this depth are not searched in this version");
    }
    return {};
}

Status check_size(const PixelShape& shape) {
    if (shape.rows == 0 || shape.columns == 0 || shape.columns > kColumnsMax || shape.rows > kColumnsMax ||
        shape.number_of_frames == 0) {
        return unjudged("Pixel Data has no frame to search");
    }
    if (shape.number_of_frames > kSearchedFramesMax) {
        return unjudged("Pixel Data has more frames than this version searches");
    }
    return {};
}

Status check_bytes(const NativeImage& image) {
    // At most 2^32 x 3 x 8 bytes and kSearchedFramesMax frames: fits 64 bits.
    return image.bytes() > kJudgedBytesMax ? unjudged("Pixel Data is larger than this version searches")
                                           : Status{};
}

/// PS3.3 C.7.6.24 and C.7.6.25: one sample a pixel, MONOCHROME2, of the bits that the element says.
Status check_floats(const PixelScan& scan) {
    const Event& header = scan.floats.header;
    const bool own_vr = header.vr == (header.tag == kFloatPixelData ? rules::Vr::OF : rules::Vr::OD);
    if (scan.photometric != "MONOCHROME2" || scan.shape.samples_per_pixel != 1 || !own_vr ||
        scan.shape.bits_allocated != 8 * scan.floats.sample_bytes()) {
        return fail(
            Fault::kQuarantine, "Float Pixel Data of this shape is not searched", Where::tag(header.tag.value)
        );
    }
    return {};
}

std::string little_endian(std::uint64_t value, std::size_t bytes) {
    std::string text(bytes, '\0');
    for (char& byte : text) {
        byte = static_cast<char>(value & 0xFFU);
        value >>= 8U;
    }
    return text;
}

std::size_t sample_bytes(const PixelShape& shape) {
    return std::max<std::size_t>(1, shape.bits_allocated / 8);
}

std::string black_of(const PixelScan& scan, std::string_view photometric) {
    const std::uint64_t stored = scan.shape.bits_stored;
    if (scan.shape.samples_per_pixel == 3) {
        const std::uint64_t no_colour = photometric == "RGB" ? 0 : std::uint64_t{1} << (stored - 1);
        const std::string chroma = little_endian(no_colour, sample_bytes(scan.shape));
        return little_endian(0, sample_bytes(scan.shape)) + chroma + chroma;
    }
    const std::uint64_t all = (std::uint64_t{1} << stored) - 1;
    const std::uint64_t sign = scan.shape.is_signed ? std::uint64_t{1} << (stored - 1) : 0;
    // The smallest value of MONOCHROME2 and the largest of MONOCHROME1; a negative one fills the bits above.
    std::uint64_t value = photometric == "MONOCHROME2" ? sign : all & ~sign;
    if (photometric == "MONOCHROME2" && sign != 0) {
        value |= ~all;
    }
    return little_endian(value, sample_bytes(scan.shape));
}

/// PS3.3 C.7.6.3.1.2, solved for R, G and B; chroma from the middle of its range on.
std::array<double, 3> rgb_of(double luma, double blue, double red) {
    return {luma + 1.402 * red, luma - 0.344136 * blue - 0.714136 * red, luma + 1.772 * blue};
}

std::uint8_t clamp_byte(double value) {
    return static_cast<std::uint8_t>(std::clamp(value + 0.5, 0.0, 255.0));
}

}  // namespace

Result<NativeImage> NativeImage::of(
    std::span<const std::byte> data_set, const rules::TransferSyntax& syntax, const PixelScan& scan,
    std::string_view photometric
) {
    EFFACE_CHECK(check_shape(scan, photometric));
    EFFACE_CHECK(check_size(scan.shape));
    NativeImage image;
    image.columns_ = scan.shape.columns;
    image.rows_ = scan.shape.rows;
    image.samples_per_pixel_ = scan.shape.samples_per_pixel;
    image.sample_bytes_ = efface::pipeline::sample_bytes(scan.shape);
    image.frame_count_ = scan.shape.number_of_frames;
    image.bits_stored_ = scan.shape.bits_stored;
    image.high_bit_ = scan.shape.high_bit;
    image.is_signed_ = scan.shape.is_signed;
    image.is_inverted_ = photometric == "MONOCHROME1";
    image.half_chroma_ = photometric == "YBR_FULL_422";
    image.is_ybr_ = image.half_chroma_ || photometric == "YBR_FULL";
    image.is_packed_ = scan.shape.bits_allocated == 1;
    EFFACE_CHECK(check_bytes(image));
    if (photometric == "PALETTE COLOR") {
        EFFACE_TRY(image.palette_, Palette::read(data_set, syntax));
        const auto largest = static_cast<std::int64_t>((std::uint64_t{1} << image.bits_stored_) - 1);
        const auto darkest = static_cast<std::uint64_t>(image.palette_->darkest(largest));
        image.black_ = little_endian(darkest, image.sample_bytes_);
    } else {
        image.black_ = black_of(scan, photometric);
    }
    return image;
}

Result<NativeImage> NativeImage::of_floats(const PixelScan& scan) {
    EFFACE_CHECK(check_floats(scan));
    EFFACE_CHECK(check_size(scan.shape));
    NativeImage image;
    image.columns_ = scan.shape.columns;
    image.rows_ = scan.shape.rows;
    image.sample_bytes_ = scan.floats.sample_bytes();
    image.frame_count_ = scan.shape.number_of_frames;
    image.is_float_ = true;
    EFFACE_CHECK(check_bytes(image));
    image.black_.assign(image.sample_bytes_, '\0');
    return image;
}

Result<NativeImage> NativeImage::of_decoded(
    std::span<const std::byte> data_set, const rules::TransferSyntax& syntax, const PixelScan& scan,
    std::string_view photometric
) {
    if (!scan.element.present || !scan.element.encapsulated) {
        EFFACE_CHECK(unjudged("there are no frames to decode"));
    }
    if (scan.shape.bits_allocated == 1) {
        EFFACE_CHECK(unjudged("compressed frames of single bits are not searched in this version"));
    }
    PixelScan decoded = scan;
    decoded.shape.subsampled_422 = false;  // A decoder gives every pixel all of its samples.
    return of(data_set, syntax, decoded, photometric);
}

Result<NativeImage> NativeImage::read(
    std::span<const std::byte> data_set, const rules::TransferSyntax& syntax
) {
    EFFACE_TRY(const PixelScan scan, scan_pixel_data(data_set, syntax));
    if (scan.floats.present) {
        return of_floats(scan);
    }
    if (syntax.encapsulated || !scan.element.present || scan.element.encapsulated) {
        EFFACE_CHECK(unjudged("there is no native Pixel Data to search"));
    }
    EFFACE_TRY(NativeImage image, of(data_set, syntax, scan, scan.photometric));
    EFFACE_TRY(const std::uint16_t planar, planar_configuration(data_set, syntax));
    image.by_plane_ = image.samples_per_pixel_ == 3 && planar == 1;
    if (image.by_plane_ && image.half_chroma_) {
        EFFACE_CHECK(unjudged("4:2:2 samples are not stored by plane"));
    }
    return image;
}

std::uint64_t NativeImage::place(std::uint64_t frame, std::size_t x, std::size_t y, std::size_t channel)
    const {
    const std::uint64_t pixel = y * columns_ + x;
    if (half_chroma_) {  // Y1 Y2 Cb Cr (PS3.3 C.7.6.3.1.2).
        return frame * frame_bytes() + pixel / 2 * 4 + (channel == 0 ? pixel % 2 : channel + 1);
    }
    const std::uint64_t sample =
        by_plane_ ? channel * columns_ * rows_ + pixel : pixel * samples_per_pixel_ + channel;
    return frame * frame_bytes() + sample * sample_bytes_;
}

std::int64_t NativeImage::grey(std::span<const std::byte> samples, std::uint64_t place) const {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sample_bytes_; ++i) {
        value |= static_cast<std::uint64_t>(samples[place + i]) << (8 * i);
    }
    const std::uint64_t all = (std::uint64_t{1} << bits_stored_) - 1;
    value &= all;
    const std::uint64_t sign = std::uint64_t{1} << (bits_stored_ - 1);
    if (is_signed_ && (value & sign) != 0) {
        return static_cast<std::int64_t>(value) - static_cast<std::int64_t>(all) - 1;
    }
    return static_cast<std::int64_t>(value);
}

double NativeImage::value(std::span<const std::byte> samples, std::uint64_t place) const {
    if (!is_float_) {
        return static_cast<double>(grey(samples, place));
    }
    if (sample_bytes_ == sizeof(float)) {
        float sample = 0;
        std::memcpy(&sample, &samples[place], sizeof(sample));
        return sample;
    }
    double sample = 0;
    std::memcpy(&sample, &samples[place], sizeof(sample));
    return sample;
}

void NativeImage::put(std::span<std::byte> samples, std::uint64_t place, double value) const {
    EFFACE_ASSERT(!is_float_);
    const std::int64_t values = std::int64_t{1} << bits_stored_;
    const std::int64_t least = is_signed_ ? -values / 2 : 0;
    const std::int64_t stored = std::clamp<std::int64_t>(std::llround(value), least, least + values - 1);
    for (std::size_t i = 0; i < sample_bytes_; ++i) {
        samples[place + i] = static_cast<std::byte>(static_cast<std::uint64_t>(stored) >> (8 * i));
    }
}

Picture NativeImage::picture(
    std::span<const std::byte> samples, std::uint64_t frame, std::span<const std::byte> like
) const {
    if (palette_) {
        return palette_picture(samples, frame);
    }
    if (samples_per_pixel_ == 1) {
        return grey_picture(samples, frame, like);
    }
    return bits_stored_ == 8 ? colour_of_bytes(samples, frame) : colour_picture(samples, frame, like);
}

// The usual depth, in long cines frame after frame: without a window and without a detour.
Picture NativeImage::colour_of_bytes(std::span<const std::byte> samples, std::uint64_t frame) const {
    Picture picture{columns_, rows_, 3};
    if (!is_ybr_ && !by_plane_ && sample_bytes_ == 1) {  // They stand as they are shown.
        std::memcpy(picture.samples.data(), &samples[place(frame, 0, 0, 0)], picture.samples.size());
        return picture;
    }
    for (std::size_t y = 0; y < rows_; ++y) {
        for (std::size_t x = 0; x < columns_; ++x) {
            std::uint8_t* out = &picture.samples[(y * columns_ + x) * 3];
            for (std::size_t channel = 0; channel < 3; ++channel) {
                out[channel] = static_cast<std::uint8_t>(samples[place(frame, x, y, channel)]);
            }
            if (is_ybr_) {
                const std::array<double, 3> shown = rgb_of(out[0], out[1] - 128.0, out[2] - 128.0);
                out[0] = clamp_byte(shown[0]);
                out[1] = clamp_byte(shown[1]);
                out[2] = clamp_byte(shown[2]);
            }
        }
    }
    return picture;
}

std::array<double, 3> NativeImage::rgb(
    std::span<const std::byte> samples, std::uint64_t frame, std::size_t x, std::size_t y
) const {
    const auto sample = [&](std::size_t channel) {
        return static_cast<double>(grey(samples, place(frame, x, y, channel)));
    };
    if (!is_ybr_) {
        return {sample(0), sample(1), sample(2)};
    }
    const auto no_colour = static_cast<double>(std::uint64_t{1} << (bits_stored_ - 1));
    std::array<double, 3> shown = rgb_of(sample(0), sample(1) - no_colour, sample(2) - no_colour);
    for (double& value : shown) {
        value = std::clamp(value, 0.0, 2 * no_colour - 1);
    }
    return shown;
}

Picture NativeImage::colour_picture(
    std::span<const std::byte> samples, std::uint64_t frame, std::span<const std::byte> like
) const {
    Picture picture{columns_, rows_, 3};
    auto out = picture.samples.begin();
    const auto for_each = [&](std::span<const std::byte> from, const auto& use) {
        for (std::size_t y = 0; y < rows_; ++y) {
            for (std::size_t x = 0; x < columns_; ++x) {
                if (!std::ranges::all_of(rgb(from, frame, x, y), use)) {
                    return;
                }
            }
        }
    };
    // One window for all three, so that a hue stays what it is.
    const ValueWindow window = ValueWindow::of([&](const auto& use) { for_each(like, use); });
    for_each(samples, [&](double value) {
        *out++ = window.show(value);
        return true;
    });
    return picture;
}

Picture NativeImage::palette_picture(std::span<const std::byte> samples, std::uint64_t frame) const {
    Picture picture{columns_, rows_, 3};
    auto out = picture.samples.begin();
    for (std::uint64_t at = frame * frame_bytes(); at < (frame + 1) * frame_bytes(); at += sample_bytes_) {
        out = std::ranges::copy(palette_->colour(grey(samples, at)), out).out;
    }
    return picture;
}

Picture NativeImage::grey_picture(
    std::span<const std::byte> samples, std::uint64_t frame, std::span<const std::byte> like
) const {
    Picture picture{columns_, rows_, 1};
    const std::uint64_t begin = frame * frame_bytes();
    const auto for_each = [&](std::span<const std::byte> from, const auto& use) {
        for (std::uint64_t at = begin; at < begin + frame_bytes(); at += sample_bytes_) {
            if (!use(value(from, at))) {
                return;
            }
        }
    };
    const ValueWindow window = ValueWindow::of([&](const auto& use) { for_each(like, use); });
    auto out = picture.samples.begin();
    for_each(samples, [&](double value) {
        *out++ = window.show(value);
        return true;
    });
    return picture;
}

}  // namespace efface::pipeline
