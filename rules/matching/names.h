// Names that a rule file gives: of rules, devices, destinations. Inside rules/matching only.
#pragma once

#include "rules/matching/toml_view.h"

namespace efface::rules {

/// Letters, digits, '-', '_' and '.', 1 to 64 of them.
bool is_name(std::string_view text);

/// The key `name` of a table that describes `what` ("a rule"). Throws a Diagnostic.
std::string take_name(TomlView& view, std::string_view what);

}  // namespace efface::rules
