#include "pipeline/pixel/samples.h"

#include "config/assert.h"
#include "pipeline/codec/searched_frame.h"
#include "pipeline/codec/syntax_table.h"

#include <algorithm>

namespace efface::pipeline {

namespace {

constexpr Where kAtPixelData = Where::tag(0x7FE00010);

/// Whether the bytes of words change places. In words of OW samples of eight bits and single bits do too
/// (PS3.5 8.1.2); what more than sixteen bits look like, readers disagree about.
Result<bool> are_swapped(const PixelScan& scan, const rules::TransferSyntax& syntax) {
    const bool words = scan.element.present && scan.element.header.vr == rules::Vr::OW;
    const std::uint64_t bits = scan.shape.bits_allocated;
    if (!syntax.big_endian || (bits <= 8 && !words)) {
        return false;
    }
    if (bits > 16 || !words) {
        return fail(Fault::kQuarantine, "big endian samples of this size are not searched", kAtPixelData);
    }
    return true;
}

/// Whichever element holds them.
std::span<const std::byte> native_samples(const PixelScan& scan) {
    return scan.floats.present ? scan.floats.value : scan.element.native;
}

/// Enough bytes for all frames, words whole; of floats no more than that.
Status check_length(const PixelScan& scan, const NativeImage& image, bool swapped) {
    const std::uint64_t there = native_samples(scan).size();
    if (image.is_float()) {
        return there == image.bytes()
                   ? Status{}
                   : Status{fail(
                         Fault::kQuarantine, "Float Pixel Data has not the length of its frames", kAtPixelData
                     )};
    }
    const std::uint64_t stored = image.is_packed() ? (image.bytes() + 7) / 8 : image.bytes();
    const std::uint64_t whole = swapped ? stored + (stored & 1U) : stored;
    return there >= whole
               ? Status{}
               : Status{fail(Fault::kQuarantine, "Pixel Data is shorter than its frames", kAtPixelData)};
}

}  // namespace

SampleShape sample_shape(const PixelShape& shape) {
    return {
        .rows = shape.rows,
        .columns = shape.columns,
        .samples_per_pixel = shape.samples_per_pixel,
        .bits_allocated = shape.bits_allocated,
        .bits_stored = shape.bits_stored,
        .high_bit = shape.high_bit,
        .is_signed = shape.is_signed};
}

Result<SampleReader> SampleReader::open(
    std::span<const std::byte> data_set, const rules::TransferSyntax& syntax
) {
    if (syntax_row(syntax.uid).reader == FrameReader::kNone) {
        return fail(
            Fault::kQuarantine, "samples in this transfer syntax are not searched in this version",
            kAtPixelData
        );
    }
    SampleReader reader;
    reader.syntax_ = &syntax;
    EFFACE_TRY(reader.scan_, scan_pixel_data(data_set, syntax));
    if (!syntax.encapsulated) {
        EFFACE_TRY(reader.image_, NativeImage::read(data_set, syntax));
        EFFACE_TRY(reader.swapped_, are_swapped(reader.scan_, syntax));
        EFFACE_CHECK(check_length(reader.scan_, reader.image_, reader.swapped_));
        return reader;
    }
    if (reader.scan_.floats.present) {
        return fail(
            Fault::kQuarantine, "Float Pixel Data in a transfer syntax of compressed frames is not searched",
            Where::tag(reader.scan_.floats.header.tag.value)
        );
    }
    const std::string_view photometric = searched_photometric(syntax, reader.scan_.photometric);
    EFFACE_TRY(reader.image_, NativeImage::of_decoded(data_set, syntax, reader.scan_, photometric));
    EFFACE_TRY([[maybe_unused]] const std::uint64_t bounded, sample_shape(reader.scan_.shape).frame_bytes());
    EFFACE_TRY(reader.ranges_, frame_ranges(reader.scan_, syntax.family));
    return reader;
}

Result<std::vector<std::byte>> SampleReader::frame(std::uint64_t k) const {
    EFFACE_ASSERT(k < image_.frame_count());
    if (syntax_->encapsulated) {
        return decoded_frame(k);
    }
    return stored_frame(k);
}

Result<std::vector<std::byte>> SampleReader::decoded_frame(std::uint64_t k) const {
    std::vector<std::byte> gathered;
    EFFACE_TRY(
        DecodedFrame decoded, decode_searched_frame(
                                  *syntax_, frame_of(scan_.element, ranges_[k], gathered),
                                  sample_shape(scan_.shape), scan_.photometric
                              )
    );
    if (decoded.bytes.size() != image_.frame_bytes()) {
        return fail(Fault::kQuarantine, "the frames have not the length of their samples", kAtPixelData);
    }
    return std::move(decoded.bytes);
}

// Of single bits each becomes a byte; the first is the least significant one of its byte (PS3.5 8.1.1), and
// frames follow each other without a gap.
std::vector<std::byte> SampleReader::stored_frame(std::uint64_t k) const {
    const std::uint64_t count = image_.frame_bytes();
    const std::uint64_t first = k * count;
    const std::uint64_t flip = swapped_ ? 1 : 0;
    const std::span<const std::byte> native = native_samples(scan_);
    std::vector<std::byte> samples(count);
    if (!image_.is_packed() && !swapped_) {
        std::ranges::copy(native.subspan(first, count), samples.begin());
        return samples;
    }
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t at = first + i;
        samples[i] =
            image_.is_packed() ? (native[(at / 8) ^ flip] >> (at % 8)) & std::byte{1} : native[at ^ flip];
    }
    return samples;
}

Result<Samples> read_samples(std::span<const std::byte> data_set, const rules::TransferSyntax& syntax) {
    EFFACE_TRY(const SampleReader reader, SampleReader::open(data_set, syntax));
    Samples samples{.image = reader.image(), .bytes = {}, .clear_bits = std::nullopt};
    samples.bytes.reserve(samples.image.bytes());
    for (std::uint64_t k = 0; k < samples.image.frame_count(); ++k) {
        EFFACE_TRY(const std::vector<std::byte> frame, reader.frame(k));
        samples.bytes.insert(samples.bytes.end(), frame.begin(), frame.end());
    }
    if (syntax.encapsulated) {
        samples.clear_bits = bits_to_clear(samples.bytes, reader.shape(), false);
    }
    return samples;
}

}  // namespace efface::pipeline
