#include "rules/matching/names.h"

namespace efface::rules {
namespace {

constexpr std::size_t kNameCharactersMax = 64;

}  // namespace

bool is_name(std::string_view text) {
    const bool characters = std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_' || c == '.';
    });
    return characters && !text.empty() && text.size() <= kNameCharactersMax;
}

std::string take_name(TomlView& view, std::string_view what) {
    std::string name = view.take_text("name");
    if (!is_name(name)) {
        const toml::node* node = view.table().get("name");
        view.wrong(
            node != nullptr ? node->source() : view.table().source(),
            std::string{what} + " needs a 'name' of letters, digits, '-', '_' and '.', at most 64"
        );
    }
    return name;
}

}  // namespace efface::rules
