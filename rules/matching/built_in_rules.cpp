// rules/library/default.toml as a constant; CMake writes the .inc from the file.
#include "rules/matching/rule_set.h"

namespace efface::rules {
namespace {

constexpr std::string_view kBuiltInRules =
#include "built_in_rules.inc"
    ;

}  // namespace

std::string_view built_in_rules() {
    return kBuiltInRules;
}

}  // namespace efface::rules
