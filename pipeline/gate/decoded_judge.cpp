// PixelJudge, where the written file holds native samples and the original compressed ones: the gate
// decodes every frame of the original itself and compares sample for sample (PS3.5 8.2; PS3.3
// C.7.6.3.1). It shares pipeline/codec with the cleaner and nothing else: see frame_decoder.h there.
#include "pipeline/codec/frame_decoder.h"
#include "pipeline/codec/syntax_table.h"
#include "pipeline/gate/pixel_frames.h"
#include "pipeline/gate/pixel_judge.h"
#include "pipeline/gate/rle_samples.h"
#include "pipeline/gate/sample_bits.h"

#include <algorithm>
#include <string_view>

namespace efface::pipeline {
namespace {

constexpr Where kAtPixelData = Where::tag(0x7FE00010);
constexpr Where kAtPhotometric = Where::tag(0x00280004);
constexpr std::string_view kReversibleTransform = "YBR_RCT";
constexpr std::string_view kIrreversibleTransform = "YBR_ICT";

bool is_monochrome(std::string_view text) {
    return text == "MONOCHROME1" || text == "MONOCHROME2" || text == "PALETTE COLOR";
}

bool is_colour(std::string_view text, bool lossy) {
    return text == "RGB" || text == "YBR_FULL" || text == kReversibleTransform ||
           (lossy && text == kIrreversibleTransform);
}

// As the original has it, padded to even length at most.
bool is_as_before(std::span<const std::byte> before, std::span<const std::byte> after) {
    const std::size_t padded = before.size() + (before.size() & 1U);
    return after.size() == padded && std::ranges::equal(before, after.first(before.size())) &&
           (padded == before.size() || after.back() == std::byte{' '});
}

bool shows(std::span<const std::byte> value, std::string_view text) {
    return std::ranges::equal(value, std::as_bytes(std::span{text}));
}

}  // namespace

bool is_decoding_attribute(rules::Tag tag) {
    return tag.value == 0x00280004 || tag.value == 0x00280006 || tag.value == 0x7FE00001 ||
           tag.value == 0x7FE00002;
}

Status PixelJudge::note_decoded(const Event& original, const Event* written) {
    const bool table = original.tag.group() == 0x7FE0;
    if (original.kind != EventKind::kElement || table != (written == nullptr) ||
        (written != nullptr && (written->kind != EventKind::kElement || written->vr != original.vr))) {
        return fail(
            Fault::kQuarantine, "gate: an attribute of decoded samples is not as it must be",
            Where::tag(original.tag.value)
        );
    }
    switch (original.tag.value) {
        case 0x00280004:
            photometric_ = {original.value, written->value};
            break;
        case 0x00280006:
            planar_ = {original.value, written->value};
            break;
        case 0x7FE00001:
            original_.extended_offsets = original.value;
            break;
        default:
            original_.extended_lengths = original.value;
            break;
    }
    return {};
}

// YBR_RCT and YBR_ICT come out of the decoder as RGB; everything else as it went in. Colour is by pixel.
Status PixelJudge::judge_decoded_attributes(bool lossy) const {
    const std::string_view before = trimmed_text(photometric_.original);
    const bool colour = samples_ == 3;
    if (photometric_.original.empty() && !original_.present) {
        return {};
    }
    const bool known = colour ? is_colour(before, lossy) : samples_ == 1 && is_monochrome(before);
    const bool right = before == kReversibleTransform || before == kIrreversibleTransform
                           ? shows(photometric_.written, "RGB ")
                           : is_as_before(photometric_.original, photometric_.written);
    if (!known || !right) {
        return fail(
            Fault::kQuarantine, "gate: Photometric Interpretation is not that of the decoded samples",
            kAtPhotometric
        );
    }
    const bool by_pixel = colour ? shows(planar_.written, std::string_view{"\0\0", 2})
                                 : is_as_before(planar_.original, planar_.written);
    if (!by_pixel) {
        return fail(
            Fault::kQuarantine, "gate: Planar Configuration is not that of the decoded samples",
            Where::tag(0x00280006)
        );
    }
    return {};
}

Status PixelJudge::judge_decoded(
    const rules::TransferSyntax& original_syntax, const rules::TransferSyntax& written_syntax, Compare compare
) const {
    EFFACE_CHECK(judge_overlays());
    // Where a peer refuses the syntax, what would be encoded again stays decoded.
    const MaskedOutput masked = masked_output(original_syntax, shape());
    const bool known = compare == Compare::kAll
                           ? !original_syntax.lossy_possible && is_decodable(original_syntax)
                           : masked == MaskedOutput::kExplicit || masked == MaskedOutput::kRecoded;
    if (!known || written_syntax.big_endian) {
        return fail(Fault::kQuarantine, "gate: this syntax is never decoded", kAtPixelData);
    }
    EFFACE_TRY(const std::uint64_t bytes, sample_bytes(frames_));
    EFFACE_TRY(const std::uint64_t frame_size, sample_bytes(1));
    const std::uint64_t padded = bytes + (bytes & 1U);
    // Implicit VR names none.
    const bool right_vr =
        !written_syntax.explicit_vr || written_.vr == (allocated_ > 8 ? rules::Vr::OW : rules::Vr::OB);
    if (written_.native.size() != padded || !right_vr || bytes != frame_size * frames_ || half_chroma_) {
        return fail(Fault::kQuarantine, "gate: Pixel Data has not the length of its samples", kAtPixelData);
    }
    if (padded != bytes && written_.native[bytes] != std::byte{0}) {
        return fail(Fault::kQuarantine, "gate: the pad byte of Pixel Data is not zero", kAtPixelData);
    }
    const SampleBits bits{allocated_, stored_, high_, signed_};
    if (bits.holds_foreign_bits({written_.native.first(bytes), false, written_.vr})) {
        return fail(Fault::kQuarantine, "gate: bits outside the samples hold something", kAtPixelData);
    }
    return compare == Compare::kAll ? judge_decoded_frames(original_syntax, frame_size) : Status{};
}

SampleShape PixelJudge::shape() const {
    return {
        .rows = rows_,
        .columns = columns_,
        .samples_per_pixel = samples_,
        .bits_allocated = allocated_,
        .bits_stored = stored_,
        .high_bit = high_,
        .is_signed = signed_};
}

Status PixelJudge::judge_decoded_frames(const rules::TransferSyntax& syntax, std::uint64_t frame_size) const {
    const SampleShape shape = this->shape();
    EFFACE_TRY([[maybe_unused]] const std::uint64_t bounded, shape.frame_bytes());
    const bool says_transformed = trimmed_text(photometric_.original) == kReversibleTransform;
    const bool says_rgb = trimmed_text(photometric_.original) == "RGB";
    const SampleBits bits{allocated_, stored_, high_, signed_};
    EFFACE_TRY(const std::vector<std::size_t> starts, frame_starts(original_, syntax.family, frames_));
    std::vector<std::byte> gathered;
    for (std::uint64_t i = 0; i < frames_; ++i) {
        const std::span<const std::byte> frame = frame_bytes(original_, starts, i, gathered);
        DecodedFrame decoded;
        if (syntax.family == rules::SyntaxFamily::kRle) {
            EFFACE_TRY(decoded.bytes, rle_samples(frame, {rows_ * columns_, samples_, allocated_ / 8}));
        } else {
            EFFACE_TRY(decoded, decode_frame(syntax, frame, shape));
        }
        if (decoded.colour_transformed != says_transformed && !says_rgb) {
            return fail(
                Fault::kQuarantine, "gate: Photometric Interpretation is not that of the frames",
                kAtPhotometric
            );
        }
        const SampleBytes before{decoded.bytes, false, written_.vr};
        const SampleBytes after{written_.native.subspan(i * frame_size, frame_size), false, written_.vr};
        if (!bits.same_samples(before, after)) {
            return fail(Fault::kQuarantine, "gate: samples of Pixel Data differ", kAtPixelData);
        }
    }
    return {};
}

}  // namespace efface::pipeline
