// What Image Comments (0020,4000) of a filled instance says, in the language that its rule names where the
// data set's Specific Character Set (0008,0005) holds that, else in English; the character set is never
// changed for it. For cleaner and gate alike. PS3.3 C.7.6.1, C.12.1.1.2; PS3.5 6.2 (LT). Thread rule: pure
// functions.
#pragma once

#include "rules/matching/enhance_rules.h"

#include <string>
#include <string_view>

namespace efface::pipeline {

/// In UTF-8.
std::string_view fill_comment_text(rules::FillLanguage language);

/// The value's bytes, without padding. `character_set`: the value of (0008,0005), empty where there is none.
/// In English, which every character set holds, where that lacks a character, defines none, or the bytes are
/// more than an LT has characters.
std::string fill_comment(rules::FillLanguage language, std::string_view character_set);

}  // namespace efface::pipeline
