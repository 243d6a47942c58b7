#include "node/control/study_report.h"

#include "node/control/time_text.h"

#include <array>
#include <set>

namespace efface::node {

namespace {

std::string text_at(const Json& object, const char* name) {
    const auto found = object.is_object() ? object.find(name) : object.end();
    return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>()
                                                                             : std::string{};
}

std::uint64_t number_at(const Json& object, const char* name) {
    const auto found = object.is_object() ? object.find(name) : object.end();
    return object.is_object() && found != object.end() && found->is_number() ? found->get<std::uint64_t>()
                                                                             : 0;
}

const Json& member(const Json& object, const char* name) {
    static const Json nothing;
    const auto found = object.is_object() ? object.find(name) : object.end();
    return object.is_object() && found != object.end() ? *found : nothing;
}

constexpr std::array kDecisions{"operator_release", "operator_discard", "operator_redeliver"};

bool is_decision(const std::string& event) {
    for (const char* name : kDecisions) {
        if (event == name) {
            return true;
        }
    }
    return false;
}

/// What a row of this event makes of its instance; "" where it changes nothing.
std::string_view state_after(const std::string& event) {
    struct Row {
        std::string_view event;
        std::string_view state;
    };

    constexpr std::array kStates{
        Row{"received", "received"},
        Row{"conflict", "quarantined"},
        Row{"cleaned", "cleaned"},
        Row{"quarantined", "quarantined"},
        Row{"gate_refused", "quarantined"},
        Row{"refused", "refused"},
        Row{"orphan_adopted", "received"},
        Row{"orphan_quarantined", "quarantined"},
        Row{"delivered", "delivered"},
        Row{"delivery_warning", "delivered"},
        Row{"delivery_failed", "undelivered"},
        Row{"operator_release", "released"},
        Row{"operator_discard", "discarded"},
        Row{"purged", "purged"},
    };
    for (const Row& row : kStates) {
        if (row.event == event) {
            return row.state;
        }
    }
    return {};
}

Json new_instance(std::uint64_t job) {
    return {
        {"job", job},
        {"instance_hash", ""},
        {"new_instance_uid", ""},
        {"received_at", nullptr},
        {"peer", ""},
        {"project", ""},
        {"rule", ""},
        {"pixel_policy", ""},
        {"actions", Json::object()},
        {"facts", Json::array()},
        {"software_version", ""},
        {"rule_digest", ""},
        {"table_edition", ""},
        {"decision", ""},
        {"output_digest", ""},
        {"mask_segmentation", ""},
        {"state", ""},
        {"reason", ""},
        {"deliveries", Json::array()},
        {"purged_at", nullptr},
    };
}

void count(std::map<std::string, std::uint64_t>& counts, const std::string& name, std::uint64_t by = 1) {
    if (!name.empty()) {
        counts[name] += by;
    }
}

Json to_object(const std::map<std::string, std::uint64_t>& counts) {
    Json out = Json::object();
    for (const auto& [name, value] : counts) {
        out[name] = value;
    }
    return out;
}

}  // namespace

Json& StudyReport::instance_of(const Json& row) {
    const std::uint64_t job = number_at(row, "job");
    if (const auto found = instances_.find(job); found != instances_.end()) {
        return found->second;
    }
    if (instances_.size() >= kReportInstancesMax) {
        instances_left_out_ += text_at(row, "event") == "received" ? 1 : 0;
        overflow_ = new_instance(job);
        return overflow_;
    }
    return instances_.emplace(job, new_instance(job)).first->second;
}

void StudyReport::add(const Json& row) {
    ++rows_;
    last_seq_ = number_at(row, "seq");
    first_seq_ = first_seq_ == 0 ? last_seq_ : first_seq_;
    if (const std::string uid = text_at(row, "new_study_uid"); !uid.empty()) {
        new_study_uid_ = uid;
    }
    if (const std::string hash = text_at(row, "study_hash"); !hash.empty()) {
        study_hashes_[hash] = true;
    }
    const std::string event = text_at(row, "event");
    if (is_decision(event)) {
        const Json& detail = member(row, "detail");
        decisions_.push_back(
            {{"seq", number_at(row, "seq")},
             {"at", text_at(row, "at")},
             {"event", event},
             {"operator", text_at(detail, "operator")},
             {"uid", number_at(detail, "uid")},
             {"reason", text_at(detail, "reason")},
             {"job", number_at(row, "job")}}
        );
    }
    if (number_at(row, "job") != 0) {
        add_instance_row(event, row);
    }
}

void StudyReport::add_instance_row(const std::string& event, const Json& row) {
    Json& instance = instance_of(row);
    if (const std::string hash = text_at(row, "instance_hash"); !hash.empty()) {
        instance["instance_hash"] = hash;
    }
    if (const std::string uid = text_at(row, "new_instance_uid"); !uid.empty()) {
        instance["new_instance_uid"] = uid;
    }
    if (const std::string project = text_at(row, "project"); !project.empty()) {
        instance["project"] = project;
    }
    if (const std::string_view state = state_after(event); !state.empty()) {
        instance["state"] = state;
        instance["reason"] = text_at(row, "reason");
    }
    if (event == "received" || event == "conflict") {
        instance["received_at"] = text_at(row, "at");
        instance["peer"] = text_at(row, "peer");
    }
    if (event == "cleaned") {
        add_cleaned(instance, row);
    }
    if (event == "delivered" || event == "delivery_warning" || event == "delivery_failed") {
        instance["deliveries"].push_back(
            {{"destination", text_at(row, "peer")},
             {"at", text_at(row, "at")},
             {"outcome", text_at(row, "outcome")},
             {"reason", text_at(row, "reason")},
             {"mask_segmentation",
              text_at(member(member(row, "detail"), "mask_segmentation"), "sop_instance_uid")}}
        );
    }
    if (event == "purged") {
        instance["purged_at"] = text_at(row, "at");
    }
}

/// The detail of such a row is the receipt (node/dispatch/receipt.h).
void StudyReport::add_cleaned(Json& instance, const Json& row) {
    const Json& receipt = member(row, "detail");
    const Json& order = member(receipt, "work_order");
    instance["rule"] = text_at(receipt, "rule");
    instance["pixel_policy"] = text_at(receipt, "pixel_policy");
    instance["table_edition"] = text_at(receipt, "table_edition");
    if (member(receipt, "actions").is_object()) {
        instance["actions"] = member(receipt, "actions");
    }
    if (member(receipt, "facts").is_array()) {
        instance["facts"] = member(receipt, "facts");
    }
    instance["software_version"] = text_at(order, "software_version");
    instance["rule_digest"] = text_at(order, "rule_digest");
    instance["decision"] = text_at(order, "decision");
    instance["output_digest"] = text_at(member(receipt, "output"), "digest");
    instance["mask_segmentation"] = text_at(member(receipt, "mask_segmentation"), "sop_instance_uid");
}

Json StudyReport::finish(std::string_view software_version, UnixMicros now) const {
    std::map<std::string, std::uint64_t> states;
    std::map<std::string, std::uint64_t> rules;
    std::map<std::string, std::uint64_t> policies;
    std::map<std::string, std::uint64_t> editions;
    std::map<std::string, std::uint64_t> digests;
    std::map<std::string, std::uint64_t> actions;
    Json instances = Json::array();
    std::uint64_t cleaned = 0;
    for (const auto& [job, instance] : instances_) {
        count(states, text_at(instance, "state"));
        count(rules, text_at(instance, "rule"));
        count(policies, text_at(instance, "pixel_policy"));
        count(editions, text_at(instance, "table_edition"));
        count(digests, text_at(instance, "rule_digest"));
        cleaned += text_at(instance, "rule").empty() ? 0 : 1;
        for (const auto& [code, number] : instance["actions"].items()) {
            count(actions, code, number.is_number() ? number.get<std::uint64_t>() : 0);
        }
        instances.push_back(instance);
    }
    Json hashes = Json::array();
    for (const auto& [hash, there] : study_hashes_) {
        hashes.push_back(hash);
    }
    return {
        {"report", "efface-study-report/1"},
        {"made_at", iso_text(now)},
        {"software_version", software_version},
        {"new_study_uid", new_study_uid_},
        {"study_hashes", std::move(hashes)},
        {"summary",
         {{"instances", instances_.size() + instances_left_out_},
          {"cleaned", cleaned},
          {"states", to_object(states)}}},
        {"actions", to_object(actions)},
        {"rules", to_object(rules)},
        {"pixel_policies", to_object(policies)},
        {"table_editions", to_object(editions)},
        {"rule_digests", to_object(digests)},
        {"instances", std::move(instances)},
        {"instances_left_out", instances_left_out_},
        {"decisions", decisions_},
        {"audit", {{"rows", rows_}, {"first_seq", first_seq_}, {"last_seq", last_seq_}}},
    };
}

}  // namespace efface::node
