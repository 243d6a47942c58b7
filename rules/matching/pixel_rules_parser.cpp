#include "rules/matching/pixel_rules_parser.h"

#include "config/settings/nearest.h"
#include "rules/matching/device_parser.h"

namespace efface::rules {
namespace {

constexpr std::array<std::string_view, 7> kPixelKeys{
    "blacken",         "device_templates", "ultrasound_regions", "accept", "recall_percent_min",
    "allowed_markers", "mask_segmentation"};

const PixelDoubtRow& find_doubt(const TomlView& view, const toml::node& node, const std::string& name) {
    const auto* row = std::find_if(kPixelDoubts.begin(), kPixelDoubts.end(), [&](const PixelDoubtRow& doubt) {
        return doubt.name == name;
    });
    if (row == kPixelDoubts.end()) {
        std::vector<std::string_view> known;
        for (const PixelDoubtRow& doubt : kPixelDoubts) {
            known.push_back(doubt.name);
        }
        view.wrong(node.source(), "unknown doubt '" + name + "'" + did_you_mean(name, known));
    }
    return *row;
}

std::set<PixelDoubt> parse_accept(TomlView& view) {
    std::set<PixelDoubt> accepted;
    for (const std::string& name : view.take_texts("accept")) {
        const toml::node& node = *view.table().get("accept");
        const PixelDoubtRow& row = find_doubt(view, node, name);
        if (!row.may_be_accepted) {
            view.wrong(node.source(), "'" + name + "' cannot be accepted: such an image is quarantined");
        }
        if (!accepted.insert(row.doubt).second) {
            view.wrong(node.source(), "'" + name + "' stands twice");
        }
    }
    return accepted;
}

int parse_percent(TomlView& view, std::string_view key, int fallback) {
    const toml::node* node = view.take(key);
    if (node == nullptr) {
        return fallback;
    }
    const auto* number = node->as_integer();
    if (number == nullptr || number->get() < 1 || number->get() > 100) {
        view.wrong(node->source(), "'" + std::string{key} + "' is a whole number, 1 to 100");
    }
    return static_cast<int>(number->get());
}

/// An empty list says something here: none stays.
MarkerSet parse_markers(TomlView& view) {
    MarkerSet markers;
    const auto* list = view.table().get("allowed_markers")->as_array();
    if (list != nullptr && list->empty()) {
        view.take("allowed_markers");
        return markers;
    }
    for (const std::string& text : view.take_texts("allowed_markers")) {
        const toml::node& node = *view.table().get("allowed_markers");
        const std::optional<std::size_t> index = marker_index(text);
        if (!index) {
            std::vector<std::string_view> known;
            for (const MarkerRow& marker : kMarkers) {
                known.push_back(marker.text);
            }
            view.wrong(
                node.source(), "'" + text + "' is no marker that can be allowed" + did_you_mean(text, known)
            );
        }
        if (markers.test(*index)) {
            view.wrong(node.source(), "'" + text + "' stands twice");
        }
        markers.set(*index);
    }
    return markers;
}

/// Where a proof is claimed it does not hang on a reader, and where nothing is searched nothing is read.
MarkerSet take_markers(TomlView& view, PixelPolicy policy) {
    const toml::node* node = view.table().get("allowed_markers");
    if (node == nullptr) {
        return policy == PixelPolicy::kRemoveFound ? default_markers() : MarkerSet{};
    }
    const MarkerSet markers = parse_markers(view);
    if (markers.any() && policy != PixelPolicy::kRemoveFound) {
        view.wrong(node->source(), "'allowed_markers' goes with pixel_policy 'remove-found' alone");
    }
    return markers;
}

/// A header-only rule searches nothing; it may still name regions.
void refuse_what_searches(const TomlView& view) {
    for (const std::string_view key : {"accept", "recall_percent_min"}) {
        if (const toml::node* node = view.table().get(key)) {
            view.wrong(
                node->source(),
                "a header-only rule searches nothing: '" + std::string{key} + "' would do nothing"
            );
        }
    }
}

}  // namespace

PixelRules take_pixel_rules(TomlView& rule, PixelPolicy policy) {
    const toml::node* node = rule.take("pixels");
    PixelRules pixels;
    pixels.device_templates = pixels.ultrasound_regions = policy != PixelPolicy::kHeaderOnly;
    if (node == nullptr) {
        pixels.allowed_markers = policy == PixelPolicy::kRemoveFound ? default_markers() : MarkerSet{};
        return pixels;
    }
    const auto* table = node->as_table();
    if (table == nullptr) {
        rule.wrong(node->source(), "'pixels' is a table");
    }
    TomlView view{*table, rule.file()};
    if (policy == PixelPolicy::kHeaderOnly) {
        refuse_what_searches(view);
    }
    pixels.blacken = take_regions(view, "blacken");
    pixels.device_templates = view.take_flag("device_templates", pixels.device_templates);
    pixels.ultrasound_regions = view.take_flag("ultrasound_regions", pixels.ultrasound_regions);
    pixels.accept = parse_accept(view);
    pixels.recall_percent_min = parse_percent(view, "recall_percent_min", pixels.recall_percent_min);
    pixels.mask_segmentation = view.take_flag("mask_segmentation", false);
    if (pixels.mask_segmentation && policy == PixelPolicy::kHeaderOnly && pixels.blacken.empty() &&
        !pixels.device_templates && !pixels.ultrasound_regions) {
        view.wrong(
            view.table().get("mask_segmentation")->source(),
            "this rule blackens nothing: 'mask_segmentation' would do nothing"
        );
    }
    pixels.allowed_markers = take_markers(view, policy);
    view.expect_nothing_else(kPixelKeys);
    return pixels;
}

}  // namespace efface::rules
