// See pixel_judge.h.
#include "pipeline/gate/pixel_judge.h"

#include "pipeline/codec/syntax_table.h"
#include "pipeline/gate/frame_tokens.h"
#include "pipeline/gate/pixel_frames.h"
#include "pipeline/gate/sample_bits.h"

#include <algorithm>
#include <charconv>

namespace efface::pipeline {
namespace {

constexpr std::uint64_t kFramesMax = 1'000'000;
constexpr Where kAtPixelData = Where::tag(0x7FE00010);

std::uint64_t little(std::span<const std::byte> bytes, std::size_t at, std::size_t width) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i) {
        value |= static_cast<std::uint64_t>(bytes[at + i]) << (8 * i);
    }
    return value;
}

Status judge_extended_lengths(const PixelSource& source, const std::vector<std::size_t>& starts) {
    if (source.extended_offsets.empty() && source.extended_lengths.empty()) {
        return {};
    }
    if (source.extended_lengths.size() != source.extended_offsets.size()) {
        return fail(
            Fault::kQuarantine, "gate: the Extended Offset Table is not whole", Where::tag(0x7FE00002)
        );
    }
    for (std::size_t i = 0; i < starts.size(); ++i) {
        const std::uint64_t claimed = little(source.extended_lengths, 8 * i, 8);
        const std::uint64_t length = source.fragments[starts[i]].size();
        if (claimed != length && claimed + 1 != length) {
            return fail(
                Fault::kQuarantine, "gate: the Extended Offset Table is wrong", Where::tag(0x7FE00002)
            );
        }
    }
    return {};
}

}  // namespace

void PixelJudge::note(const Event& event) {
    const std::uint16_t number = first_u16(event).value_or(0);
    const std::string_view text = trimmed_text(event.value);
    switch (event.tag.value) {
        case 0x00280002:
            samples_ = number;
            return;
        case 0x00280004:
            half_chroma_ = text == "YBR_FULL_422" || text == "YBR_PARTIAL_422";
            return;
        case 0x00280008:
            if (!text.empty()) {
                const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), frames_);
                frames_unreadable_ = error != std::errc{} || end != text.data() + text.size() || frames_ == 0;
            }
            return;
        case 0x00280010:
            rows_ = number;
            return;
        case 0x00280011:
            columns_ = number;
            return;
        case 0x00280100:
            allocated_ = number;
            return;
        case 0x00280101:
            stored_ = number;
            return;
        case 0x00280102:
            high_ = number;
            return;
        case 0x00280103:
            signed_ = number == 1;
            return;
        default:
            break;
    }
    const bool overlay = (event.tag.group() & 0xFFE1U) == 0x6000U && event.tag.element() == 0x0102;
    if (overlay && number != 0) {
        overlay_bits_.push_back(number);
    }
}

Result<std::uint64_t> PixelJudge::sample_bytes(std::uint64_t frames) const {
    const bool whole = rows_ != 0 && columns_ != 0 && samples_ != 0 && samples_ <= 4 && allocated_ != 0 &&
                       allocated_ <= 64 && (allocated_ == 1 || allocated_ % 8 == 0) &&
                       stored_ <= allocated_ && high_ < allocated_ && stored_ <= high_ + 1 &&
                       !frames_unreadable_ && frames <= kFramesMax;
    if (!whole) {
        return fail(Fault::kQuarantine, "gate: the shape of Pixel Data is unknown", kAtPixelData);
    }
    std::uint64_t bits = rows_ * columns_ * samples_ * allocated_;
    if (half_chroma_ && samples_ == 3) {
        bits = bits / 3 * 2;
    }
    return (bits * frames + 7) / 8;
}

