#include "pipeline/unit/fill_report.h"

#include "pipeline/unit/json_fields.h"
#include "pipeline/unit/work_order.h"

namespace efface::pipeline {
namespace {

constexpr const char* kModeNames[] = {"natural", "strong"};
/// As many as the mask may have boxes.
constexpr std::size_t kHolesMax = 4096;

Json to_json(const rules::EnhanceSettings& settings) {
    return Json{
        {"strength", static_cast<std::uint64_t>(settings.strength)},
        {"mode", kModeNames[static_cast<std::size_t>(settings.mode)]},
        {"denoise", static_cast<std::uint64_t>(settings.denoise)},
        {"sharpen", static_cast<std::uint64_t>(settings.sharpen)},
        {"detail", settings.detail},
        {"skin_protection", settings.skin_protection},
        {"confidence_min", static_cast<std::uint64_t>(settings.confidence_min)},
    };
}

void read_share(JsonFields& fields, const char* key, int& share) {
    std::uint64_t value = 0;
    fields.read(key, value);
    if (value > 100) {
        fields.note();
    }
    share = static_cast<int>(value);
}

Result<rules::EnhanceSettings> settings_from_json(const Json& json) {
    JsonFields fields{json};
    rules::EnhanceSettings settings;
    read_share(fields, "strength", settings.strength);
    fields.read("mode", settings.mode, kModeNames);
    read_share(fields, "denoise", settings.denoise);
    read_share(fields, "sharpen", settings.sharpen);
    fields.read("detail", settings.detail);
    fields.read("skin_protection", settings.skin_protection);
    read_share(fields, "confidence_min", settings.confidence_min);
    EFFACE_CHECK(fields.finish("fill report: a setting is missing or wrong"));
    return settings;
}

Json to_json(const FilledArea& area) {
    Json json{
        {"frame", area.frame},
        {"box", boxes_to_json({area.box})},
        {"filled", area.filled},
        {"outcome", area.outcome},
        {"snr_tenths", area.snr_tenths},
        {"visible_permille", area.visible_permille},
        {"hidden_permille", area.hidden_permille},
        {"grey_difference_permille", area.grey_difference_permille},
    };
    if (area.confidence_permille) {
        json["confidence_permille"] = *area.confidence_permille;
    }
    return json;
}

/// One that is not measured is absent, for 0 would be a confidence.
void read_confidence(JsonFields& fields, const Json& json, FilledArea& area) {
    if (!json.is_object() || !json.contains("confidence_permille")) {
        return;
    }
    std::uint64_t permille = 0;
    fields.read("confidence_permille", permille);
    if (permille > 1000) {
        fields.note();
    }
    area.confidence_permille = permille;
}

Result<FilledArea> area_from_json(const Json& json) {
    JsonFields fields{json};
    FilledArea area;
    std::vector<Box> boxes;
    fields.read("frame", area.frame);
    fields.read("box", boxes);
    fields.read("filled", area.filled);
    fields.read("outcome", area.outcome);
    fields.read("snr_tenths", area.snr_tenths);
    fields.read("visible_permille", area.visible_permille);
    fields.read("hidden_permille", area.hidden_permille);
    fields.read("grey_difference_permille", area.grey_difference_permille);
    read_confidence(fields, json, area);
    EFFACE_CHECK(fields.finish("fill report: an area's field is missing or wrong"));
    if (boxes.size() != 1) {
        return fail(Fault::kRefuse, "fill report: an area is not one box");
    }
    area.box = boxes.front();
    return area;
}

}  // namespace

Json to_json(const FillReport& report) {
    Json areas = Json::array();
    for (const FilledArea& area : report.areas) {
        areas.push_back(to_json(area));
    }
    return Json{
        {"model_name", report.model_name},
        {"model_version", report.model_version},
        {"model_digest", report.model_digest},
        {"settings", to_json(report.settings)},
        {"filled", report.filled},
        {"refused", report.refused},
        {"areas", std::move(areas)},
    };
}

Result<FillReport> fill_report_from_json(const Json& json) {
    JsonFields fields{json};
    FillReport report;
    fields.read("model_name", report.model_name);
    fields.read("model_version", report.model_version);
    fields.read("model_digest", report.model_digest);
    const Json* settings = fields.get("settings");
    fields.read("filled", report.filled);
    fields.read("refused", report.refused);
    const Json* areas = fields.get("areas");
    EFFACE_CHECK(fields.finish("fill report: a field is missing or wrong"));
    EFFACE_TRY(report.settings, settings_from_json(*settings));
    if (!areas->is_array() || areas->size() > kFilledAreasMax) {
        return fail(Fault::kRefuse, "fill report: areas are no list of at most 256");
    }
    for (const Json& row : *areas) {
        EFFACE_TRY(FilledArea area, area_from_json(row));
        report.areas.push_back(std::move(area));
    }
    return report;
}

Json holes_to_json(const std::vector<Hole>& holes) {
    Json rows = Json::array();
    for (const Hole& hole : holes) {
        rows.push_back(Json{
            {"parts", boxes_to_json(hole.parts)}, {"first", hole.frames.first}, {"count", hole.frames.count}}
        );
    }
    return rows;
}

Result<std::vector<Hole>> holes_from_json(const Json& json) {
    if (!json.is_array() || json.size() > kHolesMax) {
        return fail(Fault::kRefuse, "holes: no list, or too long a one");
    }
    std::vector<Hole> holes;
    for (const Json& row : json) {
        JsonFields fields{row};
        Hole hole;
        fields.read("parts", hole.parts);
        fields.read("first", hole.frames.first);
        fields.read("count", hole.frames.count);
        EFFACE_CHECK(fields.finish("holes: a field is missing or wrong"));
        if (hole.parts.empty()) {
            return fail(Fault::kRefuse, "holes: one without parts");
        }
        holes.push_back(std::move(hole));
    }
    return holes;
}

}  // namespace efface::pipeline
