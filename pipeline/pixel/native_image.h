// NativeImage: the frames of Pixel Data as samples and as pictures (PS3.5 8.1, 8.2, PS3.3 C.7.6.3). Grey of
// 1, 8, 16 or 32 bits, palettes of 8 or 16, unsigned colour of 8, 16 or 32, floats of 32 or 64 (PS3.3
// C.7.6.24, C.7.6.25); everything else is doubt. Samples are little endian words, single bits a byte each:
// samples.h says how stored ones become such. Thread rule: a value; does not own the samples it is asked
// about.
#pragma once

#include "config/assert.h"
#include "config/result.h"
#include "pipeline/codestream/pixel_shape.h"
#include "pipeline/picture/picture.h"
#include "pipeline/pixel/palette.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace efface::pipeline {

class NativeImage {
public:
    /// Fault::kQuarantine: a syntax, photometric interpretation or shape whose samples are not judged.
    static Result<NativeImage> read(std::span<const std::byte> data_set, const rules::TransferSyntax& syntax);

    /// As the frames of compressed Pixel Data are once they are decoded: colour by pixel, `photometric` as
    /// the decoder gives it.
    static Result<NativeImage> of_decoded(
        std::span<const std::byte> data_set, const rules::TransferSyntax& syntax, const PixelScan& scan,
        std::string_view photometric
    );

    std::size_t columns() const { return columns_; }

    std::size_t rows() const { return rows_; }

    std::uint64_t frame_count() const { return frame_count_; }

    /// Of one frame.
    std::uint64_t frame_bytes() const {
        const std::uint64_t samples = columns_ * rows_ * samples_per_pixel_ * sample_bytes_;
        return half_chroma_ ? samples / 3 * 2 : samples;
    }

    std::uint64_t bytes() const { return frame_bytes() * frame_count_; }

    /// Single bits, which are stored eight in a byte.
    bool is_packed() const { return is_packed_; }

    /// Float or Double Float Pixel Data, by the size of a sample.
    bool is_float() const { return is_float_; }

    /// The same image with one frame, whatever the number of frames is.
    NativeImage one_frame() const {
        NativeImage one = *this;
        one.frame_count_ = 1;
        return one;
    }

    /// The frame in eight bits. `samples` are all frames. Grey, and colour of another depth than eight bits,
    /// is shown through the window (value_window.h) of the samples that `like` has in that frame: blackened
    /// samples are shown as their original was.
    Picture picture(std::span<const std::byte> samples, std::uint64_t frame, std::span<const std::byte> like)
        const;

    /// The bytes of one blackened pixel, all of its samples; black in every photometric interpretation that
    /// read() takes. Of floats zero: the smallest value of a frame may be what is hidden.
    std::string_view black() const { return black_; }

    /// Where pixel (x, y)'s sample `channel` lies in the samples of all frames.
    std::uint64_t place(std::uint64_t frame, std::size_t x, std::size_t y, std::size_t channel) const;

    /// The stored bits of a sample that is no float, and the bits above them where they are its sign.
    std::uint32_t kept_bits() const {
        EFFACE_ASSERT(!is_float_);
        const std::uint64_t all = (std::uint64_t{1} << (8 * sample_bytes_)) - 1;
        return static_cast<std::uint32_t>(is_signed_ ? all : all >> (8 * sample_bytes_ - bits_stored_));
    }

    /// Without the bits above them.
    std::uint32_t stored_bits() const {
        return static_cast<std::uint32_t>((std::uint64_t{1} << bits_stored_) - 1);
    }

    std::size_t samples_per_pixel() const { return samples_per_pixel_; }

    bool is_palette() const { return palette_.has_value(); }

    /// MONOCHROME1: the largest value is black.
    bool is_inverted() const { return is_inverted_; }

    bool is_ybr() const { return is_ybr_; }

    /// Of two pixels beside each other, from an even place on (YBR_FULL_422).
    bool shares_chroma() const { return half_chroma_; }

    /// What stands for no colour in a chroma sample.
    double middle_value() const { return static_cast<double>(std::uint64_t{1} << (bits_stored_ - 1)); }

    /// A grey sample's stored value, or the float.
    double value(std::span<const std::byte> samples, std::uint64_t place) const;
    /// A pixel of colour as R, G, B of the stored range.
    std::array<double, 3> rgb(
        std::span<const std::byte> samples, std::uint64_t frame, std::size_t x, std::size_t y
    ) const;
    /// Stores a value rounded to the nearest that the stored bits hold, its sign in the bits above. Not of
    /// floats.
    void put(std::span<std::byte> samples, std::uint64_t place, double value) const;

    std::size_t sample_bytes() const { return sample_bytes_; }

private:
    static Result<NativeImage> of(
        std::span<const std::byte> data_set, const rules::TransferSyntax& syntax, const PixelScan& scan,
        std::string_view photometric
    );
    Picture grey_picture(
        std::span<const std::byte> samples, std::uint64_t frame, std::span<const std::byte> like
    ) const;
    Picture colour_picture(
        std::span<const std::byte> samples, std::uint64_t frame, std::span<const std::byte> like
    ) const;
    Picture colour_of_bytes(std::span<const std::byte> samples, std::uint64_t frame) const;
    Picture palette_picture(std::span<const std::byte> samples, std::uint64_t frame) const;
    static Result<NativeImage> of_floats(const PixelScan& scan);
    std::int64_t grey(std::span<const std::byte> samples, std::uint64_t place) const;

    std::size_t columns_ = 0;
    std::size_t rows_ = 0;
    std::size_t samples_per_pixel_ = 1;
    std::size_t sample_bytes_ = 1;
    std::uint64_t frame_count_ = 1;
    std::uint64_t bits_stored_ = 8;
    std::uint64_t high_bit_ = 7;
    bool is_signed_ = false;
    bool is_inverted_ = false;
    bool by_plane_ = false;     ///< Planar Configuration 1.
    bool is_ybr_ = false;       ///< YBR_FULL, YBR_FULL_422.
    bool half_chroma_ = false;  ///< YBR_FULL_422: two pixels share their colour.
    bool is_packed_ = false;    ///< Bits Allocated 1.
    bool is_float_ = false;
    std::optional<Palette> palette_;
    std::string black_;
};

}  // namespace efface::pipeline
