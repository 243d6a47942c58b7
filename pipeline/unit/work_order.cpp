// The JSON of work orders and reports. Field order is fixed: a receipt that repeats a work order is
// hashed, so equal values must give equal bytes.
#include "pipeline/unit/work_order.h"

#include "pipeline/unit/json_fields.h"

namespace efface::pipeline {
namespace {

constexpr const char* kDecisionNames[] = {"none", "release", "as-replacement", "as-new-instance"};
constexpr const char* kOutcomeNames[] = {"cleaned", "quarantined", "refused", "needs-detectors"};

Json to_json(const rules::ActionCounts& actions) {
    Json json = Json::object();
    for (const rules::Action action : rules::kActions) {
        json[std::string(1, static_cast<char>(action))] = actions[action];
    }
    return json;
}

void read_actions(JsonFields& fields, rules::ActionCounts& actions) {
    const Json* value = fields.get("actions");
    if (value == nullptr) {
        return;
    }
    JsonFields counts{*value};
    for (const rules::Action action : rules::kActions) {
        const char name[] = {static_cast<char>(action), '\0'};
        counts.read(name, actions[action]);
    }
    if (!counts.finish("action counts")) {
        fields.note();
    }
}

}  // namespace

Json to_json(const WorkOrder& order) {
    return Json{
        {"job_id", order.job_id},
        {"project", order.project},
        {"original_digest", to_hex(order.original_digest)},
        {"original_bytes", order.original_bytes},
        {"sop_class_uid", order.sop_class_uid},
        {"sop_instance_uid", order.sop_instance_uid.reveal()},
        {"transfer_syntax_uid", order.transfer_syntax_uid},
        {"calling_ae", order.calling_ae},
        {"called_ae", order.called_ae},
        {"accepted_at", order.accepted_at},
        {"rule_digest", to_hex(order.rule_digest)},
        {"software_version", order.software_version},
        {"model_digest", order.model_digest},
        {"compute_class", order.compute_class},
        {"decision", kDecisionNames[static_cast<std::size_t>(order.decision)]},
        {"forced_rule", order.forced_rule},
        {"transcode_to", order.transcode_to},
    };
}

Result<WorkOrder> work_order_from_json(const Json& json) {
    JsonFields fields{json};
    WorkOrder order;
    fields.read("job_id", order.job_id);
    fields.read("project", order.project);
    fields.read("original_digest", order.original_digest);
    fields.read("original_bytes", order.original_bytes);
    fields.read("sop_class_uid", order.sop_class_uid);
    fields.read("sop_instance_uid", order.sop_instance_uid);
    fields.read("transfer_syntax_uid", order.transfer_syntax_uid);
    fields.read("calling_ae", order.calling_ae);
    fields.read("called_ae", order.called_ae);
    fields.read("accepted_at", order.accepted_at);
    fields.read("rule_digest", order.rule_digest);
    fields.read("software_version", order.software_version);
    fields.read("model_digest", order.model_digest);
    fields.read("compute_class", order.compute_class);
    fields.read("decision", order.decision, kDecisionNames);
    fields.read("forced_rule", order.forced_rule);
    fields.read("transcode_to", order.transcode_to);
    EFFACE_CHECK(fields.finish("work order: a field is missing, unknown or of the wrong type"));
    return order;
}

Json boxes_to_json(const std::vector<Box>& boxes) {
    Json edges = Json::array();
    for (const Box& box : boxes) {
        for (const std::int64_t edge : {box.left, box.top, box.right, box.bottom}) {
            edges.push_back(static_cast<std::uint64_t>(edge));
        }
    }
    return edges;
}

Json mask_to_json(const Mask& mask) {
    Json some = Json::array();
    for (const FrameBox& one : mask.some_frames) {
        for (const std::int64_t edge : {one.box.left, one.box.top, one.box.right, one.box.bottom}) {
            some.push_back(static_cast<std::uint64_t>(edge));
        }
        some.push_back(one.frames.first);
        some.push_back(one.frames.count);
    }
    return Json{{"boxes", boxes_to_json(mask.boxes)}, {"some_frames", std::move(some)}};
}

Json stages_to_json(const std::vector<PixelStageReport>& stages) {
    Json rows = Json::array();
    for (const PixelStageReport& stage : stages) {
        rows.push_back(Json{
            {"stage", stage.name}, {"cpu_micros", stage.cpu_micros}, {"mask_boxes", stage.mask_boxes}});
    }
    return rows;
}

Result<std::vector<PixelStageReport>> stages_from_json(const Json& json) {
    constexpr std::size_t kStagesMax = 64;
    if (!json.is_array() || json.size() > kStagesMax) {
        return fail(Fault::kRefuse, "clean report: stages is not a list of at most 64");
    }
    std::vector<PixelStageReport> stages;
    for (const Json& row : json) {
        JsonFields fields{row};
        PixelStageReport stage;
        fields.read("stage", stage.name);
        fields.read("cpu_micros", stage.cpu_micros);
        fields.read("mask_boxes", stage.mask_boxes);
        EFFACE_CHECK(fields.finish("clean report: a stage's field is missing or wrong"));
        stages.push_back(std::move(stage));
    }
    return stages;
}

Json to_json(const CleanReport& report) {
    return Json{
        {"outcome", kOutcomeNames[static_cast<std::size_t>(report.outcome)]},
        {"reason", report.reason},
        {"rule", report.rule},
        {"pixel_policy", report.pixel_policy},
        {"destinations", report.destinations},
        {"hold", report.hold},
        {"actions", to_json(report.actions)},
        {"table_edition", report.table_edition},
        {"new_sop_instance_uid", report.new_sop_instance_uid},
        {"new_study_uid", report.new_study_uid},
        {"new_series_uid", report.new_series_uid},
        {"new_patient_id", report.new_patient_id},
        {"modality", report.modality},
        {"study_uid", report.study_uid.reveal()},
        {"series_uid", report.series_uid.reveal()},
        {"facts", report.facts},
        {"output_bytes", report.output_bytes},
        {"output_transfer_syntax_uid", report.output_transfer_syntax_uid},
        {"mask", mask_to_json(report.mask)},
        {"holes", holes_to_json(report.holes)},
        {"fill", to_json(report.fill)},
        {"stages", stages_to_json(report.stages)},
    };
}

Result<CleanReport> clean_report_from_json(const Json& json) {
    JsonFields fields{json};
    CleanReport report;
    fields.read("outcome", report.outcome, kOutcomeNames);
    fields.read("reason", report.reason);
    fields.read("rule", report.rule);
    fields.read("pixel_policy", report.pixel_policy);
    fields.read("destinations", report.destinations);
    fields.read("hold", report.hold);
    read_actions(fields, report.actions);
    fields.read("table_edition", report.table_edition);
    fields.read("new_sop_instance_uid", report.new_sop_instance_uid);
    fields.read("new_study_uid", report.new_study_uid);
    fields.read("new_series_uid", report.new_series_uid);
    fields.read("new_patient_id", report.new_patient_id);
    fields.read("modality", report.modality);
    fields.read("study_uid", report.study_uid);
    fields.read("series_uid", report.series_uid);
    fields.read("facts", report.facts);
    fields.read("output_bytes", report.output_bytes);
    fields.read("output_transfer_syntax_uid", report.output_transfer_syntax_uid);
    fields.read("mask", report.mask);
    const Json* holes = fields.get("holes");
    const Json* fill = fields.get("fill");
    const Json* stages = fields.get("stages");
    EFFACE_CHECK(fields.finish("clean report: a field is missing, unknown or of the wrong type"));
    EFFACE_TRY(report.stages, stages_from_json(*stages));
    EFFACE_TRY(report.holes, holes_from_json(*holes));
    EFFACE_TRY(report.fill, fill_report_from_json(*fill));
    return report;
}

Json to_json(const GateReport& report) {
    return Json{
        {"passed", report.passed},
        {"reason", report.reason},
        {"output_digest", to_hex(report.output_digest)},
        {"output_bytes", report.output_bytes},
        {"new_sop_instance_uid", report.new_sop_instance_uid},
        {"new_study_uid", report.new_study_uid},
        {"new_series_uid", report.new_series_uid},
        {"new_patient_id", report.new_patient_id},
        {"fill", to_json(report.fill)},
    };
}

Result<GateReport> gate_report_from_json(const Json& json) {
    JsonFields fields{json};
    GateReport report;
    fields.read("passed", report.passed);
    fields.read("reason", report.reason);
    fields.read("output_digest", report.output_digest);
    fields.read("output_bytes", report.output_bytes);
    fields.read("new_sop_instance_uid", report.new_sop_instance_uid);
    fields.read("new_study_uid", report.new_study_uid);
    fields.read("new_series_uid", report.new_series_uid);
    fields.read("new_patient_id", report.new_patient_id);
    const Json* fill = fields.get("fill");
    EFFACE_CHECK(fields.finish("gate report: a field is missing, unknown or of the wrong type"));
    EFFACE_TRY(report.fill, fill_report_from_json(*fill));
    return report;
}

}  // namespace efface::pipeline
