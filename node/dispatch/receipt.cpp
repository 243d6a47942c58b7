#include "node/dispatch/receipt.h"

#include "config/crypto/digest.h"
#include "config/json.h"

namespace efface::node {

namespace {

std::string_view decision_name(pipeline::Decision decision) {
    switch (decision) {
        case pipeline::Decision::kNone:
            return "none";
        case pipeline::Decision::kRelease:
            return "release";
        case pipeline::Decision::kAsReplacement:
            return "as replacement";
        case pipeline::Decision::kAsNewInstance:
            return "as new instance";
    }
    return "none";
}

Json actions_of(const rules::ActionCounts& counts) {
    Json actions = Json::object();
    for (const rules::Action action : rules::kActions) {
        actions[std::string(1, static_cast<char>(action))] = counts[action];
    }
    return actions;
}

}  // namespace

Json make_receipt(
    const pipeline::WorkOrder& order, const UnitResult& result, const AuditIdentity& identity,
    std::string_view key_fingerprint
) {
    const pipeline::CleanReport& clean = result.clean;
    Json receipt{
        {"receipt", "efface-receipt/1"},
        {"work_order",
         {{"project", order.project},
          {"key_fingerprint", key_fingerprint},
          {"original_digest_hash", identity.digest(order.original_digest)},
          {"sop_class_uid", order.sop_class_uid},
          {"transfer_syntax_uid", order.transfer_syntax_uid},
          {"accepted_at_us", order.accepted_at},
          {"rule_digest", to_hex(order.rule_digest)},
          {"software_version", order.software_version},
          {"model_digest", result.model_digest},
          {"compute_class", order.compute_class},
          {"decision", decision_name(order.decision)},
          {"forced_rule", order.forced_rule}}},
        {"rule", clean.rule},
        {"pixel_policy", clean.pixel_policy},
        {"table_edition", clean.table_edition},
        {"actions", actions_of(clean.actions)},
        {"facts", clean.facts},
        {"mask_boxes", clean.mask.size()},
        {"fill", pipeline::to_json(result.gate.fill)},
        {"pixel_stages", pipeline::stages_to_json(clean.stages)},
        {"output",
         {{"digest", to_hex(result.gate.output_digest)},
          {"bytes", result.gate.output_bytes},
          {"transfer_syntax_uid", clean.output_transfer_syntax_uid},
          {"sop_instance_uid", clean.new_sop_instance_uid},
          {"series_uid", clean.new_series_uid},
          {"study_uid", clean.new_study_uid},
          {"patient_id", clean.new_patient_id}}},
        {"gate", "passed"},
    };
    if (result.segmentation) {
        const pipeline::GateReport& judged = result.segmentation->gate;
        receipt["mask_segmentation"] = {
            {"digest", to_hex(judged.output_digest)},
            {"bytes", judged.output_bytes},
            {"sop_instance_uid", judged.new_sop_instance_uid}};
    }
    return receipt;
}

}  // namespace efface::node
