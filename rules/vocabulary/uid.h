// Uid: a Unique Identifier as PS3.5 9.1 allows it, checked once when it is made.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace efface::rules {

inline constexpr std::size_t kUidCharactersMax = 64;

class Uid {
public:
    /// Reads a UID; trailing NULs and spaces are padding. Nothing for what PS3.5 9.1 forbids.
    static std::optional<Uid> parse(std::string_view text);

    const std::string& text() const { return text_; }

    auto operator<=>(const Uid&) const = default;

private:
    explicit Uid(std::string text) : text_{std::move(text)} {}

    std::string text_;
};

/// True for the exact value of a UID registered in PS3.6 annex A (SOP classes, syntaxes, coding
/// schemes, well-known frames of reference and instances, templates): these name no patient and stay.
bool is_registered_uid(std::string_view uid);

}  // namespace efface::rules
