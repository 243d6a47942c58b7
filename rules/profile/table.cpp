// Table E.1-1 as constants, and which row governs a tag. Pure.
#include "rules/profile/table.h"

namespace efface::rules {
namespace {

#include "rules/profile/table_e1_1_edition.inc"

constexpr std::array kRows = std::to_array<TableRow>({
#include "rules/profile/table_e1_1.inc"
});

constexpr std::size_t kFamilyCount = 4;
constexpr std::size_t kConcreteCount = kRows.size() - kFamilyCount;

constexpr std::array<std::uint32_t, kConcreteCount> concrete_tags() {
    std::array<std::uint32_t, kConcreteCount> tags{};
    for (std::size_t i = 0; i < kConcreteCount; ++i) {
        tags[i] = kRows[i].tag.value;
    }
    return tags;
}

constexpr auto kTags = concrete_tags();

/// A family that is not there fails the compilation.
constexpr const TableRow& family_row(std::string_view name) {
    std::size_t i = 0;
    while (kRows.at(i).family != name) {
        ++i;
    }
    return kRows[i];
}

constexpr const TableRow& kCurves = family_row("50xxxxxx");
constexpr const TableRow& kOverlayData = family_row("60xx3000");
constexpr const TableRow& kOverlayComments = family_row("60xx4000");
constexpr const TableRow& kPrivate = family_row("odd-group");

/// Even groups base..base+1E (PS3.5 7.6).
constexpr bool is_repeating_group(Tag tag, std::uint16_t base) {
    return tag.group() >= base && tag.group() <= base + 0x1EU && (tag.group() & 1U) == 0;
}

const TableRow* find_family_row(Tag tag) {
    if (tag.is_private()) {
        return &kPrivate;
    }
    if (is_repeating_group(tag, 0x5000)) {
        return &kCurves;
    }
    if (is_repeating_group(tag, 0x6000)) {
        return tag.element() == 0x3000   ? &kOverlayData
               : tag.element() == 0x4000 ? &kOverlayComments
                                         : nullptr;
    }
    return nullptr;
}

}  // namespace

std::span<const TableRow> table_rows() {
    return kRows;
}

const TableRow* find_row(Tag tag) {
    const auto* found = std::lower_bound(kTags.begin(), kTags.end(), tag.value);
    if (found != kTags.end() && *found == tag.value) {
        return &kRows[static_cast<std::size_t>(found - kTags.begin())];
    }
    return find_family_row(tag);
}

std::string_view table_edition() {
    return kTableEdition;
}

std::string_view table_digest() {
    return kTableDigest;
}

}  // namespace efface::rules
