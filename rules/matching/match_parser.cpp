// The grammar of a match; all keys of one table must hold:
//
//   match     = { key: value }            ; keys: the predicates, and, or, not
//   and, or   = [ match, ... ]
//   not       = match
//   value     = "text" / [ "text", ... ]  ; equals one of them
//             / { equals | in | matches | present | absent }
//   attribute = { path = "...", one test } / [ such, ... ]
#include "rules/matching/match_parser.h"

#include "rules/matching/predicate_table.h"

#include <re2/re2.h>

namespace efface::rules {
namespace {

constexpr std::int64_t kRegexMemoryMax = std::int64_t{1} << 20U;
constexpr std::array<std::string_view, 4> kClaims{"yes", "no", "absent", "contradictory"};
constexpr std::array<std::string_view, 6> kTestKeys{"equals",  "in",     "matches",
                                                    "present", "absent", "contradictory"};

std::string quoted_list(std::vector<std::string> values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    std::string text;
    for (const std::string& value : values) {
        text += (text.empty() ? "\"" : ", \"") + value + "\"";
    }
    return values.size() == 1 ? " = " + text : " in [" + text + "]";
}

std::shared_ptr<const re2::RE2> compile(const TomlView& view, const toml::node& node) {
    const std::string pattern = view.text_of(node);
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kRegexMemoryMax);
    auto compiled = std::make_shared<const re2::RE2>(pattern, options);
    if (!compiled->ok()) {
        view.wrong(node.source(), "not a regular expression (RE2): " + compiled->error());
    }
    return compiled;
}

void require_true(const TomlView& view, const toml::node& node) {
    const auto* flag = node.as_boolean();
    if (flag == nullptr || !flag->get()) {
        view.wrong(node.source(), "this test is written `= true`; use its opposite instead of false");
    }
}

/// Fills test and the end of text from the one test key in the view.
void parse_test_table(Predicate& predicate, TomlView& view) {
    const toml::node* chosen = nullptr;
    std::string_view name;
    for (const std::string_view key : kTestKeys) {
        if (const toml::node* node = view.take(key)) {
            if (chosen != nullptr) {
                view.wrong(
                    node->source(), "one test a table: 'equals', 'in', 'matches', 'present' or 'absent'"
                );
            }
            chosen = node;
            name = key;
        }
    }
    view.expect_nothing_else(kTestKeys);
    if (chosen == nullptr) {
        view.wrong(
            view.table().source(), "a test is missing: 'equals', 'in', 'matches', 'present' or 'absent'"
        );
    }
    if (name == "equals") {
        predicate.test.values = {view.text_of(*chosen)};
    } else if (name == "in") {
        predicate.test.values = view.texts_of(*chosen);
    } else if (name == "matches") {
        predicate.test.kind = Test::Kind::kMatches;
        predicate.test.pattern = compile(view, *chosen);
        predicate.text += " matches \"" + predicate.test.pattern->pattern() + "\"";
        return;
    } else {
        require_true(view, *chosen);
        predicate.test.kind = name == "present"  ? Test::Kind::kPresent
                              : name == "absent" ? Test::Kind::kAbsent
                                                 : Test::Kind::kContradictory;
        predicate.text += " " + std::string{name};
        return;
    }
    predicate.text += quoted_list(predicate.test.values);
}

/// Names of UIDs become the UIDs; claims must be one of the four words.
void check_values(Predicate& predicate, const TomlView& view, const toml::node& node) {
    std::vector<std::string> expanded;
    for (const std::string& value : predicate.test.values) {
        if (predicate.row->expand != nullptr) {
            const auto uids = predicate.row->expand(value);
            if (uids.empty()) {
                view.wrong(
                    node.source(), "'" + value + "' names no known " + std::string{predicate.row->key}
                );
            }
            expanded.insert(expanded.end(), uids.begin(), uids.end());
        } else if (predicate.row->subject == Subject::kClaim &&
                   std::find(kClaims.begin(), kClaims.end(), value) == kClaims.end()) {
            view.wrong(node.source(), "'" + value + "' is none of yes, no, absent, contradictory");
        }
    }
    if (!expanded.empty()) {
        predicate.test.values = std::move(expanded);
    }
}

Predicate parse_test(const PredicateRow& row, const toml::node& node, const TomlView& view) {
    Predicate predicate{
        .kind = Predicate::Kind::kTest, .text = std::string{row.key}, .parts = {}, .row = &row, .test = {}};
    if (const auto* table = node.as_table()) {
        if (row.subject != Subject::kText) {
            view.wrong(node.source(), "'" + std::string{row.key} + "' is a text or a list of texts");
        }
        TomlView test{*table, view.file()};
        parse_test_table(predicate, test);
        const bool value_test =
            predicate.test.kind == Test::Kind::kIn || predicate.test.kind == Test::Kind::kMatches;
        if (!value_test && (row.fact != nullptr || predicate.test.kind == Test::Kind::kContradictory)) {
            view.wrong(node.source(), "this test does not apply to '" + std::string{row.key} + "'");
        }
        return predicate;
    }
    predicate.test.values = view.texts_of(node);
    predicate.text += quoted_list(predicate.test.values);
    check_values(predicate, view, node);
    return predicate;
}

Predicate parse_attribute(const PredicateRow& row, const toml::node& node, const TomlView& view) {
    const auto* table = node.as_table();
    if (table == nullptr) {
        view.wrong(node.source(), "'attribute' is a table with 'path' and a test, or a list of such tables");
    }
    TomlView test{*table, view.file()};
    const toml::node* path = test.take("path");
    if (path == nullptr) {
        view.wrong(node.source(), "'path' is missing");
    }
    const std::string text = view.text_of(*path);
    const auto key = parse_override_key(text);
    if (!key) {
        view.wrong(
            path->source(), "'" + text +
                                "' names no attribute; write a keyword, (gggg,eeee), Keyword/Keyword or "
                                "(gggg,xxee,CREATOR)"
        );
    }
    Predicate predicate{
        .kind = Predicate::Kind::kTest, .text = "attribute " + text, .parts = {}, .row = &row, .test = {}};
    predicate.test.path = key->path;
    predicate.test.creator = key->creator;
    parse_test_table(predicate, test);
    return predicate;
}

class MatchParser {
public:
    explicit MatchParser(std::string file) : file_{std::move(file)} {}

