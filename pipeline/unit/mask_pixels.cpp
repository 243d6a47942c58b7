#include "pipeline/unit/mask_pixels.h"

#include "pipeline/codec/syntax_table.h"
#include "pipeline/unit/native_transcoding.h"
#include "pipeline/unit/recoded_frames.h"

#include <algorithm>
#include <limits>

namespace efface::pipeline {

namespace {

/// The samples of all frames as they are written without a mask: retired overlay bits cleared, the pad byte
/// at the end.
Result<Samples> samples_of(const Original& original) {
    EFFACE_TRY(Samples samples, read_samples(original.data_set_bytes, *original.syntax));
    const std::uint64_t count = samples.image.bytes();
    if (auto clear = original.syntax->encapsulated ? samples.clear_bits : original.pixels.clear_bits) {
        clear->big_endian = false;  // As they are in memory, whatever the original is.
        clear_unused_bits(samples.bytes, *clear);
    }
    samples.bytes.resize(count + (count & 1U));
    return samples;
}

/// Single bits as they are stored, of even length (PS3.5 8.1.1).
std::vector<std::byte> packed(const Samples& samples) {
    const std::uint64_t bits = samples.image.bytes();
    std::vector<std::byte> bytes((bits + 15) / 16 * 2);
    for (std::uint64_t i = 0; i < bits; ++i) {
        bytes[i / 8] |= (samples.bytes[i] & std::byte{1}) << (i % 8);
    }
    return bytes;
}

/// Compressed samples stand native in explicit VR then: OB and OW by their size (PS3.5 A.2).
Result<std::string_view> written_vr(const Original& original, const Samples& samples, bool explicit_vr) {
    if (!original.syntax->encapsulated) {
        return native_vr(original);
    }
    return explicit_vr && samples.image.sample_bytes() == 1 ? std::string_view{"OB"} : std::string_view{"OW"};
}

Result<SampleShape> shape_of(const Original& original) {
    EFFACE_TRY(const PixelScan scan, scan_pixel_data(original.data_set_bytes, *original.syntax));
    return sample_shape(scan.shape);
}

/// Floats are an element of the data set like others, and written with it.
Status put_floats(Original& original, MaskedPixels& masked) {
    EFFACE_TRY(const PixelScan scan, scan_pixel_data(original.data_set_bytes, *original.syntax));
    blacken_once(masked);
    const std::vector<std::byte>& bytes = masked.samples.bytes;
    return original.data_set.root().put(
        scan.floats.header.tag, scan.floats.header.vr,
        {reinterpret_cast<const char*>(bytes.data()), bytes.size()}
    );
}

}  // namespace

Result<MaskedPixels> find_mask(
    const Original& original, const rules::PixelIdentity& identity, const Finders& finders, MaskPlan plan
) {
    EFFACE_TRY(Samples samples, samples_of(original));
    const auto searched = std::span{samples.bytes}.first(samples.image.bytes());
    EFFACE_TRY(const SampleShape shape, shape_of(original));
    if (masked_output(*original.syntax, shape) == MaskedOutput::kCoefficients) {
        plan.snap = [&original](const Mask& mask) { return on_whole_units(mask, original); };
    }
    EFFACE_TRY(IdentityMask found, mask_identity(searched, samples.image, identity, finders, plan));
    return MaskedPixels{
        .samples = std::move(samples),
        .mask = std::move(found.mask),
        .occlusions = found.occlusions,
        .stages = std::move(found.stages),
        .markers = found.markers,
        .holes = std::move(found.holes)};
}

void blacken_once(MaskedPixels& masked) {
    if (masked.is_blackened) {
        return;
    }
    Samples& samples = masked.samples;
    blacken(std::span{samples.bytes}.first(samples.image.bytes()), samples.image, masked.mask);
    masked.is_blackened = true;
}

Result<std::string_view> syntax_of_masked(const Original& original) {
    EFFACE_TRY(const SampleShape shape, shape_of(original));
    return masked_syntax(*original.syntax, shape);
}

Status make_frames(
    Original& original, MaskedPixels& masked, std::string_view target, std::uint64_t bytes_max
) {
    if (masked.samples.image.is_float()) {
        return put_floats(original, masked);
    }
    EFFACE_TRY(const SampleShape shape, shape_of(original));
    const MaskedOutput output = masked_output(*original.syntax, shape);
    if (output == MaskedOutput::kCoefficients) {
        if (!masked.has_frames) {
            EFFACE_TRY(masked.frames, blackened_frames(original, masked.mask));
        }
    } else if (output == MaskedOutput::kRecoded && target == original.syntax->uid) {
        blacken_once(masked);
        EFFACE_TRY(masked.frames, recoded_frames(original, masked.samples, bytes_max));
    } else {
        return {};
    }
    note_extended_offsets(original, masked.frames);
    return {};
}

Status append_masked_pixels(
    const Original& original, MaskedPixels& masked, const rules::TransferSyntax& target, OutputFile& output
) {
    if (!masked.frames.empty()) {
        return target.uid == original.syntax->uid
                   ? append_frames(original, masked.frames, output)
                   : Status{
                         fail(Fault::kQuarantine, "compressed frames stay in the syntax that they came in")};
    }
    Samples& samples = masked.samples;
    if (samples.image.is_float()) {
        return {};  // Written with the data set.
    }
    if (samples.bytes.size() >= std::numeric_limits<std::uint32_t>::max()) {
        return fail(
            Fault::kQuarantine, "Pixel Data has no length that can be written", Where::tag(0x7FE00010)
        );
    }
    EFFACE_TRY(const std::string_view vr, written_vr(original, samples, target.explicit_vr));
    blacken_once(masked);
    if (samples.image.is_packed()) {
        samples.bytes = packed(samples);
    }
    EFFACE_CHECK(output.append(pixel_element_header(target, vr, samples.bytes.size())));
    return output.append(std::span<const std::byte>{samples.bytes});
}

}  // namespace efface::pipeline
