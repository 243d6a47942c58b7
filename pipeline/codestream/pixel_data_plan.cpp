// See pixel_data_plan.h: native Pixel Data here, encapsulated in encapsulated_plan.cpp.
#include "pipeline/codestream/pixel_data_plan.h"

#include "pipeline/codestream/encapsulated_plan.h"
#include "pipeline/codestream/pixel_shape.h"

#include <array>
#include <cstring>

namespace efface::pipeline {
namespace {

// Bytes of a sample word; 0 where no bits can be unused (8 of 8) or samples are not words.
std::uint32_t word_bytes(const PixelShape& shape) {
    if (shape.bits_allocated == 8 || shape.bits_allocated == 16 || shape.bits_allocated == 32) {
        return shape.bits_stored == shape.bits_allocated
                   ? 0
                   : static_cast<std::uint32_t>(shape.bits_allocated / 8);
    }
    return 0;
}

std::uint64_t stored_mask(const PixelShape& shape) {
    const std::uint64_t ones = (std::uint64_t{1} << shape.bits_stored) - 1;
    return ones << (shape.high_bit + 1 - shape.bits_stored);
}

template <class Word>
Word load_word(const std::byte* at, bool big_endian) {
    Word word = 0;
    std::memcpy(&word, at, sizeof(Word));
    if constexpr (sizeof(Word) == 2) {
        return big_endian ? __builtin_bswap16(word) : word;
    } else if constexpr (sizeof(Word) == 4) {
        return big_endian ? __builtin_bswap32(word) : word;
    }
    return word;
}

// The union of all samples: of eight bytes at a time, folded into one sample at the end.
template <class Word>
Word all_bits(std::span<const std::byte> samples, bool big_endian) {
    std::uint64_t wide = 0;
    std::size_t at = 0;
    for (; at + sizeof(wide) <= samples.size(); at += sizeof(wide)) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, samples.data() + at, sizeof(eight));
        wide |= eight;
    }
    std::array<std::byte, sizeof(wide)> folded{};
    std::memcpy(folded.data(), &wide, sizeof(wide));
    Word any = 0;
    for (std::size_t i = 0; i < folded.size(); i += sizeof(Word)) {
        any = static_cast<Word>(any | load_word<Word>(folded.data() + i, big_endian));
    }
    for (; at + sizeof(Word) <= samples.size(); at += sizeof(Word)) {
        any = static_cast<Word>(any | load_word<Word>(samples.data() + at, big_endian));
    }
    return any;
}

// True if a sample has an unused bit set that is not the extension of its sign: then the unused bits
// hold something else than the sample.
template <class Word>
bool foreign_bits(std::span<const std::byte> samples, const PixelShape& shape, bool big_endian) {
    const auto stored = static_cast<Word>(stored_mask(shape));
    const auto unused = static_cast<Word>(~stored);
    const Word any = all_bits<Word>(samples, big_endian);
    const std::size_t end = samples.size() - samples.size() % sizeof(Word);
    if ((any & unused) == 0 || !shape.is_signed) {
        return (any & unused) != 0;
    }
    const auto sign = static_cast<Word>(Word{1} << shape.high_bit);
    const auto above = static_cast<Word>(unused & static_cast<Word>(~static_cast<Word>(sign | (sign - 1))));
    for (std::size_t at = 0; at < end; at += sizeof(Word)) {
        const Word word = load_word<Word>(samples.data() + at, big_endian);
        const Word extension = (word & sign) != 0 ? above : Word{0};
        const auto bits = static_cast<Word>(word & unused);
        if (bits != 0 && bits != extension) {
            return true;
        }
    }
    return false;
}

bool has_foreign_bits(std::span<const std::byte> samples, const PixelShape& shape, bool big_endian) {
    switch (word_bytes(shape)) {
        case 1:
            return foreign_bits<std::uint8_t>(samples, shape, big_endian);
        case 2:
            return foreign_bits<std::uint16_t>(samples, shape, big_endian);
        case 4:
            return foreign_bits<std::uint32_t>(samples, shape, big_endian);
        default:
            return false;
    }
}

std::vector<std::byte> element_header(
    std::span<const std::byte> data_set, const Event& header, std::uint64_t length
) {
    std::vector<std::byte> bytes{
        data_set.begin() + static_cast<std::ptrdiff_t>(header.header_offset),
        data_set.begin() + static_cast<std::ptrdiff_t>(header.value_offset)};
    for (std::size_t i = 0; i < 4; ++i) {
        const std::size_t shift = header.big_endian ? 8 * (3 - i) : 8 * i;
        bytes[bytes.size() - 4 + i] = static_cast<std::byte>((length >> shift) & 0xFFU);
    }
    return bytes;
}

