// The data dictionary of PS3.6: keyword, VR and VM of each standard attribute.
#pragma once

#include "rules/vocabulary/tag.h"
#include "rules/vocabulary/vr.h"

#include <span>
#include <string_view>

namespace efface::rules {

struct DictionaryEntry {
    Tag tag;
    std::string_view keyword;
    Vr vr;                     ///< The first one where the standard names several ("US or SS": US).
    std::string_view vr_text;  ///< As printed: "US or SS".
    std::string_view vm;
    bool retired;
};

/// The entry of a tag (repeating groups 50xx and 60xx included), or null; null for private tags.
const DictionaryEntry* find_attribute(Tag tag);
/// The entry of a keyword ("PatientName"), or null.
const DictionaryEntry* find_attribute(std::string_view keyword);
/// Every entry, in the order of the tag.
std::span<const DictionaryEntry> dictionary();
/// May an element of this VR stand for the attribute without saying more than the attribute can? One number
/// for another, one code for another, a code for a text; UN is what the dictionary says. Text or bytes
/// where a number or a code belongs are not: nobody knows what they hold.
bool may_stand_as(const DictionaryEntry& entry, Vr vr);
/// The VR that a value is read by: UN stands for what the dictionary says (PS3.5 6.2.2).
Vr effective_vr(Tag tag, Vr vr);
/// "PatientName", or "" for an unknown or private tag.
std::string_view keyword_of(Tag tag);

}  // namespace efface::rules
