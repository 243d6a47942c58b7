// One setting's value: from a TOML value into its field, checked; and from the field back to TOML.
// Thread rule: pure.
#pragma once

#include "config/settings/settings_table.h"
#include "config/settings/settings_toml.h"

#include <optional>
#include <string>

namespace efface {

/// Puts `value` where `slot` points, or says what is wrong with it.
std::optional<std::string> assign_setting(
    const SettingRow& row, const RawValue& value, const SettingSlot& slot
);
/// The value as TOML writes it.
std::string setting_toml(const SettingSlot& slot);
/// "1 to 4096", or "" where there is no range to tell.
std::string setting_range(const SettingRow& row);
/// A text as a TOML basic string.
std::string toml_quoted(std::string_view text);

}  // namespace efface
