// Checks that need more than one setting, and those that need the disk.
// Thread rule: pure, but for check_settings_files, which calls stat(2).
#pragma once

#include "config/settings/settings.h"
#include "config/settings/settings_toml.h"

#include <string>
#include <vector>

namespace efface {

/// `document` says where things stand; list sections of it are in the order of the lists of `settings`.
std::vector<SettingsError> check_settings_together(
    const Settings& settings, const RawDocument& document, const std::string& file_name
);
std::vector<SettingsError> check_settings_files(
    const Settings& settings, const RawDocument& document, const std::string& file_name
);

}  // namespace efface
