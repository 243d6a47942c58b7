#include "rules/matching/enhance_rules_parser.h"

#include "config/settings/nearest.h"

#include <algorithm>

namespace efface::rules {
namespace {

constexpr std::array<std::string_view, 11> kEnhanceKeys{
    "fill",    "unfilled", "regions",         "strength",       "mode",    "denoise",
    "sharpen", "detail",   "skin_protection", "confidence_min", "language"};

/// The place of the word in the list; 0 where the key is absent.
std::size_t take_word(TomlView& view, std::string_view key, std::span<const std::string_view> words) {
    const toml::node* node = view.table().get(key);
    const std::string word = view.take_text(key, std::string{words.front()});
    const auto* known = std::find(words.data(), words.data() + words.size(), word);
    if (known == words.data() + words.size()) {
        std::string all;
        for (const std::string_view one : words) {
            all += (all.empty() ? "'" : ", '") + std::string{one} + "'";
        }
        view.wrong(node->source(), "'" + std::string{key} + "' is one of " + all + did_you_mean(word, words));
    }
    return static_cast<std::size_t>(known - words.data());
}

int take_share(TomlView& view, std::string_view key, int fallback) {
    const toml::node* node = view.take(key);
    if (node == nullptr) {
        return fallback;
    }
    const auto* number = node->as_integer();
    if (number == nullptr || number->get() < 0 || number->get() > 100) {
        view.wrong(node->source(), "'" + std::string{key} + "' is a whole number, 0 to 100");
    }
    return static_cast<int>(number->get());
}

}  // namespace

EnhanceRules take_enhance_rules(TomlView& rule, PixelPolicy policy) {
    EnhanceRules enhance;
    const toml::node* node = rule.take("enhance");
    if (node == nullptr) {
        return enhance;
    }
    const auto* table = node->as_table();
    if (table == nullptr) {
        rule.wrong(node->source(), "'enhance' is a table");
    }
    TomlView view{*table, rule.file()};
    enhance.fill = static_cast<FillPolicy>(take_word(view, "fill", kFillPolicies));
    if (policy == PixelPolicy::kHeaderOnly && enhance.fill == FillPolicy::kRequire) {
        view.wrong(
            table->get("fill")->source(), "a header-only rule searches nothing: there is nothing to fill"
        );
    }
    enhance.unfilled = static_cast<UnfilledPolicy>(take_word(view, "unfilled", kUnfilledPolicies));
    enhance.regions = view.take_flag("regions", enhance.regions);
    EnhanceSettings& settings = enhance.settings;
    settings.strength = take_share(view, "strength", settings.strength);
    settings.mode = static_cast<EnhanceMode>(take_word(view, "mode", kEnhanceModes));
    settings.denoise = take_share(view, "denoise", settings.denoise);
    settings.sharpen = take_share(view, "sharpen", settings.sharpen);
    settings.detail = view.take_flag("detail", settings.detail);
    settings.skin_protection = view.take_flag("skin_protection", settings.skin_protection);
    settings.confidence_min = take_share(view, "confidence_min", settings.confidence_min);
    enhance.language = static_cast<FillLanguage>(take_word(view, "language", kFillLanguages));
    view.expect_nothing_else(kEnhanceKeys);
    return enhance;
}

}  // namespace efface::rules