Status PixelJudge::judge(
    const rules::TransferSyntax& original_syntax, const rules::TransferSyntax& written_syntax
) const {
    if (original_.present != written_.present) {
        return fail(Fault::kQuarantine, "gate: Pixel Data stands in one file only", kAtPixelData);
    }
    const bool decoded = original_syntax.encapsulated && !written_syntax.encapsulated;
    if (decoded) {
        EFFACE_CHECK(judge_decoded_attributes(original_syntax.lossy_possible));
    }
    if (!original_.present) {
        return {};
    }
    if (original_.encapsulated != original_syntax.encapsulated ||
        written_.encapsulated != written_syntax.encapsulated) {
        return fail(Fault::kQuarantine, "gate: Pixel Data is not as its transfer syntax says", kAtPixelData);
    }
    if (!original_.encapsulated && !written_.encapsulated) {
        return judge_native(original_syntax.explicit_vr && written_syntax.explicit_vr, Compare::kAll);
    }
    if (decoded) {
        return judge_decoded(original_syntax, written_syntax, Compare::kAll);
    }
    if (original_syntax.uid != written_syntax.uid) {
        return fail(Fault::kQuarantine, "gate: Pixel Data was compressed anew", kAtPixelData);
    }
    return judge_encapsulated(original_syntax.family, Compare::kAll);
}

Status PixelJudge::note_floats(const Event& original, const Event& written) {
    const bool is_float = original.tag.element() == 0x0008;
    const rules::Vr vr = is_float ? rules::Vr::OF : rules::Vr::OD;
    if (float_bits_ != 0 || original.kind != EventKind::kElement || written.kind != EventKind::kElement ||
        original.vr != vr || written.vr != vr) {
        return fail(
            Fault::kQuarantine, "gate: Float Pixel Data is not as it must be", Where::tag(written.tag.value)
        );
    }
    float_bits_ = is_float ? 32 : 64;
    floats_ = {original.value, written.value};
    return {};
}

Status PixelJudge::judge_floats() const {
    if (float_bits_ == 0) {
        return {};
    }
    if (original_.present || written_.present) {
        return fail(Fault::kQuarantine, "gate: Float Pixel Data stands beside Pixel Data", kAtPixelData);
    }
    EFFACE_TRY(const std::uint64_t bytes, sample_bytes(frames_));
    if (allocated_ != float_bits_ || floats_.written.size() != bytes || floats_.original.size() != bytes) {
        return fail(
            Fault::kQuarantine, "gate: Float Pixel Data has not the length of its samples", kAtPixelData
        );
    }
    return {};
}

Status PixelJudge::judge_around_samples(
    const rules::TransferSyntax& original_syntax, const rules::TransferSyntax& written_syntax
) const {
    if (float_bits_ != 0) {
        const bool native = !original_syntax.encapsulated && !written_syntax.encapsulated;
        return native ? judge_floats()
                      : Status{fail(
                            Fault::kQuarantine, "gate: floats stand in a syntax of compressed frames",
                            kAtPixelData
                        )};
    }
    if (written_syntax.encapsulated) {
        const MaskedOutput output = masked_output(written_syntax, shape());
        const bool kept = original_.encapsulated && written_.encapsulated &&
                          original_syntax.uid == written_syntax.uid &&
                          (output == MaskedOutput::kCoefficients || output == MaskedOutput::kRecoded);
        return kept ? judge_encapsulated(original_syntax.family, Compare::kAllButSamples)
                    : Status{fail(
                          Fault::kQuarantine, "gate: blackened samples are compressed anew", kAtPixelData
                      )};
    }
    const bool native = original_.present && written_.present && !written_.encapsulated &&
                        !written_syntax.encapsulated &&
                        original_.encapsulated == original_syntax.encapsulated;
    if (!native) {
        return fail(Fault::kQuarantine, "gate: samples are blackened that are not native", kAtPixelData);
    }
    if (original_.encapsulated) {
        EFFACE_CHECK(judge_decoded_attributes(original_syntax.lossy_possible));
        return judge_decoded(original_syntax, written_syntax, Compare::kAllButSamples);
    }
    return judge_native(original_syntax.explicit_vr && written_syntax.explicit_vr, Compare::kAllButSamples);
}

