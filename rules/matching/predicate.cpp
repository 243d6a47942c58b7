// Evaluating predicates. Values are compared without leading and trailing spaces (PS3.5 6.2), value by
// value where an attribute has several: a test holds when one value meets it.
#include "rules/matching/predicate.h"

#include "rules/matching/predicate_table.h"

#include <re2/re2.h>

namespace efface::rules {
namespace {

constexpr Tag kPatientIdentityRemovedTag{0x0012, 0x0062};
constexpr Tag kMethodCodes{0x0012, 0x0064};

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) {
        text.remove_suffix(1);
    }
    while (!text.empty() && text.front() == ' ') {
        text.remove_prefix(1);
    }
    return text;
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal(std::string_view a, std::string_view b, bool ignores_case) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [=](char x, char y) {
               return x == y || (ignores_case && lower(x) == lower(y));
           });
}

bool value_meets(std::string_view value, const Predicate& predicate) {
    if (predicate.test.kind == Test::Kind::kMatches) {
        return re2::RE2::PartialMatch({value.data(), value.size()}, *predicate.test.pattern);
    }
    return std::any_of(
        predicate.test.values.begin(), predicate.test.values.end(),
        [&](const std::string& wanted) { return equal(value, wanted, predicate.row->ignores_case); }
    );
}

bool any_value_meets(std::string_view values, const Predicate& predicate) {
    while (true) {
        const std::size_t end = values.find('\\');
        if (value_meets(trimmed(values.substr(0, end)), predicate)) {
            return true;
        }
        if (end == std::string_view::npos) {
            return false;
        }
        values.remove_prefix(end + 1);
    }
}

std::string_view claim_name(Claim claim) {
    switch (claim) {
        case Claim::kAbsent:
            return "absent";
        case Claim::kYes:
            return "yes";
        case Claim::kNo:
            return "no";
        case Claim::kContradictory:
            break;
    }
    return "contradictory";
}

Claim claim_of_text(const std::optional<std::string>& text) {
    const std::string_view value = text ? trimmed(*text) : std::string_view{};
    if (value.empty()) {
        return Claim::kAbsent;
    }
    return equal(value, "YES", true)  ? Claim::kYes
           : equal(value, "NO", true) ? Claim::kNo
                                      : Claim::kContradictory;
}

std::optional<std::string> attribute_value(const Predicate& predicate, const InstanceFacts& facts) {
    if (!facts.value) {
        return std::nullopt;
    }
    if (predicate.row->subject == Subject::kAttribute) {
        return facts.value(predicate.test.path, predicate.test.creator);
    }
    return facts.value(std::span{&predicate.row->tag, 1}, {});
}

bool attribute_holds(const Predicate& predicate, const InstanceFacts& facts) {
    const std::optional<std::string> value = attribute_value(predicate, facts);
    switch (predicate.test.kind) {
        case Test::Kind::kPresent:
            return value.has_value();
        case Test::Kind::kAbsent:
            return !value.has_value();
        case Test::Kind::kContradictory:
            return claim_of_text(value) == Claim::kContradictory;
        default:
            return value && any_value_meets(*value, predicate);
    }
}

bool test_holds(const Predicate& predicate, const InstanceFacts& facts) {
    if (predicate.row->subject == Subject::kClaim) {
        return value_meets(claim_name(claim_of(facts, predicate.row->tag)), predicate);
    }
    if (predicate.row->fact != nullptr) {
        return value_meets(trimmed(predicate.row->fact(facts)), predicate);
    }
    return attribute_holds(predicate, facts);
}

}  // namespace

Claim claim_of(const InstanceFacts& facts, Tag tag) {
    if (!facts.value) {
        return Claim::kAbsent;
    }
    const Claim claim = claim_of_text(facts.value(std::span{&tag, 1}, {}));
    const bool denied = claim == Claim::kNo && tag == kPatientIdentityRemovedTag &&
                        facts.value(std::span{&kMethodCodes, 1}, {}).has_value();
    return denied ? Claim::kContradictory : claim;
}

// Recursion is bounded by kMatchDepthMax of the parser.
const Predicate* find_failure(const Predicate& predicate, const InstanceFacts& facts) {
    switch (predicate.kind) {
        case Predicate::Kind::kAnd:
            for (const Predicate& part : predicate.parts) {
                if (const Predicate* failure = find_failure(part, facts)) {
                    return failure;
                }
            }
            return nullptr;
        case Predicate::Kind::kOr: {
            const bool holds =
                std::any_of(predicate.parts.begin(), predicate.parts.end(), [&](const Predicate& part) {
                    return find_failure(part, facts) == nullptr;
                });
            return holds ? nullptr : &predicate;
        }
        case Predicate::Kind::kNot:
            return find_failure(predicate.parts.front(), facts) != nullptr ? nullptr : &predicate;
        case Predicate::Kind::kTest:
            break;
    }
    return test_holds(predicate, facts) ? nullptr : &predicate;
}

}  // namespace efface::rules
