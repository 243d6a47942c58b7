// rules/library/devices/*.toml; CMake writes the .inc from the files, in the order of their names.
#include "config/assert.h"
#include "rules/matching/device_parser.h"
#include "rules/matching/rule_set.h"

namespace efface::rules {
namespace {

constexpr std::string_view kShippedDevices =
#include "shipped_devices.inc"
    ;

constexpr std::string_view kFolder = "rules/library/devices";

/// A test reads every shipped file: what is wrong in one never gets here.
std::vector<DeviceTemplate> read_shipped() {
    const toml::parse_result parsed = toml::parse(kShippedDevices, kFolder);
    EFFACE_ASSERT(parsed);
    std::vector<DeviceTemplate> devices;
    for (const toml::node& node : *parsed.table()["device"].as_array()) {
        devices.push_back(parse_device(*node.as_table(), std::string{kFolder}));
    }
    return devices;
}

}  // namespace

const std::vector<DeviceTemplate>& shipped_devices() {
    static const std::vector<DeviceTemplate> devices = read_shipped();
    return devices;
}

}  // namespace efface::rules
