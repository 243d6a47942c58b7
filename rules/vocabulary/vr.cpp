// The Value Representations as one table, PS3.5 Table 6.2-1 and 7.1-1. Pure.
#include "rules/vocabulary/vr.h"

#include "config/assert.h"

namespace efface::rules {
namespace {

enum class Kind : std::uint8_t { kBinary, kAscii, kCharset };

struct VrRow {
    Vr vr;
    std::string_view name;
    Kind kind;
    bool long_length;
    bool multi_valued_text;
    std::uint32_t characters_max;  ///< Of one value; 0 for no limit below 2^32.
    std::uint32_t unit_bytes;
};

constexpr std::uint32_t kUnlimited = 0;

constexpr std::array kVrTable{
    VrRow{Vr::AE, "AE", Kind::kAscii, false, true, 16, 1},
    VrRow{Vr::AS, "AS", Kind::kAscii, false, true, 4, 1},
    VrRow{Vr::AT, "AT", Kind::kBinary, false, false, kUnlimited, 2},
    VrRow{Vr::CS, "CS", Kind::kAscii, false, true, 16, 1},
    VrRow{Vr::DA, "DA", Kind::kAscii, false, true, 8, 1},
    VrRow{Vr::DS, "DS", Kind::kAscii, false, true, 16, 1},
    VrRow{Vr::DT, "DT", Kind::kAscii, false, true, 26, 1},
    VrRow{Vr::FD, "FD", Kind::kBinary, false, false, kUnlimited, 8},
    VrRow{Vr::FL, "FL", Kind::kBinary, false, false, kUnlimited, 4},
    VrRow{Vr::IS, "IS", Kind::kAscii, false, true, 12, 1},
    VrRow{Vr::LO, "LO", Kind::kCharset, false, true, 64, 1},
    VrRow{Vr::LT, "LT", Kind::kCharset, false, false, 10240, 1},
    VrRow{Vr::OB, "OB", Kind::kBinary, true, false, kUnlimited, 1},
    VrRow{Vr::OD, "OD", Kind::kBinary, true, false, kUnlimited, 8},
    VrRow{Vr::OF, "OF", Kind::kBinary, true, false, kUnlimited, 4},
    VrRow{Vr::OL, "OL", Kind::kBinary, true, false, kUnlimited, 4},
    VrRow{Vr::OV, "OV", Kind::kBinary, true, false, kUnlimited, 8},
    VrRow{Vr::OW, "OW", Kind::kBinary, true, false, kUnlimited, 2},
    VrRow{Vr::PN, "PN", Kind::kCharset, false, true, 64, 1},
    VrRow{Vr::SH, "SH", Kind::kCharset, false, true, 16, 1},
    VrRow{Vr::SL, "SL", Kind::kBinary, false, false, kUnlimited, 4},
    VrRow{Vr::SQ, "SQ", Kind::kBinary, true, false, kUnlimited, 1},
    VrRow{Vr::SS, "SS", Kind::kBinary, false, false, kUnlimited, 2},
    VrRow{Vr::ST, "ST", Kind::kCharset, false, false, 1024, 1},
    VrRow{Vr::SV, "SV", Kind::kBinary, true, false, kUnlimited, 8},
    VrRow{Vr::TM, "TM", Kind::kAscii, false, true, 14, 1},
    VrRow{Vr::UC, "UC", Kind::kCharset, true, true, kUnlimited, 1},
    VrRow{Vr::UI, "UI", Kind::kAscii, false, true, 64, 1},
    VrRow{Vr::UL, "UL", Kind::kBinary, false, false, kUnlimited, 4},
    VrRow{Vr::UN, "UN", Kind::kBinary, true, false, kUnlimited, 1},
    VrRow{Vr::UR, "UR", Kind::kAscii, true, false, kUnlimited, 1},
    VrRow{Vr::US, "US", Kind::kBinary, false, false, kUnlimited, 2},
    VrRow{Vr::UT, "UT", Kind::kCharset, true, false, kUnlimited, 1},
    VrRow{Vr::UV, "UV", Kind::kBinary, true, false, kUnlimited, 8},
};

constexpr bool in_enum_order() {
    for (std::size_t i = 0; i < kVrTable.size(); ++i) {
        if (static_cast<std::size_t>(kVrTable[i].vr) != i ||
            (i > 0 && kVrTable[i - 1].name >= kVrTable[i].name)) {
            return false;
        }
    }
    return kVrTable.size() == static_cast<std::size_t>(Vr::UV) + 1;
}

static_assert(in_enum_order(), "row i is the enumerator of value i, and names ascend");

constexpr bool is_letter(char c) {
    return c >= 'A' && c <= 'Z';
}

constexpr std::size_t kLetters = 26;
constexpr std::uint8_t kNoRow = 0xFF;

constexpr std::size_t name_index(std::string_view two_letters) {
    return static_cast<std::size_t>(two_letters[0] - 'A') * kLetters +
           static_cast<std::size_t>(two_letters[1] - 'A');
}

/// Asked for every element of every instance, twice.
constexpr auto kRowByName = [] {
    std::array<std::uint8_t, kLetters * kLetters> rows{};
    rows.fill(kNoRow);
    for (std::size_t i = 0; i < kVrTable.size(); ++i) {
        rows[name_index(kVrTable[i].name)] = static_cast<std::uint8_t>(i);
    }
    return rows;
}();

const VrRow& row_of(Vr vr) {
    const auto index = static_cast<std::size_t>(vr);
    EFFACE_ASSERT(index < kVrTable.size());
    return kVrTable[index];
}

}  // namespace

std::string_view vr_name(Vr vr) {
    return row_of(vr).name;
}

std::optional<Vr> parse_vr(std::string_view two_letters) {
    if (two_letters.size() != 2 || !is_letter(two_letters[0]) || !is_letter(two_letters[1])) {
        return std::nullopt;
    }
    const std::uint8_t row = kRowByName[name_index(two_letters)];
    return row == kNoRow ? std::nullopt : std::optional{kVrTable[row].vr};
}

bool has_long_length(Vr vr) {
    return row_of(vr).long_length;
}

bool is_ascii_text(Vr vr) {
    return row_of(vr).kind == Kind::kAscii;
}

bool is_charset_text(Vr vr) {
    return row_of(vr).kind == Kind::kCharset;
}

bool is_multi_valued_text(Vr vr) {
    return row_of(vr).multi_valued_text;
}

std::uint32_t value_characters_max(Vr vr) {
    return row_of(vr).characters_max;
}

std::uint32_t unit_bytes(Vr vr) {
    return row_of(vr).unit_bytes;
}

}  // namespace efface::rules