Status plan_native(std::span<const std::byte> data_set, const PixelScan& scan, PixelDataPlan& plan) {
    const std::span<const std::byte> value = scan.element.native;
    EFFACE_TRY(const std::uint64_t samples, scan.shape.native_bytes());
    if (value.size() < samples) {
        return fail(Fault::kQuarantine, "Pixel Data is shorter than its frames", Where::tag(0x7FE00010));
    }
    // A word VR swaps in big endian; OB and 8-bit samples do not.
    const bool big_endian = scan.element.header.big_endian;
    plan.clear_bits = bits_to_clear(value.first(samples), scan.shape, big_endian);
    const std::uint64_t padded = samples + (samples & 1U);
    if (value.size() < padded) {
        return fail(Fault::kQuarantine, "Pixel Data has an odd length", Where::tag(0x7FE00010));
    }
    // In words of big endian the last odd byte is swapped with its pad byte.
    const bool swapped =
        big_endian && scan.element.header.vr == rules::Vr::OW && scan.shape.bits_allocated <= 8;
    const std::uint64_t pad_at = swapped ? samples - 1 : samples;
    const bool pad_is_zero = padded == samples || value[pad_at] == std::byte{0};
    if (swapped && !pad_is_zero) {
        return fail(Fault::kQuarantine, "the pad byte of Pixel Data is not zero", Where::tag(0x7FE00010));
    }
    plan.trailing_bytes = value.size() - (pad_is_zero ? padded : samples);
    plan.identical = plan.trailing_bytes == 0 && !plan.clear_bits;
    if (plan.identical) {
        return {};
    }
    plan.patch = element_header(data_set, scan.element.header, padded);
    plan.pieces.push_back({.patched = true, .offset = 0, .length = plan.patch.size()});
    plan.pieces.push_back(
        {.patched = false, .offset = scan.element.header.value_offset, .length = swapped ? padded : samples}
    );
    if (padded != samples && !swapped) {
        plan.pieces.push_back({.patched = true, .offset = plan.patch.size(), .length = 1});
        plan.patch.push_back(std::byte{0});
    }
    return {};
}

/// What stands behind the last frame is no sample, and nobody cuts it: no real sender writes it.
Status check_floats(const PixelScan& scan) {
    const Where at = Where::tag(scan.floats.header.tag.value);
    EFFACE_TRY(const std::uint64_t bytes, scan.shape.native_bytes());
    const rules::Vr vr = scan.floats.sample_bytes() == 4 ? rules::Vr::OF : rules::Vr::OD;
    if (scan.shape.bits_allocated != 8 * scan.floats.sample_bytes() || scan.floats.header.vr != vr) {
        return fail(Fault::kQuarantine, "Bits Allocated or VR is not that of Float Pixel Data", at);
    }
    return scan.floats.value.size() == bytes
               ? Status{}
               : Status{fail(Fault::kQuarantine, "Float Pixel Data has not the length of its frames", at)};
}

}  // namespace

Result<PixelDataPlan> plan_pixel_data(
    std::span<const std::byte> data_set, const rules::TransferSyntax& syntax
) {
    EFFACE_TRY(const PixelScan scan, scan_pixel_data(data_set, syntax));
    if (scan.floats.present) {
        EFFACE_CHECK(check_floats(scan));
    }
    PixelDataPlan plan;
    plan.present = scan.element.present;
    if (!plan.present) {
        return plan;
    }
    if (scan.element.encapsulated != syntax.encapsulated) {
        return fail(
            Fault::kQuarantine, "Pixel Data is not as the transfer syntax says", Where::tag(0x7FE00010)
        );
    }
    plan.begin = scan.element.header.header_offset;
    plan.end = scan.element.end;
    if (scan.element.encapsulated) {
        EFFACE_CHECK(plan_encapsulated(syntax.family, scan, plan));
    } else {
        EFFACE_CHECK(plan_native(data_set, scan, plan));
    }
    if (plan.identical) {
        plan.pieces = {{.patched = false, .offset = plan.begin, .length = plan.end - plan.begin}};
    }
    for (const Piece& piece : plan.pieces) {
        plan.new_bytes += piece.length;
    }
    return plan;
}

std::optional<ClearBits> bits_to_clear(
    std::span<const std::byte> samples, const PixelShape& shape, bool big_endian
) {
    if (word_bytes(shape) == 0 || !has_foreign_bits(samples, shape, big_endian)) {
        return std::nullopt;
    }
    return ClearBits{word_bytes(shape), stored_mask(shape), big_endian};
}

void clear_unused_bits(std::span<std::byte> samples, const ClearBits& clear) {
    std::array<std::byte, 4> mask{};
    for (std::uint32_t i = 0; i < clear.sample_bytes; ++i) {
        const std::uint32_t shift = clear.big_endian ? 8 * (clear.sample_bytes - 1 - i) : 8 * i;
        mask[i] = static_cast<std::byte>((clear.keep_mask >> shift) & 0xFFU);
    }
    for (std::size_t at = 0; at < samples.size(); ++at) {
        samples[at] &= mask[at % clear.sample_bytes];
    }
}

}  // namespace efface::pipeline
