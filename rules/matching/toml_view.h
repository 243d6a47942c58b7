// The rule parser's view of TOML: a table whose keys are taken one by one, in file order, so that a key
// which nobody took is an error at its line. Inside rules/matching only; wrong() throws a Diagnostic,
// RuleSet::parse catches it. Thread rule: one parse, one thread.
#pragma once

#include "rules/matching/rule_set.h"

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace efface::rules {

inline constexpr std::size_t kRuleTextBytesMax = 1024;  ///< Of one text in a rule file.
inline constexpr std::size_t kRuleListMax = 1024;       ///< Of one list in a rule file.

class TomlView {
public:
    TomlView(const toml::table& table, std::string file) : table_{table}, file_{std::move(file)} {}

    const std::string& file() const { return file_; }

    const toml::table& table() const { return table_; }

    /// The node of a key, now taken, or null.
    const toml::node* take(std::string_view key);
    /// A text, or `fallback`.
    std::string take_text(std::string_view key, std::string fallback = {});
    bool take_flag(std::string_view key, bool fallback);
    /// Texts, or none.
    std::vector<std::string> take_texts(std::string_view key);
    /// Keys not taken are errors, with the nearest known one.
    void expect_nothing_else(std::span<const std::string_view> known) const;

    /// Says that there is no such key, and the nearest known one.
    [[noreturn]] void unknown(const toml::key& key, std::span<const std::string_view> known) const;

    std::string text_of(const toml::node& node) const;
    /// One text or a list of texts.
    std::vector<std::string> texts_of(const toml::node& node) const;

    [[noreturn]] void wrong(const toml::source_region& at, std::string text) const;

private:
    const toml::table& table_;
    std::string file_;
    std::set<std::string, std::less<>> taken_;
};

/// The keys of a table in the order of the file (toml++ sorts them by name).
std::vector<const toml::key*> keys_in_file_order(const toml::table& table);

}  // namespace efface::rules
