// See pixel_judge.h.
#include "pipeline/gate/pixel_judge.h"

#include "pipeline/gate/frame_tokens.h"
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

// Indices of the fragments that begin a frame, by the table's offsets.
Result<std::vector<std::size_t>> starts_by_table(
    const PixelSource& source, std::span<const std::byte> table, std::size_t width, std::uint64_t frames
) {
    std::vector<std::size_t> starts;
    if (table.size() != frames * width) {
        return fail(Fault::kQuarantine, "gate: an offset table does not count the frames", kAtPixelData);
    }
    const auto& offsets = source.fragment_offsets;
    for (std::uint64_t i = 0; i < frames; ++i) {
        const auto found = std::lower_bound(offsets.begin(), offsets.end(), little(table, i * width, width));
        const auto index = static_cast<std::size_t>(found - offsets.begin());
        const bool exact = found != offsets.end() && *found == little(table, i * width, width);
        if (!exact || (starts.empty() ? index != 0 : index <= starts.back())) {
            return fail(Fault::kQuarantine, "gate: an offset table misses its frames", kAtPixelData);
        }
        starts.push_back(index);
    }
    return starts;
}

bool begins_codestream(rules::SyntaxFamily family, std::span<const std::byte> fragment) {
    const bool wavelet = family == rules::SyntaxFamily::kJpeg2000 || family == rules::SyntaxFamily::kHtj2k;
    const std::byte second = wavelet ? std::byte{0x4F} : std::byte{0xD8};
    return fragment.size() > 2 && fragment[0] == std::byte{0xFF} && fragment[1] == second &&
           fragment[2] == std::byte{0xFF};
}

Result<std::vector<std::size_t>> frame_starts(
    const PixelSource& source, rules::SyntaxFamily family, std::uint64_t frames
) {
    if (source.fragments.empty() || source.fragments.size() < frames) {
        return fail(Fault::kQuarantine, "gate: Pixel Data has fewer fragments than frames", kAtPixelData);
    }
    if (!source.extended_offsets.empty()) {
        return starts_by_table(source, source.extended_offsets, 8, frames);
    }
    if (!source.offset_table.empty()) {
        return starts_by_table(source, source.offset_table, 4, frames);
    }
    std::vector<std::size_t> starts;
    if (frames == 1) {
        starts.push_back(0);
        return starts;
    }
    const bool one_each = source.fragments.size() == frames;
    for (std::size_t i = 0; i < source.fragments.size(); ++i) {
        if (one_each || begins_codestream(family, source.fragments[i])) {
            starts.push_back(i);
        }
    }
    if (starts.size() != frames || starts.front() != 0) {
        return fail(Fault::kQuarantine, "gate: frames cannot be told apart", kAtPixelData);
    }
    return starts;
}

// The bytes of frame `i`; `gathered` holds them where the frame lies in several fragments.
std::span<const std::byte> frame_bytes(
    const PixelSource& source, const std::vector<std::size_t>& starts, std::size_t i,
    std::vector<std::byte>& gathered
) {
    const std::size_t end = i + 1 < starts.size() ? starts[i + 1] : source.fragments.size();
    if (end - starts[i] == 1) {
        return source.fragments[starts[i]];
    }
    gathered.clear();
    for (std::size_t f = starts[i]; f < end; ++f) {
        gathered.insert(gathered.end(), source.fragments[f].begin(), source.fragments[f].end());
    }
    return gathered;
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
    if (!original_.present) {
        return {};
    }
    if (original_.encapsulated != original_syntax.encapsulated ||
        written_.encapsulated != written_syntax.encapsulated) {
        return fail(Fault::kQuarantine, "gate: Pixel Data is not as its transfer syntax says", kAtPixelData);
    }
    if (!original_.encapsulated && !written_.encapsulated) {
        return judge_native(original_syntax.explicit_vr && written_syntax.explicit_vr);
    }
    if (original_syntax.uid != written_syntax.uid) {
        return fail(Fault::kQuarantine, "gate: transcoded Pixel Data cannot be compared yet", kAtPixelData);
    }
    return judge_encapsulated(original_syntax.family);
}

Status PixelJudge::judge_native(bool both_name_their_vr) const {
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
    if (!bits.same_samples(before, after)) {
        return fail(Fault::kQuarantine, "gate: samples of Pixel Data differ", kAtPixelData);
    }
    if (bits.holds_foreign_bits(after)) {
        return fail(Fault::kQuarantine, "gate: bits outside the samples hold something", kAtPixelData);
    }
    return {};
}

Status PixelJudge::judge_encapsulated(rules::SyntaxFamily family) const {
    const std::uint64_t low = high_ + 1 >= stored_ ? high_ + 1 - stored_ : 0;
    for (const std::uint16_t bit : overlay_bits_) {
        if (bit > high_ || bit < low) {
            return fail(
                Fault::kQuarantine, "gate: a retired overlay lies in compressed samples", kAtPixelData
            );
        }
    }
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
        if (std::ranges::equal(original, written)) {
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
