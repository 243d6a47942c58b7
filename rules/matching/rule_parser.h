// One [[rule]] table to a Rule. Inside rules/matching only.
#pragma once

#include "rules/matching/rule_set.h"
#include "rules/matching/toml_view.h"

namespace efface::rules {

/// Throws a Diagnostic.
Rule parse_rule(const toml::table& table, const std::string& file);

}  // namespace efface::rules
