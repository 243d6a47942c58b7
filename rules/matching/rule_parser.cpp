// The keys of a [[rule]]. docs/rules.md is the reference for those who write them.
#include "rules/matching/rule_parser.h"

#include "config/settings/nearest.h"
#include "rules/matching/enhance_rules_parser.h"
#include "rules/matching/match_parser.h"
#include "rules/matching/names.h"
#include "rules/matching/pixel_rules_parser.h"

namespace efface::rules {
namespace {

constexpr std::size_t kPatientPrefixCharactersMax =
    32;  ///< With the 16 of the pseudonym below the 64 of LO and PN.

constexpr std::array<std::string_view, 13> kRuleKeys{
    "name",           "description",  "match",        "profile", "options",
    "overrides",      "pixel_policy", "destinations", "hold",    "trust_sender_history",
    "patient_prefix", "pixels",       "enhance"};

struct OptionName {
    std::string_view name;
    std::optional<Option> option;  ///< None for the two that act on pixels.
    bool available;                ///< Implemented from rule file to attestation.
};

/// The options of PS3.15 Annex E. A row becomes available with the code that carries it out.
constexpr std::array kOptionNames{
    OptionName{"retain-safe-private", Option::kRetainSafePrivate, false},
    OptionName{"retain-uids", Option::kRetainUids, false},
    OptionName{"retain-device-identity", Option::kRetainDeviceIdentity, false},
    OptionName{"retain-institution-identity", Option::kRetainInstitutionIdentity, false},
    OptionName{"retain-patient-characteristics", Option::kRetainPatientCharacteristics, false},
    OptionName{"retain-longitudinal-full-dates", Option::kRetainLongitudinalFullDates, false},
    OptionName{"retain-longitudinal-modified-dates", Option::kRetainLongitudinalModifiedDates, false},
    OptionName{"clean-descriptors", Option::kCleanDescriptors, false},
    OptionName{"clean-structured-content", Option::kCleanStructuredContent, false},
    OptionName{"clean-graphics", Option::kCleanGraphics, false},
    OptionName{"clean-pixel-data", std::nullopt, false},
    OptionName{"clean-recognizable-visual-features", std::nullopt, false},
};

const toml::source_region& place(const TomlView& view, std::string_view key) {
    const toml::node* node = view.table().get(key);
    return node != nullptr ? node->source() : view.table().source();
}

std::vector<std::string> parse_destinations(TomlView& view) {
    auto destinations = view.take_texts("destinations");
    if (destinations.empty()) {
        view.wrong(place(view, "destinations"), "a rule needs 'destinations'");
    }
    std::set<std::string_view> seen;
    for (const std::string& name : destinations) {
        if (!is_name(name)) {
            view.wrong(place(view, "destinations"), "'" + name + "' is no name of a destination");
        }
        if (!seen.insert(name).second) {
            view.wrong(place(view, "destinations"), "'" + name + "' stands twice");
        }
    }
    return destinations;
}

/// One of the given words, or the first where the key is absent.
std::size_t parse_word(TomlView& view, std::string_view key, std::span<const std::string_view> words) {
    const std::string word = view.take_text(key, std::string{words.front()});
    const auto found = std::find(words.begin(), words.end(), word);
    if (found == words.end()) {
        std::string list;
        for (const std::string_view known : words) {
            list += (list.empty() ? "'" : ", '") + std::string{known} + "'";
        }
        view.wrong(
            place(view, key), "'" + std::string{key} + "' is one of " + list + did_you_mean(word, words)
        );
    }
    return static_cast<std::size_t>(found - words.begin());
}

const OptionName& find_option(const TomlView& view, const toml::node& node) {
    const std::string name = view.text_of(node);
    const auto* row = std::find_if(kOptionNames.begin(), kOptionNames.end(), [&](const OptionName& o) {
        return o.name == name;
    });
    if (row != kOptionNames.end()) {
        return *row;
    }
    std::array<std::string_view, kOptionNames.size()> known{};
    std::transform(kOptionNames.begin(), kOptionNames.end(), known.begin(), [](const OptionName& o) {
        return o.name;
    });
    view.wrong(node.source(), "unknown option '" + name + "'" + did_you_mean(name, known));
}

std::set<Option> parse_options(TomlView& view) {
    const toml::node* list = view.take("options");
    std::set<Option> options;
    if (list == nullptr) {
        return options;
    }
    if (!list->is_array()) {
        view.wrong(list->source(), "'options' is a list of texts");
    }
    std::vector<std::pair<const toml::node*, const OptionName*>> rows;
    for (const toml::node& element : *list->as_array()) {
        const OptionName& row = find_option(view, element);
        if (row.option && !options.insert(*row.option).second) {
            view.wrong(element.source(), "'" + std::string{row.name} + "' stands twice");
        }
        rows.emplace_back(&element, &row);
    }
    if (options.contains(Option::kRetainLongitudinalFullDates) &&
        options.contains(Option::kRetainLongitudinalModifiedDates)) {
        view.wrong(list->source(), "full dates and modified dates exclude each other (PS3.15 E.3.6)");
    }
    for (const auto& [node, row] : rows) {
        if (!row->available) {
            view.wrong(
                node->source(), "the option '" + std::string{row->name} + "' is known but not yet available"
            );
        }
    }
    return options;
}

Action parse_action(const TomlView& view, const toml::node& node) {
    const std::string text = view.text_of(node);
    if (text == "C") {
        view.wrong(node.source(), "the action C (clean) is known but not yet available");
    }
    if (text.size() != 1 || std::string_view{"DZXKU"}.find(text) == std::string_view::npos) {
        view.wrong(node.source(), "an action is one of D, Z, X, K, U");
    }
    return static_cast<Action>(text.front());
}

std::map<std::string, Action> parse_overrides(TomlView& view) {
    std::map<std::string, Action> overrides;
    std::set<std::pair<std::vector<Tag>, std::string>> seen;
    const toml::node* node = view.take("overrides");
    if (node == nullptr) {
        return overrides;
    }
    const auto* table = node->as_table();
    if (table == nullptr || table->size() > kRuleListMax) {
        view.wrong(node->source(), "'overrides' is a table of at most 1024 attributes and their actions");
    }
    for (const toml::key* key : keys_in_file_order(*table)) {
        const std::string name{key->str()};
        const auto parsed = parse_override_key(name);
        if (!parsed) {
            view.wrong(
                key->source(),
                "'" + name +
                    "' names no attribute; write a keyword, \"(gggg,eeee)\", \"Keyword/Keyword\" or "
                    "\"(gggg,xxee,CREATOR)\""
            );
        }
        if (!seen.emplace(parsed->path, parsed->creator).second) {
            view.wrong(key->source(), "'" + name + "' stands twice, perhaps in another form");
        }
        const Action action = parse_action(view, *table->get(key->str()));
        if (!may_override(*parsed, action)) {
            view.wrong(key->source(), "no rule may decide this for '" + name + "'");
        }
        overrides.emplace(name, action);
    }
    return overrides;
}

/// Characters that CS, LO, SH and PN all allow and that mean nothing in any of them.
std::string parse_patient_prefix(TomlView& view) {
    std::string prefix = view.take_text("patient_prefix", "EFF-");
    const bool characters = std::all_of(prefix.begin(), prefix.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_';
    });
    if (!characters || prefix.size() > kPatientPrefixCharactersMax) {
        view.wrong(
            place(view, "patient_prefix"), "'patient_prefix' is at most 32 letters, digits, '-' and '_'"
        );
    }
    return prefix;
}

Predicate parse_match_of(TomlView& view) {
    const toml::node* node = view.take("match");
    if (node == nullptr) {
        return {};
    }
    if (!node->is_table()) {
        view.wrong(node->source(), "'match' is a table of conditions");
    }
    return parse_match(*node->as_table(), view.file());
}

}  // namespace

