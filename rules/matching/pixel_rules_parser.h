// The [rule.pixels] of a rule. Inside rules/matching only.
#pragma once

#include "rules/matching/pixel_rules.h"
#include "rules/matching/toml_view.h"

namespace efface::rules {

/// Takes the key `pixels` of a rule. A header-only rule may only name regions. Throws a Diagnostic.
PixelRules take_pixel_rules(TomlView& rule, PixelPolicy policy);

}  // namespace efface::rules
