// Tag: a Data Element Tag (PS3.5 7.1). Values; no shared state.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace efface::rules {

struct Tag {
    std::uint32_t value = 0;

    constexpr Tag() = default;

    constexpr explicit Tag(std::uint32_t packed) : value{packed} {}

    constexpr Tag(std::uint16_t group, std::uint16_t element)
        : value{(static_cast<std::uint32_t>(group) << 16U) | element} {}

    constexpr std::uint16_t group() const { return static_cast<std::uint16_t>(value >> 16U); }

    constexpr std::uint16_t element() const { return static_cast<std::uint16_t>(value & 0xFFFFU); }

    /// Odd group: a private attribute or a private creator (PS3.5 7.8).
    constexpr bool is_private() const { return (group() & 1U) != 0; }

    constexpr bool is_private_creator() const {
        return is_private() && element() >= 0x0010 && element() <= 0x00FF;
    }

    constexpr bool is_group_length() const { return element() == 0; }

    constexpr auto operator<=>(const Tag&) const = default;
};

/// "(0010,0020)".
std::string to_string(Tag tag);
/// Reads "(0010,0020)", "0010,0020" or "00100020".
std::optional<Tag> parse_tag(std::string_view text);

}  // namespace efface::rules
