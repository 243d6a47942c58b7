#include "pipeline/unit/explanation.h"

#include "config/json.h"
#include "pipeline/header/attribute_walk.h"
#include "pipeline/header/instance_context.h"
#include "pipeline/unit/instance_facts.h"
#include "pipeline/unit/original.h"
#include "pipeline/unit/unit_checks.h"
#include "rules/vocabulary/dictionary.h"

namespace efface::pipeline {
namespace {

std::string_view source_name(rules::DecisionSource source) {
    switch (source) {
        case rules::DecisionSource::kTableRow:
            return "table";
        case rules::DecisionSource::kOverride:
            return "override";
        case rules::DecisionSource::kNotInTable:
            return "not-in-table";
        case rules::DecisionSource::kUnknownAttribute:
            return "unknown";
        case rules::DecisionSource::kGroupRule:
            return "group";
        case rules::DecisionSource::kStructural:
            return "structural";
    }
    return "unknown";
}

std::string_view edit_name(const Result<rules::Edit>& edit) {
    if (!edit) {
        return "quarantine";
    }
    switch (edit->kind) {
        case rules::Edit::Kind::kKeep:
            return "keep";
        case rules::Edit::Kind::kEnter:
            return "enter";
        case rules::Edit::Kind::kRemove:
            return "remove";
        case rules::Edit::Kind::kEmpty:
            return "empty";
        case rules::Edit::Kind::kReplace:
            return "replace";
        case rules::Edit::Kind::kReplaceItem:
            return "replace-item";
    }
    return "quarantine";
}

std::string path_text(const PlannedAttribute& planned) {
    std::string text;
    for (std::size_t i = 0; i < planned.path.size(); ++i) {
        text += rules::to_string(planned.path[i]) + "[" + std::to_string(planned.item_numbers[i]) + "]/";
    }
    return text;
}

class Explainer final : public AttributeVisitor {
public:
    Status visit(Item&, PlannedAttribute& planned) override {
        if (attributes.size() == kExplainedAttributesMax) {
            ++left_out;
            return {};
        }
        const rules::Tag tag = planned.element.tag();
        const rules::Decision& decision = planned.decision;
        attributes.push_back(Json{
            {"path", path_text(planned)},
            {"tag", rules::to_string(tag)},
            {"keyword", rules::keyword_of(tag)},
            {"vr", rules::vr_name(planned.vr)},
            {"creator", planned.private_creator},
            {"action", std::string(1, static_cast<char>(decision.action))},
            {"source", source_name(decision.source)},
            {"table_code", decision.table_code},
            {"type", std::string(1, decision.attribute_type)},
            {"why", planned.edit ? std::string{decision.why} : planned.edit.error().message()},
            {"edit", edit_name(planned.edit)},
        });
        return {};
    }

    Status leave(Item&) override { return {}; }

    Json attributes = Json::array();
    std::uint64_t left_out = 0;
};

Status explain_attributes(Original& original, const rules::Rule& rule, const UnitWork& work, Json& json) {
    const HeaderWork header_work{
        .rule = rule,
        .key = work.key,
        .sop_class_uid = original.sop_class_uid,
        .software_version = work.order.software_version,
    };
    EFFACE_TRY(const InstanceContext context, read_context(original.data_set.root(), header_work));
    const rules::PlanContext plan = context.plan_context(work.key);
    const rules::Profile profile{rule.profile};
    Explainer explainer;
    EFFACE_CHECK(walk_attributes(original.data_set, {profile, plan, original.sop_class_uid}, explainer));
    json["attributes"] = std::move(explainer.attributes);
    json["attributes_left_out"] = explainer.left_out;
    return {};
}

Status explain(std::span<const std::byte> file, const UnitWork& work, Json& json) {
    EFFACE_TRY(Original original, read_original(file));
    json["sop_class_uid"] = original.sop_class_uid;
    json["transfer_syntax_uid"] = original.syntax->uid;
    EFFACE_CHECK(check_against_order(original, work.order));

    const rules::Match match = work.rules.match(instance_facts(original.scanned(), work.order));
    for (const rules::MatchStep& step : match.steps) {
        json["steps"].push_back(Json{{"rule", step.rule}, {"matched", step.matched}, {"why", step.why}});
    }
    EFFACE_TRY(const rules::Rule* rule, choose_rule(original.scanned(), work.order, work.rules));
    json["rule"] = rule->name;
    json["pixel_policy"] = rules::policy_name(rule->pixel_policy);
    const rules::PixelIdentity identity = pixel_identity(original.scanned());
    json["pixels"] = Json{{"text", identity.text}, {"face", identity.face}, {"why", identity.why}};
    EFFACE_CHECK(explain_attributes(original, *rule, work, json));
    EFFACE_TRY(
        const PixelPlan plan, plan_pixels(original.scanned(), {work.order, work.rules, *rule, work.recalls})
    );
    json["pixels"]["mask_segmentation"] = rule->pixels.mask_segmentation;
    json["pixels"]["markers_left"] = Json::array();
    for (std::size_t i = 0; i < rules::kMarkers.size(); ++i) {
        if (plan.identity.markers_left.test(i)) {
            json["pixels"]["markers_left"].push_back(rules::kMarkers[i].text);
        }
    }
    json["pixels"]["device_template"] = plan.declared.device;
    json["pixels"]["declared_regions"] = boxes_to_json(plan.declared.boxes);
    return {};
}

}  // namespace

Json explain_unit(std::span<const std::byte> original, const UnitWork& work) {
    Json json{
        {"outcome", "would-clean"},
        {"reason", ""},
        {"sop_class_uid", ""},
        {"transfer_syntax_uid", ""},
        {"rule", ""},
        {"pixel_policy", ""},
        {"pixels", Json::object()},
        {"steps", Json::array()},
        {"attributes", Json::array()},
        {"attributes_left_out", 0U},
    };
    const Status status = explain(original, work, json);
    if (!status) {
        json["outcome"] = status.error().fault == Fault::kRefuse ? "refused" : "quarantined";
        json["reason"] = status.error().message();
    }
    return json;
}

}  // namespace efface::pipeline
