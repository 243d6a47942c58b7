#include "pipeline/unit/unit_checks.h"

#include "rules/vocabulary/sop_class.h"

namespace efface::pipeline {

namespace {

/// What a person can do about it.
Literal reason_of(rules::PixelDoubt doubt, const rules::PixelIdentity& identity) {
    switch (doubt) {
        case rules::PixelDoubt::kBeyondSearch:
            return "pixels may show a face when its slices are put together, which is not searched: release "
                   "under a header-only rule";
        case rules::PixelDoubt::kNoTemplate:
            return "pixels may show text, and neither rule nor device template nor ultrasound regions say "
                   "where: name regions, or accept no-template";
        default:
            break;
    }
    if (identity.text && identity.face) {
        return "pixels may show text and a face, which nothing proves clean: release under a remove-found or "
               "header-only rule";
    }
    if (identity.text) {
        return "pixels may show text, which nothing proves clean: release under a remove-found or "
               "header-only "
               "rule";
    }
    return "pixels may show a face, which nothing proves clean: release under a remove-found or header-only "
           "rule";
}

}  // namespace

Status check_against_order(const Original& original, const WorkOrder& order) {
    if (original.sop_class_uid.empty() || original.sop_instance_uid.empty()) {
        return fail(
            Fault::kQuarantine, "data set has no SOP Class or SOP Instance UID", Where::tag(0x00080016)
        );
    }
    if (rules::find_storage_sop_class(original.sop_class_uid) == nullptr) {
        return fail(
            Fault::kRefuse, "private or unknown SOP class: the standard defines no de-identification for it",
            Where::tag(0x00080016)
        );
    }
    const auto differs = [](std::string_view ordered, std::string_view found) {
        return !ordered.empty() && ordered != found;
    };
    if (differs(order.sop_class_uid, original.sop_class_uid) ||
        differs(order.sop_instance_uid.reveal(), original.sop_instance_uid)) {
        return fail(Fault::kQuarantine, "data set is not the instance that was announced");
    }
    if (differs(order.transfer_syntax_uid, original.syntax->uid)) {
        return fail(Fault::kQuarantine, "file is not in the transfer syntax that was announced");
    }
    return {};
}

Result<const rules::Rule*> choose_rule(
    const ScannedDataSet& data_set, const WorkOrder& order, const rules::RuleSet& rules
) {
    if (!order.forced_rule.empty()) {
        const rules::Rule* forced = rules.find(order.forced_rule);
        if (forced == nullptr) {
            return fail(Fault::kQuarantine, "the rule that an operator named is not in the rule file");
        }
        return forced;
    }
    const rules::Match match = rules.match(instance_facts(data_set, order));
    if (match.rule == nullptr) {
        return fail(Fault::kQuarantine, "no rule matches: add one, or release it under a rule by name");
    }
    return match.rule;
}

Result<PixelPlan> plan_pixels(const ScannedDataSet& data_set, const PixelPlanWork& work) {
    PixelPlan plan;
    plan.declared = declared_regions(data_set, instance_facts(data_set, work.order), work.rules, work.rule);
    plan.identity = rules::possible_where(pixel_identity(data_set), plan.declared.by_ultrasound);
    plan.statement = rules::pixel_statement(work.rule, plan.identity);
    plan.identity.markers_left = rules::markers_left(work.rule, plan.identity);
    const auto doubt =
        rules::doubt_before_search({work.rule, plan.identity, plan.declared.any_source(), work.recalls});
    if (doubt) {
        return fail(Fault::kQuarantine, reason_of(*doubt, plan.identity));
    }
    plan.identity.is_photograph =
        plan.identity.is_photograph && rules::quarantines(work.rule, rules::PixelDoubt::kNoFace);
    plan.identity.near_misses_matter = rules::quarantines(work.rule, rules::PixelDoubt::kLowConfidence);
    plan.identity.unfound_matters = rules::quarantines(work.rule, rules::PixelDoubt::kStatedUnfound);
    if (!plan.statement.searched()) {
        plan.identity.text = plan.identity.face = plan.identity.is_photograph = false;
    }
    return plan;
}

}  // namespace efface::pipeline
