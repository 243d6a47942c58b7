// The known word nearest to a mistyped one: "did you mean ...?" in settings, rules and commands.
// Thread rule: pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace efface {

/// The candidate with the fewest edits (insert, delete, replace, swap of neighbours) from `word`, or ""
/// where none is near enough to be a likely slip: a third of the word, at least two edits.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> candidates);

/// ", did you mean 'x'?" or "".
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace efface
