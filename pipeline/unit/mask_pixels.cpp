#include "pipeline/unit/mask_pixels.h"

#include "pipeline/codec/syntax_table.h"
#include "pipeline/unit/native_transcoding.h"

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

}  // namespace

Result<MaskedPixels> find_mask(
    const Original& original, const rules::PixelIdentity& identity, const Finders& finders, MaskPlan plan
) {
    EFFACE_TRY(Samples samples, samples_of(original));
    const auto searched = std::span{samples.bytes}.first(samples.image.bytes());
    if (edits_coefficients(original)) {
        plan.snap = [&original](const Mask& mask) { return on_whole_units(mask, original); };
    }
    EFFACE_TRY(IdentityMask found, mask_identity(searched, samples.image, identity, finders, plan));
    return MaskedPixels{
        .samples = std::move(samples),
        .mask = std::move(found.mask),
        .occlusions = found.occlusions,
        .stages = std::move(found.stages)};
}

bool edits_coefficients(const Original& original) {
    const auto bits = original.bits_allocated();
    return bits.has_value() && masked_output(*original.syntax, *bits) == MaskedOutput::kCoefficients;
}

Status edit_frames(Original& original, MaskedPixels& masked) {
    if (!edits_coefficients(original)) {
        return {};
    }
    EFFACE_TRY(masked.frames, blackened_frames(original, masked.mask));
    note_extended_offsets(original, masked.frames);
    return {};
}

Status append_masked_pixels(
    const Original& original, MaskedPixels& masked, const rules::TransferSyntax& target, OutputFile& output
) {
    if (!masked.frames.empty()) {
        return target.uid == original.syntax->uid
                   ? append_frames(original, masked.frames, output)
                   : Status{fail(Fault::kQuarantine, "edited frames stay in the syntax that they came in")};
    }
    Samples& samples = masked.samples;
    if (samples.bytes.size() >= std::numeric_limits<std::uint32_t>::max()) {
        return fail(
            Fault::kQuarantine, "Pixel Data has no length that can be written", Where::tag(0x7FE00010)
        );
    }
    EFFACE_TRY(const std::string_view vr, written_vr(original, samples, target.explicit_vr));
    blacken(std::span{samples.bytes}.first(samples.image.bytes()), samples.image, masked.mask);
    if (samples.image.is_packed()) {
        samples.bytes = packed(samples);
    }
    EFFACE_CHECK(output.append(pixel_element_header(target, vr, samples.bytes.size())));
    return output.append(std::span<const std::byte>{samples.bytes});
}

}  // namespace efface::pipeline
