// The constants that stand in place of removed values: the cleaner writes them and the gate expects exactly
// them. Valid for their VR (PS3.5 6.2) and ASCII, so in every Specific Character Set.
#pragma once

#include "rules/vocabulary/tag.h"
#include "rules/vocabulary/vr.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace efface::rules {

/// What stands where a value is replaced (actions D and Z) and nothing better is known: constant for its
/// VR, ASCII, one value; empty where the VR is no text. Dates lie before every study.
constexpr std::string_view dummy_text(Vr vr) {
    switch (vr) {
        case Vr::AE:
        case Vr::CS:
            return "ANON";
        case Vr::AS:
            return "000Y";
        case Vr::DA:
            return "19000101";
        case Vr::DT:
            return "19000101000000";
        case Vr::TM:
            return "000000";
        case Vr::DS:
        case Vr::IS:
            return "0";
        case Vr::LO:
        case Vr::PN:
        case Vr::SH:
            return "Anonymous";
        case Vr::UR:
            return "about:blank";
        case Vr::LT:
        case Vr::ST:
        case Vr::UC:
        case Vr::UT:
            return "Removed by de-identification";
        default:
            return "";
    }
}

/// Attributes whose values PS3.3 restricts beyond the VR have another constant.
struct SpecialDummy {
    Tag tag;
    std::string_view value;
};

inline constexpr std::array kSpecialDummies{
    SpecialDummy{Tag{0x0008, 0x0201}, "+0000"},    // Timezone Offset From UTC
    SpecialDummy{Tag{0x0400, 0x0565}, "CORRECT"},  // Reason for the Attribute Modification
};

/// A replaced identifier of things (device serial numbers and the like) is this many bytes of
/// ProjectKey::keyed_hash(kIdentifierDomain, original value), in hexadecimal: it fits SH.
inline constexpr std::string_view kIdentifierDomain = "identifier";
inline constexpr std::size_t kIdentifierBytes = 8;
/// A UID that replaces an empty one is the mapped UID of this text.
inline constexpr std::string_view kUidOfNothing = "0.0";

}  // namespace efface::rules