Rule parse_rule(const toml::table& table, const std::string& file) {
    static constexpr std::array<std::string_view, 1> kProfiles{"basic"};
    static constexpr std::array<std::string_view, 3> kPolicies{
        "require-clean", "header-only", "remove-found"};
    static constexpr std::array<std::string_view, 3> kHolds{"none", "series", "study"};
    TomlView view{table, file};
    Rule rule;
    rule.name = take_name(view, "a rule");
    rule.description = view.take_text("description");
    rule.match = std::make_shared<const Predicate>(parse_match_of(view));
    parse_word(view, "profile", kProfiles);
    rule.profile = ProfileOptions{.options = parse_options(view), .overrides = parse_overrides(view)};
    rule.pixel_policy = static_cast<PixelPolicy>(parse_word(view, "pixel_policy", kPolicies));
    rule.destinations = parse_destinations(view);
    rule.hold = static_cast<Hold>(parse_word(view, "hold", kHolds));
    rule.trust_sender_history = view.take_flag("trust_sender_history", false);
    rule.patient_prefix = parse_patient_prefix(view);
    rule.pixels = take_pixel_rules(view, rule.pixel_policy);
    rule.enhance = take_enhance_rules(view, rule.pixel_policy);
    view.expect_nothing_else(kRuleKeys);
    return rule;
}

}  // namespace efface::rules
