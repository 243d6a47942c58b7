// The one place that reads TOML syntax for the settings: sections of keys with plain values and
// where each stands in the file. Knows nothing of which keys exist.
// Thread rule: pure.
#pragma once

#include "config/settings/settings.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace efface {

struct FilePosition {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
};

/// std::monostate: a value no setting has (a float, a date, a table, a mixed array); `type_name` names it.
struct RawValue {
    std::variant<std::monostate, bool, std::int64_t, std::string, std::vector<std::string>> value;
    std::string_view type_name;
};

struct RawEntry {
    std::string key;
    FilePosition key_at;
    FilePosition value_at;
    RawValue value;
};

/// A table ([node]) or one element of an array of tables ([[peer]]).
struct RawSection {
    std::string name;
    bool from_array = false;
    FilePosition at;
    std::vector<RawEntry> entries;
};

struct RawDocument {
    std::vector<RawSection> sections;
    std::vector<SettingsError> errors;  ///< Syntax; then `sections` is empty.
};

RawDocument read_settings_toml(std::string_view text, const std::string& file_name);

}  // namespace efface