Status PixelJudge::judge_native(bool both_name_their_vr, Compare compare) const {
    const bool same_encoding = original_.big_endian == written_.big_endian;
    // Implicit VR names none: there the samples are OW whatever the other file says (PS3.5 A.1).
    if (both_name_their_vr && same_encoding && original_.vr != written_.vr) {
        return fail(Fault::kQuarantine, "gate: Pixel Data changed its VR", kAtPixelData);
    }
    EFFACE_TRY(const std::uint64_t bytes, sample_bytes(frames_));
    const std::uint64_t padded = bytes + (bytes & 1U);
    if (original_.native.size() < bytes || written_.native.size() != padded) {
        return fail(Fault::kQuarantine, "gate: Pixel Data has not the length of its samples", kAtPixelData);
    }
    const SampleBits bits{allocated_, stored_, high_, signed_};
    const bool swapped_pad = written_.big_endian && written_.vr == rules::Vr::OW && allocated_ <= 8;
    if (padded != bytes && written_.native[swapped_pad ? bytes - 1 : bytes] != std::byte{0}) {
        return fail(Fault::kQuarantine, "gate: the pad byte of Pixel Data is not zero", kAtPixelData);
    }
    const std::uint64_t compared = swapped_pad ? padded : bytes;
    if (original_.native.size() < compared) {
        return fail(Fault::kQuarantine, "gate: Pixel Data has not the length of its samples", kAtPixelData);
    }
    const SampleBytes before{original_.native.first(compared), original_.big_endian, original_.vr};
    const SampleBytes after{written_.native.first(compared), written_.big_endian, written_.vr};
    if (compare == Compare::kAll && !bits.same_samples(before, after)) {
        return fail(Fault::kQuarantine, "gate: samples of Pixel Data differ", kAtPixelData);
    }
    if (bits.holds_foreign_bits(after)) {
        return fail(Fault::kQuarantine, "gate: bits outside the samples hold something", kAtPixelData);
    }
    return {};
}

Status PixelJudge::judge_overlays() const {
    const std::uint64_t low = high_ + 1 >= stored_ ? high_ + 1 - stored_ : 0;
    for (const std::uint16_t bit : overlay_bits_) {
        if (bit > high_ || bit < low) {
            return fail(
                Fault::kQuarantine, "gate: a retired overlay lies in compressed samples", kAtPixelData
            );
        }
    }
    return {};
}

Status PixelJudge::judge_encapsulated(rules::SyntaxFamily family, Compare compare) const {
    // Compressed frames stand in OB (PS3.5 A.4); what a sender named otherwise may stay so.
    if (written_.vr != rules::Vr::OB && written_.vr != original_.vr) {
        return fail(Fault::kQuarantine, "gate: Pixel Data changed its VR", kAtPixelData);
    }
    EFFACE_CHECK(judge_overlays());
    if (original_.offset_table.empty() != written_.offset_table.empty() || frames_unreadable_) {
        return fail(Fault::kQuarantine, "gate: Pixel Data gained or lost its offset table", kAtPixelData);
    }
    FrameBytes sizes;
    if (family == rules::SyntaxFamily::kRle || family == rules::SyntaxFamily::kEncapsulatedUncompressed) {
        EFFACE_TRY(sizes.frame, sample_bytes(1));
        sizes.plane = allocated_ == 1 ? (rows_ * columns_ + 7) / 8 : rows_ * columns_;
    }
    EFFACE_TRY(const std::vector<std::size_t> before, frame_starts(original_, family, frames_));
    EFFACE_TRY(const std::vector<std::size_t> after, frame_starts(written_, family, frames_));
    EFFACE_CHECK(judge_extended_lengths(written_, after));
    std::vector<std::byte> gathered_before;
    std::vector<std::byte> gathered_after;
    for (std::size_t i = 0; i < frames_; ++i) {
        const std::span<const std::byte> written = frame_bytes(written_, after, i, gathered_after);
        const std::span<const std::byte> original = frame_bytes(original_, before, i, gathered_before);
        EFFACE_TRY(const FrameTokens shown, tokens_of_frame(family, written, sizes));
        if (shown.carriers) {
            return fail(Fault::kQuarantine, "gate: a frame holds what is no samples", kAtPixelData);
        }
        if (compare == Compare::kAllButSamples || std::ranges::equal(original, written)) {
            continue;
        }
        EFFACE_TRY(const FrameTokens wanted, tokens_of_frame(family, original, sizes));
        if (!std::ranges::equal(shown.tokens, wanted.tokens)) {
            return fail(Fault::kQuarantine, "gate: samples of Pixel Data differ", kAtPixelData);
        }
    }
    return {};
}

}  // namespace efface::pipeline
