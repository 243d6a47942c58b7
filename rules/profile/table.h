// The rows of PS3.15 Table E.1-1 as generated, for the profile, the gate, `rules explain` and tests.
// Thread rule: constants.
#pragma once

#include "rules/profile/profile.h"

#include <array>
#include <span>
#include <string_view>

namespace efface::rules {

inline constexpr std::size_t kOptionCount = 10;

/// One row: an attribute, or one of the four families (whose `tag` is 0 and whose `family` is not empty).
struct TableRow {
    Tag tag;
    std::string_view family;  ///< "50xxxxxx", "60xx3000", "60xx4000", "odd-group" or "".
    std::string_view keyword;
    std::string_view basic;                      ///< "X", "X/Z/D", "X/Z/U*" ...
    std::array<char, kOptionCount + 1> options;  ///< 'K', 'C' or ' ' per Option, NUL-terminated.

    char option(Option option) const { return options[static_cast<std::size_t>(option)]; }
};

/// All 657 rows: concrete tags ascending, then the families.
std::span<const TableRow> table_rows();
/// The row that governs a tag, families included, or null.
const TableRow* find_row(Tag tag);

/// '1', '2' or '3' of the attribute at this path in this SOP class (1C as '1', 2C as '2', the strictest
/// of the modules that the IOD contains), or '?' where PS3.3 does not define it there. Known only for
/// attributes whose action depends on it, and for (0028,0301) and (0028,0302). `path` as in AttributeContext.
/// 'A' and 'B' are returned for types 1 and 2 of a mandatory module without a condition.
char attribute_type(std::string_view sop_class_uid, std::span<const Tag> path, Tag tag);
/// Does the IOD have a mandatory or conditional Common Instance Reference Module (PS3.3 C.12.2)?
bool lists_references(std::string_view sop_class_uid);

}  // namespace efface::rules
