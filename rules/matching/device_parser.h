// One [[device]] table to a DeviceTemplate, and the lists of regions that devices and rules share. Inside
// rules/matching only.
#pragma once

#include "rules/matching/device_template.h"
#include "rules/matching/toml_view.h"

namespace efface::rules {

/// Throws a Diagnostic.
DeviceTemplate parse_device(const toml::table& table, const std::string& file);

/// [[left, top, width, height], ...]; none where the key is absent. Throws a Diagnostic.
std::vector<Region> take_regions(TomlView& view, std::string_view key);

}  // namespace efface::rules
