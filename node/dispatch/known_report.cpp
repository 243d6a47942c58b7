#include "node/dispatch/known_report.h"

#include "rules/profile/profile.h"

namespace efface::node {

namespace {

std::string_view hold_name(rules::Hold hold) {
    switch (hold) {
        case rules::Hold::kNone:
            return "none";
        case rules::Hold::kSeries:
            return "series";
        case rules::Hold::kStudy:
            return "study";
    }
    return "study";
}

}  // namespace

Status replace_claims(UnitResult& result, const pipeline::WorkOrder& order, const rules::RuleSet& rules) {
    pipeline::CleanReport& clean = result.clean;
    const pipeline::GateReport& gate = result.gate;
    const rules::Rule* rule = rules.find(clean.rule);
    if (rule == nullptr) {
        clean.rule.clear();  // A name that nobody knows could be anything.
        return fail(Fault::kQuarantine, "the cleaner names a rule that is not in force");
    }
    if (gate.new_sop_instance_uid.empty()) {
        return fail(Fault::kQuarantine, "the gate names no SOP Instance UID for what it passed");
    }
    if (clean.new_sop_instance_uid != gate.new_sop_instance_uid ||
        clean.new_study_uid != gate.new_study_uid || clean.new_series_uid != gate.new_series_uid) {
        return fail(Fault::kQuarantine, "the cleaner reports other UIDs than stand in its file");
    }
    clean.destinations = rule->destinations;
    clean.hold = hold_name(rule->hold);
    clean.pixel_policy = rules::policy_name(rule->pixel_policy);
    clean.table_edition = rules::table_edition();
    clean.new_patient_id = gate.new_patient_id;
    clean.output_bytes = gate.output_bytes;
    // The gate passes no other syntax.
    clean.output_transfer_syntax_uid =
        order.transcode_to.empty() ? order.transfer_syntax_uid : order.transcode_to;
    return {};
}

}  // namespace efface::node
