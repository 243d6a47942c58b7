#include "pipeline/pixel/samples.h"

#include "pipeline/codec/searched_frame.h"
#include "pipeline/codec/syntax_table.h"
#include "pipeline/codestream/frames.h"

namespace efface::pipeline {

namespace {

constexpr Where kAtPixelData = Where::tag(0x7FE00010);

Result<Samples> decode(
    std::span<const std::byte> data_set, const rules::TransferSyntax& syntax, const PixelScan& scan
) {
    const SyntaxRow row = syntax_row(syntax.uid);
    if (row.reader == FrameReader::kNone) {
        return fail(
            Fault::kQuarantine, "samples in this transfer syntax are not searched in this version",
            kAtPixelData
        );
    }
    Samples samples;
    EFFACE_TRY(
        samples.image,
        NativeImage::of_decoded(data_set, syntax, scan, searched_photometric(syntax, scan.photometric))
    );
    EFFACE_TRY([[maybe_unused]] const std::uint64_t bounded, sample_shape(scan.shape).frame_bytes());
    EFFACE_TRY(const std::vector<FrameRange> ranges, frame_ranges(scan, syntax.family));
    samples.bytes.reserve(samples.image.bytes());
    std::vector<std::byte> gathered;
    for (const FrameRange& range : ranges) {
        EFFACE_TRY(
            const DecodedFrame frame,
            decode_searched_frame(
                syntax, frame_of(scan.element, range, gathered), sample_shape(scan.shape), scan.photometric
            )
        );
        samples.bytes.insert(samples.bytes.end(), frame.bytes.begin(), frame.bytes.end());
    }
    if (samples.bytes.size() != samples.image.bytes()) {
        return fail(Fault::kQuarantine, "the frames have not the length of their samples", kAtPixelData);
    }
    samples.clear_bits = bits_to_clear(samples.bytes, scan.shape, false);
    return samples;
}

/// Bytes of the words that change places in big endian; 1: none. In words of OW samples of eight bits and
/// single bits swap too (PS3.5 8.1.2); what more than sixteen bits look like, readers disagree about.
Result<std::size_t> swapped_bytes(const PixelScan& scan, const rules::TransferSyntax& syntax) {
    const bool words = scan.element.header.vr == rules::Vr::OW;
    const std::uint64_t bits = scan.shape.bits_allocated;
    if (!syntax.big_endian || (bits <= 8 && !words)) {
        return std::size_t{1};
    }
    if (bits > 16 || !words) {
        return fail(Fault::kQuarantine, "big endian samples of this size are not searched", kAtPixelData);
    }
    return std::size_t{2};
}

/// One byte for each bit, the first of which is the least significant of its byte (PS3.5 8.1.1).
std::vector<std::byte> unpacked(const std::vector<std::byte>& packed, std::uint64_t bits) {
    std::vector<std::byte> samples(bits);
    for (std::uint64_t i = 0; i < bits; ++i) {
        samples[i] = (packed[i / 8] >> (i % 8)) & std::byte{1};
    }
    return samples;
}

Result<Samples> as_stored(std::span<const std::byte> data_set, const rules::TransferSyntax& syntax) {
    Samples samples;
    EFFACE_TRY(samples.image, NativeImage::read(data_set, syntax));
    EFFACE_TRY(const PixelScan scan, scan_pixel_data(data_set, syntax));
    EFFACE_TRY(const std::size_t swapped, swapped_bytes(scan, syntax));
    const std::uint64_t count = samples.image.bytes();
    const std::uint64_t stored = samples.image.is_packed() ? (count + 7) / 8 : count;
    const std::uint64_t whole = (stored + swapped - 1) / swapped * swapped;
    if (scan.element.native.size() < whole) {
        return fail(Fault::kQuarantine, "Pixel Data is shorter than its frames", kAtPixelData);
    }
    const auto native = scan.element.native.first(whole);
    samples.bytes.assign(native.begin(), native.end());
    for (std::size_t at = 0; swapped == 2 && at < whole; at += 2) {
        std::swap(samples.bytes[at], samples.bytes[at + 1]);
    }
    if (samples.image.is_packed()) {
        samples.bytes = unpacked(samples.bytes, count);
    }
    samples.bytes.resize(count);
    return samples;
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

Result<Samples> read_samples(std::span<const std::byte> data_set, const rules::TransferSyntax& syntax) {
    if (!syntax.encapsulated) {
        return as_stored(data_set, syntax);
    }
    EFFACE_TRY(const PixelScan scan, scan_pixel_data(data_set, syntax));
    return decode(data_set, syntax, scan);
}

}  // namespace efface::pipeline
