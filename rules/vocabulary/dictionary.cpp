// The data dictionary, from the generated table. A look-up by tag is a binary search over a compact
// array of tags (25 KB), since it runs for every element of every instance. Pure.
//
// The repeating groups 5000-501E and 6000-601E are written out. The ACR-NEMA families whose element
// numbers are free ((1000,xxxy), (1010,xxxx), (0020,31xx), (0028,04xy), (0028,08xy)) are not known
// here: nothing can be said about what stands in them, so the profile removes them as unknown.
#include "rules/vocabulary/dictionary.h"

namespace efface::rules {
namespace {

constexpr DictionaryEntry kEntries[] = {
#include "rules/vocabulary/dictionary.inc"
};
constexpr std::size_t kEntryCount = std::size(kEntries);

constexpr std::uint16_t kByKeyword[] = {
#include "rules/vocabulary/dictionary_by_keyword.inc"
};

constexpr std::array<std::uint32_t, kEntryCount> tags_only() {
    std::array<std::uint32_t, kEntryCount> tags{};
    for (std::size_t i = 0; i < kEntryCount; ++i) {
        tags[i] = kEntries[i].tag.value;
    }
    return tags;
}

constexpr auto kTags = tags_only();

}  // namespace

const DictionaryEntry* find_attribute(Tag tag) {
    const auto* found = std::lower_bound(kTags.begin(), kTags.end(), tag.value);
    return found != kTags.end() && *found == tag.value ? &kEntries[found - kTags.begin()] : nullptr;
}

const DictionaryEntry* find_attribute(std::string_view keyword) {
    const auto* found = std::lower_bound(
        std::begin(kByKeyword), std::end(kByKeyword), keyword,
        [](std::uint16_t index, std::string_view value) { return kEntries[index].keyword < value; }
    );
    const bool hit = found != std::end(kByKeyword) && kEntries[*found].keyword == keyword;
    return hit ? &kEntries[*found] : nullptr;
}

std::span<const DictionaryEntry> dictionary() {
    return kEntries;
}

std::string_view keyword_of(Tag tag) {
    const DictionaryEntry* entry = find_attribute(tag);
    return entry != nullptr ? entry->keyword : std::string_view{};
}

}  // namespace efface::rules
