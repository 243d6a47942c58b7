// AE titles, PS3.5 6.2. Pure.
#include "rules/vocabulary/ae_title.h"

namespace efface::rules {
namespace {

constexpr std::size_t kAeTitleCharactersMax = 16;

}  // namespace

std::optional<AeTitle> AeTitle::parse(std::string_view text) {
    while (!text.empty() && (text.back() == ' ' || text.back() == '\0')) {
        text.remove_suffix(1);  // NUL is no padding of AE, but some peers send it.
    }
    while (!text.empty() && text.front() == ' ') {
        text.remove_prefix(1);
    }
    if (text.empty() || text.size() > kAeTitleCharactersMax) {
        return std::nullopt;
    }
    const bool clean =
        std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~' && c != '\\'; });
    if (!clean) {
        return std::nullopt;
    }
    return AeTitle{std::string{text}};
}

}  // namespace efface::rules
