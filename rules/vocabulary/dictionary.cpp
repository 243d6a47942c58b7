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

enum class Nature : std::uint8_t { kNumber, kCode, kText, kName, kBytes, kSequence, kUnknown };

constexpr Nature nature_of(Vr vr) {
    switch (vr) {
        case Vr::AT:
        case Vr::FD:
        case Vr::FL:
        case Vr::SL:
        case Vr::SS:
        case Vr::SV:
        case Vr::UL:
        case Vr::US:
        case Vr::UV:
            return Nature::kNumber;
        case Vr::AE:
        case Vr::AS:
        case Vr::CS:
        case Vr::DA:
        case Vr::DS:
        case Vr::DT:
        case Vr::IS:
        case Vr::TM:
        case Vr::UI:
            return Nature::kCode;
        case Vr::LO:
        case Vr::LT:
        case Vr::SH:
        case Vr::ST:
        case Vr::UC:
        case Vr::UR:
        case Vr::UT:
            return Nature::kText;
        case Vr::PN:
            return Nature::kName;
        case Vr::OB:
        case Vr::OD:
        case Vr::OF:
        case Vr::OL:
        case Vr::OV:
        case Vr::OW:
            return Nature::kBytes;
        case Vr::SQ:
            return Nature::kSequence;
        case Vr::UN:
            break;
    }
    return Nature::kUnknown;
}

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

bool may_stand_as(const DictionaryEntry& entry, Vr vr) {
    const Nature given = nature_of(vr);
    const Nature wanted = nature_of(entry.vr);
    if (given == wanted || given == Nature::kUnknown || wanted == Nature::kUnknown) {
        return true;
    }
    return entry.vr_text.find(vr_name(vr)) != std::string_view::npos ||
           (given == Nature::kCode && wanted == Nature::kText) ||
           (given == Nature::kNumber && wanted == Nature::kBytes);
}

Vr effective_vr(Tag tag, Vr vr) {
    const DictionaryEntry* entry = vr == Vr::UN ? find_attribute(tag) : nullptr;
    return entry != nullptr ? entry->vr : vr;
}

std::string_view keyword_of(Tag tag) {
    const DictionaryEntry* entry = find_attribute(tag);
    return entry != nullptr ? entry->keyword : std::string_view{};
}

}  // namespace efface::rules
