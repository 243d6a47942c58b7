#include "pipeline/pixel/samples.h"

#include "pipeline/codec/searched_frame.h"
#include "pipeline/codec/syntax_table.h"
#include "pipeline/codestream/frames.h"

namespace efface::pipeline {

namespace {

constexpr Where kAtPixelData = Where::tag(0x7FE00010);

Result<Samples> decode(const PixelScan& scan, const rules::TransferSyntax& syntax) {
    const SyntaxRow row = syntax_row(syntax.uid);
    if (row.reader == FrameReader::kNone) {
        return fail(
            Fault::kQuarantine, "samples in this transfer syntax are not searched in this version",
            kAtPixelData
        );
    }
    Samples samples;
    EFFACE_TRY(samples.image, NativeImage::of_decoded(scan, searched_photometric(syntax, scan.photometric)));
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
    if (syntax.encapsulated) {
        EFFACE_TRY(const PixelScan scan, scan_pixel_data(data_set, syntax));
        return decode(scan, syntax);
    }
    EFFACE_TRY(NativeImage image, NativeImage::read(data_set, syntax));
    const auto native = data_set.subspan(image.offset(), image.bytes());
    return Samples{
        .image = std::move(image), .bytes = {native.begin(), native.end()}, .clear_bits = std::nullopt};
}

}  // namespace efface::pipeline
