// What a rule may ask of an instance, one row per key of [rule.match]. Thread rule: constants.
#pragma once

#include "rules/vocabulary/tag.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace efface::rules {

struct InstanceFacts;

enum class Subject : std::uint8_t {
    kText,       ///< Text of the node or of a fixed attribute.
    kUid,        ///< A UID, written as UID or as a name that stands for several.
    kClaim,      ///< A yes/no attribute: "yes", "no", "absent", "contradictory".
    kAttribute,  ///< Any attribute, named in the predicate.
};

struct PredicateRow {
    std::string_view key;
    Subject subject;
    bool ignores_case;  ///< Letters A-Z of `equals` and `in`; a regular expression says (?i) itself.
    std::string_view (*fact)(const InstanceFacts&);  ///< What no attribute holds; null: `tag`.
    Tag tag;
    /// The UIDs that a written name stands for; null where the subject is no UID.
    std::vector<std::string> (*expand)(std::string_view name);
    std::string_view help;
};

std::span<const PredicateRow> predicate_table();
const PredicateRow* find_predicate(std::string_view key);

}  // namespace efface::rules
