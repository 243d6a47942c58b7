// Specific Character Set (0008,0005): bytes of text to UTF-8 and back, for every defined term of
// PS3.3 C.12.1.1.2 with and without code extensions (ISO 2022, PS3.5 6.1.2). Bounded, no recursion.
// Thread rule: pure functions; ICU converters are opened per call.
#pragma once

#include "config/result.h"
#include "rules/vocabulary/vr.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace efface::rules {

/// Values of (0008,0005), trimmed; none or {""} is the default repertoire (ISO_IR 6).
using CharacterSets = std::span<const std::string_view>;

/// Splits a (0008,0005) value at '\' and trims each; the views point into `value`.
std::vector<std::string_view> split_character_sets(std::string_view value);

/// The text as UTF-8; `vr` decides where code extensions fall back to the first character set (the
/// delimiters of PS3.5 6.1.2.5.3). Backslashes that split values stay. Bytes that the character set
/// does not define become U+FFFD. Fault::kQuarantine for a term that PS3.3 does not define, for a
/// combination it forbids, and for an escape sequence of no listed set.
Result<std::string> decode(CharacterSets sets, std::string_view bytes, Vr vr);

/// The bytes of UTF-8 text in these character sets, or nothing where a character is in none of them.
std::optional<std::string> encode(CharacterSets sets, std::string_view utf8);

/// The text in every encoding that can hold it (each defined term alone; ISO 2022 with and without
/// escapes), without repeats: what the gate searches a name with.
std::vector<std::string> all_encodings(std::string_view utf8);

/// Full upper and lower case of UTF-8 text without locale.
std::string to_upper(std::string_view utf8);
std::string to_lower(std::string_view utf8);

}  // namespace efface::rules
