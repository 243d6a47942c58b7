// AeTitle: an Application Entity title (PS3.5 VR AE): 1 to 16 characters of the default repertoire
// without backslash and control characters; leading and trailing spaces do not count.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace efface::rules {

class AeTitle {
public:
    static std::optional<AeTitle> parse(std::string_view text);

    const std::string& text() const { return text_; }

    auto operator<=>(const AeTitle&) const = default;

private:
    explicit AeTitle(std::string text) : text_{std::move(text)} {}

    std::string text_;
};

}  // namespace efface::rules
