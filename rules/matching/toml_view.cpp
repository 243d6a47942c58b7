#include "rules/matching/toml_view.h"

#include "config/settings/nearest.h"

namespace efface::rules {

const toml::node* TomlView::take(std::string_view key) {
    taken_.emplace(key);
    return table_.get(key);
}

std::string TomlView::take_text(std::string_view key, std::string fallback) {
    const toml::node* node = take(key);
    return node != nullptr ? text_of(*node) : std::move(fallback);
}

bool TomlView::take_flag(std::string_view key, bool fallback) {
    const toml::node* node = take(key);
    if (node == nullptr) {
        return fallback;
    }
    if (const auto* flag = node->as_boolean()) {
        return flag->get();
    }
    wrong(node->source(), "'" + std::string{key} + "' is true or false");
}

std::vector<std::string> TomlView::take_texts(std::string_view key) {
    const toml::node* node = take(key);
    if (node == nullptr) {
        return {};
    }
    if (!node->is_array()) {
        wrong(node->source(), "'" + std::string{key} + "' is a list of texts");
    }
    return texts_of(*node);
}

void TomlView::expect_nothing_else(std::span<const std::string_view> known) const {
    for (const toml::key* key : keys_in_file_order(table_)) {
        if (!taken_.contains(key->str())) {
            unknown(*key, known);
        }
    }
}

void TomlView::unknown(const toml::key& key, std::span<const std::string_view> known) const {
    wrong(key.source(), "unknown key '" + std::string{key.str()} + "'" + did_you_mean(key.str(), known));
}

std::string TomlView::text_of(const toml::node& node) const {
    const auto* text = node.as_string();
    if (text == nullptr) {
        wrong(node.source(), "a text is expected here");
    }
    if (text->get().size() > kRuleTextBytesMax) {
        wrong(node.source(), "a text of more than 1024 bytes");
    }
    return text->get();
}

std::vector<std::string> TomlView::texts_of(const toml::node& node) const {
    const auto* list = node.as_array();
    if (list == nullptr) {
        return {text_of(node)};
    }
    if (list->empty()) {
        wrong(node.source(), "an empty list says nothing");
    }
    if (list->size() > kRuleListMax) {
        wrong(node.source(), "a list of more than 1024 entries");
    }
    std::vector<std::string> texts;
    for (const toml::node& element : *list) {
        texts.push_back(text_of(element));
    }
    return texts;
}

void TomlView::wrong(const toml::source_region& at, std::string text) const {
    throw Diagnostic{file_, at.begin.line, at.begin.column, std::move(text)};
}

std::vector<const toml::key*> keys_in_file_order(const toml::table& table) {
    std::vector<const toml::key*> keys;
    for (auto entry = table.cbegin(); entry != table.cend(); ++entry) {
        keys.push_back(&entry->first);
    }
    const auto place = [](const toml::key* key) {
        return std::pair{key->source().begin.line, key->source().begin.column};
    };
    std::sort(keys.begin(), keys.end(), [&](const toml::key* a, const toml::key* b) {
        return place(a) < place(b);
    });
    return keys;
}

}  // namespace efface::rules
