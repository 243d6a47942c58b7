// Tags as text. Pure.
#include "rules/vocabulary/tag.h"

namespace efface::rules {
namespace {

constexpr std::size_t kHexDigits = 8;

/// The value of a hexadecimal digit, or 16.
constexpr std::uint32_t digit_value(char c) {
    if (c >= '0' && c <= '9') {
        return static_cast<std::uint32_t>(c - '0');
    }
    if (c >= 'A' && c <= 'F') {
        return static_cast<std::uint32_t>(c - 'A') + 10U;
    }
    if (c >= 'a' && c <= 'f') {
        return static_cast<std::uint32_t>(c - 'a') + 10U;
    }
    return 16U;
}

}  // namespace

std::string to_string(Tag tag) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text = "(gggg,eeee)";
    constexpr std::array<std::size_t, kHexDigits> places{1, 2, 3, 4, 6, 7, 8, 9};
    for (std::size_t i = 0; i < kHexDigits; ++i) {
        text[places[i]] = digits[(tag.value >> (28U - 4U * i)) & 0xFU];
    }
    return text;
}

std::optional<Tag> parse_tag(std::string_view text) {
    if (text.size() == 11 && text.front() == '(' && text.back() == ')') {
        text = text.substr(1, 9);
    }
    const bool comma = text.size() == 9 && text[4] == ',';
    if (!comma && text.size() != kHexDigits) {
        return std::nullopt;
    }
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (comma && i == 4) {
            continue;
        }
        const std::uint32_t digit = digit_value(text[i]);
        if (digit > 15U) {
            return std::nullopt;
        }
        value = (value << 4U) | digit;
    }
    return Tag{value};
}

}  // namespace efface::rules
