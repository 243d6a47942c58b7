#include "rules/matching/device_parser.h"

#include "rules/matching/match_parser.h"
#include "rules/matching/names.h"

namespace efface::rules {
namespace {

constexpr std::array<std::string_view, 4> kDeviceKeys{"name", "description", "match", "blacken"};

Region parse_region(const TomlView& view, const toml::node& node) {
    const auto* list = node.as_array();
    std::array<std::int64_t, 4> numbers{};
    bool right = list != nullptr && list->size() == numbers.size();
    for (std::size_t i = 0; right && i < numbers.size(); ++i) {
        const auto* number = list->get(i)->as_integer();
        right = number != nullptr && number->get() >= 0 && number->get() <= kRegionEdgeMax;
        numbers.at(i) = right ? number->get() : 0;
    }
    if (!right || numbers[2] == 0 || numbers[3] == 0) {
        view.wrong(node.source(), "a region is [left, top, width, height] in pixels, 0 to 65535, not empty");
    }
    return {.left = numbers[0], .top = numbers[1], .width = numbers[2], .height = numbers[3]};
}

Predicate parse_device_match(TomlView& view) {
    const toml::node* node = view.take("match");
    const auto* table = node != nullptr ? node->as_table() : nullptr;
    if (table == nullptr || table->empty()) {
        view.wrong(
            node != nullptr ? node->source() : view.table().source(),
            "a device needs a 'match': the conditions that its images meet"
        );
    }
    return parse_match(*table, view.file());
}

}  // namespace

std::vector<Region> take_regions(TomlView& view, std::string_view key) {
    const toml::node* node = view.take(key);
    std::vector<Region> regions;
    if (node == nullptr) {
        return regions;
    }
    const auto* list = node->as_array();
    if (list == nullptr || list->empty() || list->size() > kRegionsMax) {
        view.wrong(
            node->source(),
            "'" + std::string{key} + "' is a list of 1 to 4096 regions [left, top, width, height]"
        );
    }
    for (const toml::node& element : *list) {
        regions.push_back(parse_region(view, element));
    }
    return regions;
}

DeviceTemplate parse_device(const toml::table& table, const std::string& file) {
    TomlView view{table, file};
    DeviceTemplate device;
    device.name = take_name(view, "a device");
    device.description = view.take_text("description");
    device.match = std::make_shared<const Predicate>(parse_device_match(view));
    device.blacken = take_regions(view, "blacken");
    if (device.blacken.empty()) {
        view.wrong(table.source(), "a device needs 'blacken': the regions that its text stands in");
    }
    view.expect_nothing_else(kDeviceKeys);
    return device;
}

}  // namespace efface::rules
