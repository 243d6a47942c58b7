// Predicate: one node of a rule's `match`: a test of one fact, or and/or/not over such nodes.
// Made by the rule parser, evaluated for each instance. Regular expressions are compiled once and
// run in linear time (RE2). Thread rule: const after parsing; safe to share.
#pragma once

#include "rules/matching/rule_set.h"

#include <memory>
#include <string>
#include <vector>

namespace re2 {
class RE2;
}

namespace efface::rules {

struct PredicateRow;  // rules/matching/predicate_table.h

/// What is asked of the subject's value or values.
struct Test {
    enum class Kind : std::uint8_t {
        kIn,             ///< One value equals one of `values`.
        kMatches,        ///< `pattern` is found in one value.
        kPresent,        ///< The attribute stands there, empty or not.
        kAbsent,         ///< It does not.
        kContradictory,  ///< A yes/no attribute that says neither.
    };
    Kind kind = Kind::kIn;
    std::vector<std::string> values;
    std::shared_ptr<const re2::RE2> pattern;
    std::vector<Tag> path;  ///< For the `attribute` predicate.
    std::string creator;
};

struct Predicate {
    enum class Kind : std::uint8_t { kAnd, kOr, kNot, kTest };
    Kind kind = Kind::kAnd;
    std::string text;              ///< As `rules explain` prints it; equal predicates have equal texts.
    std::vector<Predicate> parts;  ///< Of and, or, not.
    const PredicateRow* row = nullptr;
    Test test;
};

/// The first node that fails, depth first, or null where all hold.
const Predicate* find_failure(const Predicate& predicate, const InstanceFacts& facts);

/// What (0012,0062), (0028,0301) or (0028,0302) says.
enum class Claim : std::uint8_t { kAbsent, kYes, kNo, kContradictory };

/// Absent: not there or empty. Contradictory: several values, another value than YES or NO, or for
/// (0012,0062) a NO beside a De-identification Method Code Sequence, which states the opposite.
Claim claim_of(const InstanceFacts& facts, Tag tag);

}  // namespace efface::rules
