// A rule file as a whole: read, checked for rules that can never be reached, and matched.
#include "rules/matching/rule_set.h"

#include "rules/matching/device_parser.h"
#include "rules/matching/match_parser.h"
#include "rules/matching/predicate.h"
#include "rules/matching/rule_parser.h"

namespace efface::rules {
namespace {

constexpr std::size_t kRuleFileBytesMax = std::size_t{1} << 20U;
constexpr std::size_t kRulesMax = 1000;
constexpr std::size_t kDevicesMax = 1000;
constexpr std::array<std::string_view, 2> kRootKeys{"rule", "device"};

/// Where nothing in TOML has a position.
[[noreturn]] void wrong_file(std::string_view file, std::string text) {
    throw Diagnostic{std::string{file}, 1, 1, std::move(text)};
}

const toml::array& rule_tables(const toml::table& root, const TomlView& view) {
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

std::vector<Rule> parse_rules(const TomlView& view) {
    std::vector<Rule> rules;
    for (const toml::node& node : rule_tables(view.table(), view)) {
        Rule rule = parse_rule(*node.as_table(), view.file());
        check_reachable(rules, rule, view, node);
        rules.push_back(std::move(rule));
    }
    return rules;
}

std::vector<DeviceTemplate> parse_devices(const TomlView& view) {
    std::vector<DeviceTemplate> devices;
    const toml::node* node = view.table().get("device");
    if (node == nullptr) {
        return devices;
    }
    const auto* list = node->as_array();
    if (list == nullptr || !list->is_homogeneous(toml::node_type::table) || list->size() > kDevicesMax) {
        view.wrong(node->source(), "devices are a list of at most 1000 [[device]] tables");
    }
    for (const toml::node& element : *list) {
        DeviceTemplate device = parse_device(*element.as_table(), view.file());
        const bool taken = std::any_of(devices.begin(), devices.end(), [&](const DeviceTemplate& other) {
            return other.name == device.name;
        });
        if (taken) {
            view.wrong(element.source(), "the name '" + device.name + "' is taken by an earlier device");
        }
        devices.push_back(std::move(device));
    }
    return devices;
}

toml::table parse_toml(std::string_view text, const std::string& file) {
    if (text.size() > kRuleFileBytesMax) {
        wrong_file(file, "a rule file of more than 1 MiB");
    }
    toml::parse_result parsed = toml::parse(text, file);
    if (!parsed) {
        const auto at = parsed.error().source().begin;
        throw Diagnostic{file, at.line, at.column, "not TOML: " + std::string{parsed.error().description()}};
    }
    return std::move(parsed).table();
}

const DeviceTemplate* first_of(const std::vector<DeviceTemplate>& devices, const InstanceFacts& facts) {
    const auto found = std::find_if(devices.begin(), devices.end(), [&](const DeviceTemplate& device) {
        return find_failure(*device.match, facts) == nullptr;
    });
    return found != devices.end() ? &*found : nullptr;
}

}  // namespace

std::string Diagnostic::message() const {
    return file + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + text;
}

tl::expected<RuleSet, Diagnostic> RuleSet::parse(std::string_view toml_text, std::string_view file_name) {
    try {
        const toml::table root = parse_toml(toml_text, std::string{file_name});
        TomlView view{root, std::string{file_name}};
        for (const std::string_view key : kRootKeys) {
            view.take(key);
        }
        view.expect_nothing_else(kRootKeys);
        RuleSet set;
        set.rules_ = parse_rules(view);
        set.devices_ = parse_devices(view);
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

const DeviceTemplate* RuleSet::device(const InstanceFacts& facts) const {
    const DeviceTemplate* own = first_of(devices_, facts);
    return own != nullptr ? own : first_of(shipped_devices(), facts);
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
