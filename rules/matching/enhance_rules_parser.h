// The [rule.enhance] of a rule. Inside rules/matching only.
#pragma once

#include "rules/matching/enhance_rules.h"
#include "rules/matching/toml_view.h"

namespace efface::rules {

/// Takes the key `enhance` of a rule. A header-only rule destroys nothing that could be filled: it may only
/// say "forbid". Throws a Diagnostic.
EnhanceRules take_enhance_rules(TomlView& rule, PixelPolicy policy);

}  // namespace efface::rules
