// See sample_bits.h.
#include "pipeline/gate/sample_bits.h"

#include <array>
#include <cstring>

namespace efface::pipeline {
namespace {

// Samples as the numbers they are, whatever order their bytes have. In words of OW the bytes of 8-bit
// samples swap too (PS3.5 8.1.2), which is why the word is what the VR says, not the sample.
template <class Word>
Word word_at(const SampleBytes& samples, std::size_t at) {
    Word word{};
    std::memcpy(&word, samples.bytes.data() + at, sizeof(Word));
    if constexpr (sizeof(Word) == 2) {
        return samples.big_endian ? __builtin_bswap16(word) : word;
    } else if constexpr (sizeof(Word) == 4) {
        return samples.big_endian ? __builtin_bswap32(word) : word;
    } else if constexpr (sizeof(Word) == 8) {
        return samples.big_endian ? __builtin_bswap64(word) : word;
    }
    return word;
}

template <class Word>
bool equal_words(const SampleBytes& before, const SampleBytes& after, std::uint64_t mask) {
    Word differs{};
    const std::size_t end = before.bytes.size() / sizeof(Word) * sizeof(Word);
    for (std::size_t at = 0; at < end; at += sizeof(Word)) {
        const Word kept = static_cast<Word>(word_at<Word>(before, at) & static_cast<Word>(mask));
        differs = static_cast<Word>(differs | (kept ^ word_at<Word>(after, at)));
    }
    const std::span<const std::byte> rest_before = before.bytes.subspan(end);
    return differs == 0 &&
           (rest_before.empty() ||
            std::memcmp(rest_before.data(), after.bytes.data() + end, rest_before.size()) == 0);
}

// Is any bit of the mask set in any sample? Eight bytes at a time, since every sample of every image
// comes by here.
bool any_bits(const SampleBytes& samples, std::uint64_t word_bytes, std::uint64_t mask) {
    if (mask == 0) {
        return false;
    }
    std::array<std::uint8_t, 8> pattern{};
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        const std::uint64_t place = at % word_bytes;
        pattern[at] =
            static_cast<std::uint8_t>(mask >> (8 * (samples.big_endian ? word_bytes - 1 - place : place)));
    }
    std::uint64_t eight = 0;
    std::memcpy(&eight, pattern.data(), pattern.size());
    std::array<std::uint64_t, 4> any{};
    const std::byte* const bytes = samples.bytes.data();
    std::size_t at = 0;
    for (; at + 32 <= samples.bytes.size(); at += 32) {
        std::array<std::uint64_t, 4> words{};
        std::memcpy(words.data(), bytes + at, sizeof(words));
        for (std::size_t i = 0; i < words.size(); ++i) {
            any[i] |= words[i];
        }
    }
    bool found = ((any[0] | any[1] | any[2] | any[3]) & eight) != 0;
    for (; at < samples.bytes.size(); ++at) {
        found = found || (static_cast<std::uint8_t>(bytes[at]) & pattern[at % pattern.size()]) != 0;
    }
    return found;
}

template <class Word>
bool bits_beside_sign(
    const SampleBytes& samples, std::uint64_t unused, std::uint64_t extension, std::uint64_t sign
) {
    const std::size_t end = samples.bytes.size() / sizeof(Word) * sizeof(Word);
    for (std::size_t at = 0; at < end; at += sizeof(Word)) {
        const std::uint64_t word = word_at<Word>(samples, at);
        const std::uint64_t bits = word & unused;
        if (bits != 0 && (bits != extension || (word & sign) == 0)) {
            return true;
        }
    }
    return false;
}

template <class Call>
bool by_word(std::uint64_t bytes, Call&& call) {
    switch (bytes) {
        case 2:
            return call(std::uint16_t{});
        case 4:
            return call(std::uint32_t{});
        case 8:
            return call(std::uint64_t{});
        default:
            return call(std::uint8_t{});
    }
}

}  // namespace

SampleBits::SampleBits(std::uint64_t allocated, std::uint64_t stored, std::uint64_t high, bool is_signed) {
    word_bytes_ = allocated <= 8 ? 1 : allocated / 8;
    const std::uint64_t word =
        word_bytes_ == 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * word_bytes_)) - 1;
    stored_mask_ = word;
    const bool words = allocated == 8 || allocated == 16 || allocated == 32;
    if (!words || stored == 0 || stored >= allocated || high >= allocated || high + 1 < stored) {
        return;  // No unused bits.
    }
    stored_mask_ = ((std::uint64_t{1} << stored) - 1) << (high + 1 - stored);
    unused_mask_ = word & ~stored_mask_;
    if (is_signed) {
        sign_bit_ = std::uint64_t{1} << high;
        extension_mask_ = word & ~((sign_bit_ << 1U) - 1);
    }
}

bool SampleBits::same_samples(const SampleBytes& before, const SampleBytes& after) const {
    if (before.bytes.size() != after.bytes.size()) {
        return false;
    }
    const bool same_order = before.big_endian == after.big_endian && before.vr == after.vr;
    if (same_order && (before.bytes.empty() ||
                       std::memcmp(before.bytes.data(), after.bytes.data(), before.bytes.size()) == 0)) {
        return true;
    }
    // Words of OW carry 8-bit samples in pairs, so that a change of order swaps pairs.
    const bool paired = word_bytes_ == 1 && before.vr == rules::Vr::OW && after.vr == rules::Vr::OW;
    if (paired && before.big_endian != after.big_endian) {
        return equal_words<std::uint16_t>(before, after, stored_mask_ | (stored_mask_ << 8U));
    }
    return by_word(word_bytes_, [&](auto word) {
        return equal_words<decltype(word)>(before, after, stored_mask_);
    });
}

bool SampleBits::holds_foreign_bits(const SampleBytes& samples) const {
    if (!any_bits(samples, word_bytes_, unused_mask_)) {
        return false;
    }
    return sign_bit_ == 0 || by_word(word_bytes_, [&](auto word) {
               return bits_beside_sign<decltype(word)>(samples, unused_mask_, extension_mask_, sign_bit_);
           });
}

}  // namespace efface::pipeline
