// [rule.match] to a Predicate. Inside rules/matching only.
#pragma once

#include "rules/matching/predicate.h"
#include "rules/matching/toml_view.h"

namespace efface::rules {

inline constexpr std::size_t kMatchDepthMax = 8;

/// Throws a Diagnostic. An empty table gives an `and` of nothing, which always holds.
Predicate parse_match(const toml::table& table, const std::string& file);

/// True where every instance that `later` takes is taken by `earlier` already, as far as it can be seen
/// without solving: each condition of `earlier` is one of `later`, or asks for a larger list of values.
bool covers(const Predicate& earlier, const Predicate& later);

}  // namespace efface::rules
