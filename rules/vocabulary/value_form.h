// ValueForm: does a text look like its VR says? A code, number, date or UID has a repertoire and a length
// (PS3.5 Table 6.2-1); text that breaks them in an attribute that is kept could say anything.
// Thread rule: pure.
#pragma once

#include "rules/vocabulary/vr.h"

#include <string_view>

namespace efface::rules {

/// True for AE AS CS DA DS DT IS TM UI: the VRs whose values have a form.
bool has_value_form(Vr vr);

/// True if each value of `text` (padding and the splitting '\' included) has the form of `vr`; true for VRs
/// without one. Wider than the standard where senders often are and where digits alone could stand: numbers
/// of up to kNumberCharactersMax characters, dates and times of ACR-NEMA (PS3.5 6.2, notes to DA and TM).
bool has_form_of(Vr vr, std::string_view text);

inline constexpr std::size_t kNumberCharactersMax = 32;

}  // namespace efface::rules
