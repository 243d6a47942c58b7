// Converter: one ICU converter, opened by name and closed when it dies. Inside rules/text only; the one
// place besides text_case.cpp that includes ICU. Thread rule: belongs to one thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

struct UConverter;

namespace efface::rules {

class Converter {
public:
    /// The name is one of the term table; that it is unknown to ICU is a broken installation (asserted).
    explicit Converter(std::string_view icu_name);
    ~Converter();
    Converter(const Converter&) = delete;
    Converter& operator=(const Converter&) = delete;

    /// UTF-8; bytes without meaning become U+FFFD.
    std::string to_utf8(std::string_view bytes);
    /// The bytes of UTF-8 text, or nothing where a character has none.
    std::optional<std::string> from_utf8(std::string_view utf8);

private:
    UConverter* converter_;
};

}  // namespace efface::rules