    // Recursion is bounded by kMatchDepthMax.
    Predicate parse(const toml::table& table, std::size_t depth) {
        TomlView view{table, file_};
        if (depth > kMatchDepthMax) {
            view.wrong(table.source(), "conditions nest more than 8 deep");
        }
        Predicate all;
        for (const toml::key* key : keys_in_file_order(table)) {
            parse_key(all, *key, *table.get(key->str()), view, depth);
        }
        all.text = join(all.parts, " and ");
        return all;
    }

private:
    void parse_key(
        Predicate& all, const toml::key& key, const toml::node& node, const TomlView& view, std::size_t depth
    ) {
        if (key.str() == "and") {
            for (Predicate& part : parse_list(node, view, depth)) {
                std::move(part.parts.begin(), part.parts.end(), std::back_inserter(all.parts));
            }
        } else if (key.str() == "or") {
            Predicate any{
                .kind = Predicate::Kind::kOr, .text = {}, .parts = parse_list(node, view, depth), .test = {}};
            any.text = "(" + join(any.parts, " or ") + ")";
            all.parts.push_back(std::move(any));
        } else if (key.str() == "not") {
            Predicate none{.kind = Predicate::Kind::kNot, .text = {}, .parts = {}, .test = {}};
            none.parts.push_back(parse_condition(node, view, depth));
            none.text = "not (" + none.parts.front().text + ")";
            all.parts.push_back(std::move(none));
        } else {
            parse_predicate(all, key, node, view);
        }
    }

    static void parse_predicate(
        Predicate& all, const toml::key& key, const toml::node& node, const TomlView& view
    ) {
        const PredicateRow* row = find_predicate(key.str());
        if (row == nullptr) {
            std::vector<std::string_view> known{"and", "or", "not"};
            for (const PredicateRow& other : predicate_table()) {
                known.push_back(other.key);
            }
            view.unknown(key, known);
        }
        if (row->subject != Subject::kAttribute) {
            all.parts.push_back(parse_test(*row, node, view));
            return;
        }
        if (const auto* list = node.as_array()) {
            for (const toml::node& element : *list) {
                all.parts.push_back(parse_attribute(*row, element, view));
            }
            return;
        }
        all.parts.push_back(parse_attribute(*row, node, view));
    }

    Predicate parse_condition(const toml::node& node, const TomlView& view, std::size_t depth) {
        const auto* table = node.as_table();
        if (table == nullptr || table->empty()) {
            view.wrong(node.source(), "a condition is a table with at least one key");
        }
        return parse(*table, depth + 1);
    }

    std::vector<Predicate> parse_list(const toml::node& node, const TomlView& view, std::size_t depth) {
        const auto* list = node.as_array();
        if (list == nullptr || list->empty() || list->size() > kRuleListMax) {
            view.wrong(node.source(), "'and' and 'or' are lists of 1 to 1024 conditions");
        }
        std::vector<Predicate> parts;
        for (const toml::node& element : *list) {
            parts.push_back(parse_condition(element, view, depth));
        }
        return parts;
    }

    static std::string join(const std::vector<Predicate>& parts, std::string_view word) {
        std::string text;
        for (const Predicate& part : parts) {
            text += (text.empty() ? std::string{} : std::string{word}) + part.text;
        }
        return text;
    }

    std::string file_;
};

bool is_subset(const std::vector<std::string>& small, const std::vector<std::string>& large) {
    return std::all_of(small.begin(), small.end(), [&](const std::string& value) {
        return std::find(large.begin(), large.end(), value) != large.end();
    });
}

bool implies(const Predicate& strong, const Predicate& weak) {
    if (strong.text == weak.text) {
        return true;
    }
    const bool lists = strong.kind == Predicate::Kind::kTest && weak.kind == Predicate::Kind::kTest &&
                       strong.row == weak.row && strong.test.kind == Test::Kind::kIn &&
                       weak.test.kind == Test::Kind::kIn && strong.test.path == weak.test.path &&
                       strong.test.creator == weak.test.creator;
    return lists && is_subset(strong.test.values, weak.test.values);
}

}  // namespace

Predicate parse_match(const toml::table& table, const std::string& file) {
    return MatchParser{file}.parse(table, 0);
}

bool covers(const Predicate& earlier, const Predicate& later) {
    return std::all_of(earlier.parts.begin(), earlier.parts.end(), [&](const Predicate& weak) {
        return std::any_of(later.parts.begin(), later.parts.end(), [&](const Predicate& strong) {
            return implies(strong, weak);
        });
    });
}

}  // namespace efface::rules
