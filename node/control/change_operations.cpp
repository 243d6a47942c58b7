// What an operator changes. Each change is one closure on the writer: the job's row and the audit row
// (who, why) commit together or not at all. Several jobs are several closures: one that may not be
// changed does not keep the others back.
#include "config/json.h"
#include "db/jobs/delivery_store.h"
#include "db/jobs/job_store.h"
#include "db/jobs/operator_store.h"
#include "node/control/arguments.h"
#include "node/control/operations.h"
#include "node/control/rows_json.h"
#include "pipeline/unit/work_order.h"

#include <algorithm>

namespace efface::node {

namespace {

using Change = std::function<Status(db::Database&, const db::Job&, db::AuditEntry&)>;

/// What came of one job of an operator's list.
struct JobOutcome {
    std::uint64_t job = 0;
    std::string done;  ///< Empty: `error` says why not.
    std::string error;
    std::vector<std::uint64_t> replaced;
};

Json outcomes_json(const std::vector<JobOutcome>& outcomes) {
    Json rows = Json::array();
    std::uint64_t failed = 0;
    for (const JobOutcome& outcome : outcomes) {
        Json row{{"job", outcome.job}, {"done", outcome.done}, {"error", outcome.error}};
        if (!outcome.replaced.empty()) {
            row["replaced"] = outcome.replaced;
        }
        rows.push_back(std::move(row));
        failed += outcome.error.empty() ? 0 : 1;
    }
    return {{"jobs", std::move(rows)}, {"refused", failed}};
}

Json by_whom(const Operator& who, const std::string& reason) {
    return {{"operator", who.name}, {"uid", who.uid}, {"reason", reason}};
}

db::AuditEntry entry_for(const Changing& changing, const db::Job& job, db::AuditEvent event) {
    const ControlParts& parts = changing.parts;
    return {
        .event = event,
        .at = parts.environment.clock.now(),
        .project = job.received.project,
        .peer = job.received.peer,
        .job = job.id,
        .instance_hash = parts.identity.instance(job.received.sop_instance_uid.reveal()),
        .study_hash = parts.identity.study(job.received.study_uid.reveal()),
        .new_instance_uid = job.new_instance_uid,
        .new_study_uid = job.new_study_uid,
        .rule = job.rule,
    };
}

/// An audit row holds no identity of an original, and neither does what an operator types into it. Names
/// cannot be told from other words here; the original's UIDs can.
bool names_original(const std::string& reason, const db::Job& job) {
    const auto holds = [&](const std::string& uid) {
        return !uid.empty() && reason.find(uid) != std::string::npos;
    };
    return holds(job.received.sop_instance_uid.reveal()) || holds(job.received.study_uid.reveal()) ||
           holds(job.received.series_uid.reveal());
}

Status append(const ControlParts& parts, db::Database& database, const db::AuditEntry& entry) {
    EFFACE_TRY([[maybe_unused]] const std::uint64_t seq, parts.audit.append(database, entry));
    return {};
}

/// Reads the job and runs `change` on the writer. The job is read inside the closure, so that nothing
/// moves it between the look and the change.
Status change_job(
    const Changing& changing, std::uint64_t id, db::AuditEvent event, const std::string& reason,
    const Change& change
) {
    return changing.parts.writer.call([&](db::Database& database) -> Status {
        EFFACE_TRY(const auto job, db::find_job(database, id));
        if (!job) {
            return fail(Fault::kRefuse, "there is no such job");
        }
        if (names_original(reason, *job)) {
            return fail(
                Fault::kRefuse, "the reason holds a UID of the original: the audit keeps no identity of it"
            );
        }
        db::AuditEntry entry = entry_for(changing, *job, event);
        entry.detail = dump_json(by_whom(changing.who, reason));
        EFFACE_CHECK(change(database, *job, entry));
        return append(changing.parts, database, entry);
    });
}

struct Release {
    std::string reason;
    std::string rule;
    db::Verdict verdict = db::Verdict::kRelease;
};

pipeline::Decision decision_of(db::Verdict verdict) {
    switch (verdict) {
        case db::Verdict::kNone:
            return pipeline::Decision::kNone;
        case db::Verdict::kRelease:
            return pipeline::Decision::kRelease;
        case db::Verdict::kAsReplacement:
            return pipeline::Decision::kAsReplacement;
        case db::Verdict::kAsNewInstance:
            return pipeline::Decision::kAsNewInstance;
    }
    return pipeline::Decision::kNone;
}

const ControlProject* find_project(const ControlParts& parts, std::string_view name) {
    for (const ControlProject& project : parts.projects) {
        if (project.name == name) {
            return &project;
        }
    }
    return nullptr;
}

/// The job's work order with the operator's decision in it, under the rules in force now.
Result<std::string> new_work_order(const ControlParts& parts, const db::Job& job, const Release& release) {
    const ControlProject* project = find_project(parts, job.received.project);
    if (project == nullptr) {
        return fail(Fault::kRefuse, "the instance's project is not configured any more");
    }
    const auto& names = project->rule_names;
    if (!release.rule.empty() && std::find(names.begin(), names.end(), release.rule) == names.end()) {
        return fail(Fault::kRefuse, "the instance's project has no rule of that name");
    }
    const auto json = parse_json(job.received.work_order.reveal());
    if (!json) {
        return fail(Fault::kRefuse, "the job's work order is unreadable");
    }
    EFFACE_TRY(pipeline::WorkOrder order, pipeline::work_order_from_json(*json));
    order.job_id = job.id;
    order.rule_digest = project->rule_digest;
    order.software_version = parts.software_version;
    order.decision = decision_of(release.verdict);
    order.forced_rule = release.rule;
    return dump_json(pipeline::to_json(order));
}

/// Audits what a replacement threw away.
Status append_replaced(
    const Changing& changing, db::Database& database, std::uint64_t replaced, std::uint64_t by
) {
    EFFACE_TRY(const auto job, db::find_job(database, replaced));
    if (!job) {
        return fail(Fault::kHalt, "a replaced job has no row");
    }
    db::AuditEntry entry = entry_for(changing, *job, db::AuditEvent::kOperatorDiscard);
    Json detail = by_whom(changing.who, "replaced by another content of the same instance");
    detail["replaced_by_job"] = by;
    entry.detail = dump_json(detail);
    return append(changing.parts, database, entry);
}

JobOutcome release_one(const Changing& changing, std::uint64_t id, const Release& release) {
    JobOutcome outcome{.job = id};
    const Status status = change_job(
        changing, id, db::AuditEvent::kOperatorRelease, release.reason,
        [&](db::Database& database, const db::Job& job, db::AuditEntry& entry) -> Status {
            if (!job.conflict && release.verdict != db::Verdict::kRelease) {
                return fail(Fault::kRefuse, "this is no conflict: release it without --as");
            }
            EFFACE_TRY(std::string order, new_work_order(changing.parts, job, release));
            EFFACE_TRY(
                outcome.replaced, db::release_job(
                                      database, {.job = job.id,
                                                 .verdict = release.verdict,
                                                 .forced_rule = release.rule,
                                                 .decided_by = changing.who.text(),
                                                 .work_order = Phi{std::move(order)},
                                                 .now = entry.at}
                                  )
            );
            for (const std::uint64_t replaced : outcome.replaced) {
                EFFACE_CHECK(append_replaced(changing, database, replaced, job.id));
            }
            Json detail = by_whom(changing.who, release.reason);
            detail["as"] = db::verdict_name(release.verdict);
            detail["rule"] = release.rule;
            detail["was_quarantined_because"] = job.reason;
            entry.detail = dump_json(detail);
            return {};
        }
    );
    outcome.done = status ? "released" : "";
    outcome.error = status ? "" : status.error().message();
    return outcome;
}

std::optional<db::Verdict> verdict_of(const std::string& as) {
    if (as.empty()) {
        return db::Verdict::kRelease;
    }
    if (as == "replacement") {
        return db::Verdict::kAsReplacement;
    }
    return as == "new-instance" ? std::optional{db::Verdict::kAsNewInstance} : std::nullopt;
}

}  // namespace

ControlResult release_quarantined(const Changing& changing, const Json& arguments) {
    ArgumentReader given{arguments};
    const auto jobs = given.required_numbers("jobs", kChangedJobsMax);
    const std::string as = given.text("as");
    Release release{.reason = given.required_text("reason", kReasonBytesMax), .rule = given.text("rule")};
    if (auto error = given.finish()) {
        return tl::unexpected(*error);
    }
    const auto verdict = verdict_of(as);
    if (!verdict) {
        return control_error(ControlCode::kUsage, "as is 'replacement' or 'new-instance', not '" + as + "'");
    }
    release.verdict = *verdict;
    std::vector<JobOutcome> outcomes;
    for (const std::uint64_t id : jobs) {
        outcomes.push_back(release_one(changing, id, release));
    }
    changing.parts.jobs_changed();
    return outcomes_json(outcomes);
}

ControlResult discard_quarantined(const Changing& changing, const Json& arguments) {
    ArgumentReader given{arguments};
    const auto jobs = given.required_numbers("jobs", kChangedJobsMax);
    const std::string reason = given.required_text("reason", kReasonBytesMax);
    if (auto error = given.finish()) {
        return tl::unexpected(*error);
    }
    std::vector<JobOutcome> outcomes;
    for (const std::uint64_t id : jobs) {
        const Status status = change_job(
            changing, id, db::AuditEvent::kOperatorDiscard, reason,
            [&](db::Database& database, const db::Job& job, db::AuditEntry& entry) -> Status {
                return db::discard_job(database, job.id, reason, changing.who.text(), entry.at);
            }
        );
        outcomes.push_back(
            {.job = id, .done = status ? "discarded" : "", .error = status ? "" : status.error().message()}
        );
    }
    changing.parts.jobs_changed();
    return outcomes_json(outcomes);
}

ControlResult redeliver_jobs(const Changing& changing, const Json& arguments) {
    ArgumentReader given{arguments};
    const auto jobs = given.required_numbers("jobs", kChangedJobsMax);
    const std::string reason = given.required_text("reason", kReasonBytesMax);
    const std::string destination = given.text("destination");
    if (auto error = given.finish()) {
        return tl::unexpected(*error);
    }
    if (!destination.empty() && changing.parts.settings.find_destination(destination) == nullptr) {
        return control_error(ControlCode::kNotFound, "there is no destination '" + destination + "'");
    }
    const db::DeliveryStore deliveries;
    std::vector<JobOutcome> outcomes;
    for (const std::uint64_t id : jobs) {
        std::uint64_t count = 0;
        const Status status = change_job(
            changing, id, db::AuditEvent::kOperatorRedeliver, reason,
            [&](db::Database& database, const db::Job& job, db::AuditEntry& entry) -> Status {
                EFFACE_TRY(count, deliveries.redeliver(database, job.id, destination, entry.at));
                if (count == 0) {
                    return fail(Fault::kRefuse, "nothing of this job was delivered or refused there");
                }
                Json detail = by_whom(changing.who, reason);
                detail["destination"] = destination;
                detail["deliveries"] = count;
                entry.detail = dump_json(detail);
                return {};
            }
        );
        outcomes.push_back(
            {.job = id,
             .done = status ? "to be sent again (" + std::to_string(count) + ")" : "",
             .error = status ? "" : status.error().message()}
        );
    }
    changing.parts.deliveries_changed(destination);
    return outcomes_json(outcomes);
}

namespace {

/// Holding also works for a destination that left the configuration while work for it is open.
ControlResult change_destination(const Changing& changing, const Json& arguments, bool hold) {
    ArgumentReader given{arguments};
    const std::string name = given.required_text("destination");
    const std::string reason = given.required_text("reason", kReasonBytesMax);
    if (auto error = given.finish()) {
        return tl::unexpected(*error);
    }
    const ControlParts& parts = changing.parts;
    if (parts.settings.find_destination(name) == nullptr) {
        return control_error(ControlCode::kNotFound, "there is no destination '" + name + "'");
    }
    const db::AuditEntry entry{
        .event = hold ? db::AuditEvent::kDestinationHeld : db::AuditEvent::kDestinationReleased,
        .at = parts.environment.clock.now(),
        .peer = name,
        .detail = dump_json(by_whom(changing.who, reason)),
    };
    const db::DeliveryStore deliveries;
    bool changed = false;
    const Status status = parts.writer.call([&](db::Database& database) -> Status {
        EFFACE_TRY(const bool held, db::is_destination_held(database, name));
        changed = held != hold;
        if (!changed) {
            return {};
        }
        if (hold) {
            EFFACE_CHECK(deliveries.hold_destination(database, name, changing.who.text(), entry.at));
        } else {
            EFFACE_CHECK(deliveries.release_destination(database, name));
        }
        return append(parts, database, entry);
    });
    if (!status) {
        return control_error(status.error());
    }
    parts.deliveries_changed(name);
    return Json{{"destination", name}, {"held", hold}, {"changed", changed}};
}

}  // namespace

ControlResult hold_destination(const Changing& changing, const Json& arguments) {
    return change_destination(changing, arguments, /*hold=*/true);
}

ControlResult release_destination(const Changing& changing, const Json& arguments) {
    return change_destination(changing, arguments, /*hold=*/false);
}

ControlResult show_node(const Changing& changing, const Json& arguments) {
    ArgumentReader given{arguments};
    if (auto error = given.finish()) {
        return tl::unexpected(*error);
    }
    const ControlParts& parts = changing.parts;
    Json projects = Json::array();
    for (const ControlProject& project : parts.projects) {
        projects.push_back(
            {{"project", project.name},
             {"key_fingerprint", project.key_fingerprint},
             {"rules_file", project.rules_file_name},
             {"rule_digest", to_hex(project.rule_digest)},
             {"rules", project.rule_names}}
        );
    }
    return Json{
        {"software_version", parts.software_version},
        {"configuration_digest", to_hex(parts.settings.digest())},
        {"operator", changing.who.text()},
        {"live", parts.live_status()},
        {"projects", std::move(projects)},
    };
}

}  // namespace efface::node
