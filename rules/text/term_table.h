// The defined terms of Specific Character Set, PS3.3 C.12.1.1.2 Tables C.12-2 to C.12-5, as one table.
// Inside rules/text only. Thread rule: constants.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace efface::rules {

/// Where the bytes of a set stand (ISO 2022): low bytes are G0, high bytes G1.
enum class CodeSet : std::uint8_t {
    kNone,
    kAscii,       ///< G0
    kRomaji,      ///< G0, JIS X 0201; read as ASCII, since 5C must stay the delimiter.
    kKatakana,    ///< G1, JIS X 0201
    kSingleByte,  ///< G1, right half of the converter's table
    kJisX0208,    ///< G0, two bytes
    kJisX0212,    ///< G0, two bytes
    kKsX1001,     ///< G1, two bytes
    kGb2312,      ///< G1, two bytes
    kWhole,       ///< The whole text at once: UTF-8, GB18030, GBK. No code extensions.
};

struct Term {
    std::string_view name;  ///< After "ISO_IR " or "ISO 2022 IR ", or the whole term.
    CodeSet set;
    std::string_view converter;  ///< ICU's name.
    std::string_view escape;     ///< What designates the set, without ESC; empty: cannot be designated.
    bool without_extension;      ///< May stand alone as "ISO_IR n".
};

std::span<const Term> terms();

/// A value of (0008,0005), or null. "" is the default repertoire.
const Term* find_term(std::string_view value);

/// The term whose set an escape sequence (without ESC) at the start of `text` designates, or null.
const Term* find_escape(std::string_view text);

}  // namespace efface::rules
