// Vr: the Value Representations of PS3.5 6.2, with what a reader must know of each.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace efface::rules {

enum class Vr : std::uint8_t {
    AE,
    AS,
    AT,
    CS,
    DA,
    DS,
    DT,
    FD,
    FL,
    IS,
    LO,
    LT,
    OB,
    OD,
    OF,
    OL,
    OV,
    OW,
    PN,
    SH,
    SL,
    SQ,
    SS,
    ST,
    SV,
    TM,
    UC,
    UI,
    UL,
    UN,
    UR,
    US,
    UT,
    UV,
};

std::string_view vr_name(Vr vr);
/// The VR of two upper-case letters, or nothing.
std::optional<Vr> parse_vr(std::string_view two_letters);
/// Explicit VR encoding uses a 32-bit length after two reserved bytes (PS3.5 Table 7.1-1).
bool has_long_length(Vr vr);
/// Text in the default repertoire only: AE AS CS DA DS DT IS TM UI UR.
bool is_ascii_text(Vr vr);
/// Text that Specific Character Set governs: LO LT PN SH ST UC UT (PS3.5 6.1.2.3).
bool is_charset_text(Vr vr);

inline bool is_text(Vr vr) {
    return is_ascii_text(vr) || is_charset_text(vr);
}

/// May hold several values split by backslash: text other than LT, ST, UT, UR.
bool is_multi_valued_text(Vr vr);
/// Largest length of one value in characters for text (PN: per component group), 0 for no limit.
std::uint32_t value_characters_max(Vr vr);
/// Bytes per sample of a binary VR (byte swapping), 1 for text and byte strings; AT is 2.
std::uint32_t unit_bytes(Vr vr);

}  // namespace efface::rules
