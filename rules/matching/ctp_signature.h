// One signature of a CTP script to a condition of a rule file, as TOML text. Inside rules/matching only.
// Thread rule: pure.
#pragma once

#include <string>
#include <string_view>

namespace efface::rules {

/// Thrown, and caught by import_ctp_script().
struct CtpError {
    std::size_t at = 0;  ///< In the signature's text.
    std::string text;
};

/// An inline table: "{ and = [...] }". Throws a CtpError.
std::string ctp_condition(std::string_view signature);

/// A TOML basic string of printable ASCII; other characters become "?".
std::string toml_text(std::string_view text);

}  // namespace efface::rules
