#include "pipeline/unit/unit_checks.h"

#include "rules/vocabulary/sop_class.h"

namespace efface::pipeline {

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

Result<rules::PixelIdentity> judge_pixels(const ScannedDataSet& data_set, const rules::Rule& rule) {
    const rules::PixelIdentity identity = pixel_identity(data_set);
    const bool may_identify = identity.text || identity.face;
    if (rules::is_beyond_search(rule, identity)) {
        return fail(
            Fault::kQuarantine,
            "pixels may show a face when its slices are put together, which is not searched: release under a "
            "header-only rule"
        );
    }
    if (!may_identify || rule.pixel_policy != rules::PixelPolicy::kRequireClean) {
        return identity;
    }
    if (identity.text && identity.face) {
        return fail(
            Fault::kQuarantine,
            "pixels may show text and a face, which nothing proves clean: release under a remove-found or "
            "header-only rule"
        );
    }
    if (identity.text) {
        return fail(
            Fault::kQuarantine,
            "pixels may show text, which nothing proves clean: release under a remove-found or header-only "
            "rule"
        );
    }
    return fail(
        Fault::kQuarantine,
        "pixels may show a face, which nothing proves clean: release under a remove-found or header-only rule"
    );
}

}  // namespace efface::pipeline
