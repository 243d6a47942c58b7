// A rule file as a whole: read, checked for rules that can never be reached, and matched.
#include "rules/matching/rule_set.h"

#include "rules/matching/match_parser.h"
#include "rules/matching/rule_parser.h"

namespace efface::rules {
namespace {

constexpr std::size_t kRuleFileBytesMax = std::size_t{1} << 20U;
constexpr std::size_t kRulesMax = 1000;

/// Where nothing in TOML has a position.
[[noreturn]] void wrong_file(std::string_view file, std::string text) {
    throw Diagnostic{std::string{file}, 1, 1, std::move(text)};
}

const toml::array& rule_tables(const toml::table& root, const TomlView& view) {
    static constexpr std::array<std::string_view, 1> kRootKeys{"rule"};
    view.expect_nothing_else(kRootKeys);
    const auto* list = root["rule"].as_array();
    if (list == nullptr || list->empty() || !list->is_homogeneous(toml::node_type::table)) {
        wrong_file(view.file(), "a rule file is a list of [[rule]] tables, at least one");
    }
    if (list->size() > kRulesMax) {
        wrong_file(view.file(), "more than 1000 rules");
    }
    return *list;
}

void check_reachable(
    const std::vector<Rule>& earlier, const Rule& rule, const TomlView& view, const toml::node& node
) {
    for (const Rule& other : earlier) {
        if (other.name == rule.name) {
            view.wrong(node.source(), "the name '" + rule.name + "' is taken by an earlier rule");
        }
        if (covers(*other.match, *rule.match)) {
            view.wrong(
                node.source(), "the rule '" + rule.name + "' can never be reached: '" + other.name +
                                   "' before it takes every instance that it would take"
            );
        }
    }
}

std::vector<Rule> parse_rules(std::string_view text, const std::string& file) {
    if (text.size() > kRuleFileBytesMax) {
        wrong_file(file, "a rule file of more than 1 MiB");
    }
    const toml::parse_result parsed = toml::parse(text, file);
    if (!parsed) {
        const auto at = parsed.error().source().begin;
        throw Diagnostic{file, at.line, at.column, "not TOML: " + std::string{parsed.error().description()}};
    }
    TomlView view{parsed.table(), file};
    view.take("rule");
    std::vector<Rule> rules;
    for (const toml::node& node : rule_tables(parsed.table(), view)) {
        Rule rule = parse_rule(*node.as_table(), file);
        check_reachable(rules, rule, view, node);
        rules.push_back(std::move(rule));
    }
    return rules;
}

}  // namespace

std::string Diagnostic::message() const {
    return file + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + text;
}

tl::expected<RuleSet, Diagnostic> RuleSet::parse(std::string_view toml_text, std::string_view file_name) {
    try {
        RuleSet set;
        set.rules_ = parse_rules(toml_text, std::string{file_name});
        set.digest_ = sha256(toml_text);
        return set;
    } catch (const Diagnostic& diagnostic) {
        return tl::unexpected<Diagnostic>(diagnostic);
    }
}

Match RuleSet::match(const InstanceFacts& facts) const {
    Match match;
    for (const Rule& rule : rules_) {
        const Predicate* failure = find_failure(*rule.match, facts);
        if (failure == nullptr) {
            match.steps.push_back(
                {rule.name, true, rule.match->parts.empty() ? "no condition" : rule.match->text}
            );
            match.rule = &rule;
            return match;
        }
        match.steps.push_back({rule.name, false, failure->text});
    }
    return match;
}

const Rule* RuleSet::find(std::string_view name) const {
    const auto found =
        std::find_if(rules_.begin(), rules_.end(), [=](const Rule& rule) { return rule.name == name; });
    return found != rules_.end() ? &*found : nullptr;
}

bool is_beyond_search(const Rule& rule, const PixelIdentity& identity) {
    return rule.pixel_policy == PixelPolicy::kRemoveFound && identity.face && identity.is_volume;
}

PixelTreatment pixel_treatment(const Rule& rule, const PixelIdentity& identity) {
    if (!identity.text && !identity.face) {
        return PixelTreatment::kNothingPossible;
    }
    return rule.pixel_policy == PixelPolicy::kRemoveFound ? PixelTreatment::kFoundRemoved
                                                          : PixelTreatment::kNotExamined;
}

std::string_view policy_name(PixelPolicy policy) {
    switch (policy) {
        case PixelPolicy::kRequireClean:
            return "require-clean";
        case PixelPolicy::kHeaderOnly:
            return "header-only";
        case PixelPolicy::kRemoveFound:
            break;
    }
    return "remove-found";
}

}  // namespace efface::rules
