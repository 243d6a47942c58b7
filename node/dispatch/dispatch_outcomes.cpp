// What becomes of a job once the workers are done with it, each outcome with its audit row in one
// transaction.
#include "config/json.h"
#include "node/dispatch/dispatch_working.h"
#include "node/dispatch/receipt.h"

#include <utility>

namespace efface::node {

db::AuditEntry Dispatcher::entry_for(const Working& working, db::AuditEvent event) const {
    const db::ReceivedJob& received = working.job.received;
    return {
        .event = event,
        .at = parts_.environment.clock.now(),
        .project = received.project,
        .peer = received.peer,
        .job = working.job.id,
        .instance_hash = parts_.identity.instance(received.sop_instance_uid.reveal()),
        .study_hash = parts_.identity.study(received.study_uid.reveal()),
    };
}

Status Dispatcher::append(db::Database& database, const db::AuditEntry& entry) {
    EFFACE_TRY([[maybe_unused]] const std::uint64_t seq, parts_.audit.append(database, entry));
    return {};
}

void Dispatcher::submit(std::function<Status(db::Database&)> work, std::function<void(const Status&)> done) {
    // When the writer has stopped or halted, the lease stays and start-up requeues the job.
    static_cast<void>(
        parts_.writer.submit({.work = std::move(work), .done = done ? std::move(done) : [](const Status&) {}})
    );
}

namespace {

/// Beside the row of the cleaning: why nothing of it is sent yet.
db::AuditEntry held_entry(db::AuditEntry cleaned, db::HoldKind hold) {
    cleaned.event = db::AuditEvent::kHeld;
    cleaned.reason = hold == db::HoldKind::kSeries ? "waits until its series is complete"
                                                   : "waits until its study is complete";
    cleaned.detail.clear();
    return cleaned;
}

db::Companion companion_of(const JudgedSegmentation& segmentation, const std::string& file) {
    return {
        .instance_uid = segmentation.gate.new_sop_instance_uid,
        .file = file,
        .digest = segmentation.gate.output_digest,
        .bytes = segmentation.gate.output_bytes};
}

}  // namespace

void Dispatcher::remove_outputs(std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
        if (!name.empty()) {
            static_cast<void>(parts_.spool.remove_output(name));
        }
    }
}

void Dispatcher::write_cleared(const std::shared_ptr<Working>& working, const UnitResult& result) {
    const pipeline::CleanReport& clean = result.clean;
    const DispatchProject& project = parts_.projects.at(working->order.project);
    parts_.spool.note_judged(working->output_name);
    db::Companion companion;
    if (result.segmentation) {
        parts_.spool.note_judged(working->segmentation_name);
        companion = companion_of(*result.segmentation, working->segmentation_name);
    }
    auto output = std::make_shared<db::ClearedOutput>(db::ClearedOutput{
        .rule = clean.rule,
        .new_instance_uid = clean.new_sop_instance_uid,
        .new_study_uid = clean.new_study_uid,
        .new_series_uid = clean.new_series_uid,
        .study_uid = working->job.received.study_uid,
        .series_uid = working->job.received.series_uid,
        .output_file = working->output_name,
        .output_digest = result.gate.output_digest,
        .output_bytes = result.gate.output_bytes,
        .output_syntax_uid = clean.output_transfer_syntax_uid,
        .companion = std::move(companion),
        .hold = db::find_hold(clean.hold).value_or(db::HoldKind::kStudy),
        .destinations = clean.destinations,
    });
    db::AuditEntry entry = entry_for(*working, db::AuditEvent::kCleaned);
    entry.new_instance_uid = clean.new_sop_instance_uid;
    entry.new_study_uid = clean.new_study_uid;
    entry.rule = clean.rule;
    entry.detail = dump_json(make_receipt(working->order, result, parts_.identity, project.key_fingerprint));

    auto quarantined = std::make_shared<bool>(false);
    auto work = [this, working, output, entry, &project, quarantined](db::Database& database) -> Status {
        const auto state = jobs_.clear(database, working->lease, *output, entry.at);
        if (!state && state.error().fault == Fault::kQuarantine) {
            *quarantined = true;
            const bool is_conflict = state.error().text == db::kOutputConflict;
            db::AuditEntry refused = entry;
            refused.event = is_conflict ? db::AuditEvent::kConflict : db::AuditEvent::kQuarantined;
            refused.outcome = db::AuditOutcome::kFailure;
            refused.reason = state.error().message();
            EFFACE_CHECK(jobs_.quarantine(database, working->lease, output->rule, refused.reason, is_conflict)
            );
            return append(database, refused);
        }
        if (!state) {
            return tl::unexpected<Error>(state.error());
        }
        const std::string& name = working->order.project;
        EFFACE_CHECK(project.crosswalk.record(
            database,
            {db::CrosswalkKind::kInstance, name, output->new_instance_uid, working->order.sop_instance_uid}
        ));
        EFFACE_CHECK(project.crosswalk.record(
            database, {db::CrosswalkKind::kSeries, name, output->new_series_uid, output->series_uid}
        ));
        EFFACE_CHECK(project.crosswalk.record(
            database, {db::CrosswalkKind::kStudy, name, output->new_study_uid, output->study_uid}
        ));
        EFFACE_CHECK(append(database, entry));
        return *state == db::JobState::kHeld ? append(database, held_entry(entry, output->hold)) : Status{};
    };
    submit(std::move(work), [this, working, output, quarantined](const Status& committed) {
        if (!committed || *quarantined) {
            // Not cleared: the outputs are nobody's. A lost lease means that another attempt has its own.
            remove_outputs({working->output_name, working->segmentation_name});
            parts_.metrics.add(*quarantined ? Counter::kInstancesQuarantined : Counter::kUnitsRetried);
            return;
        }
        // Earlier outputs of the job, lost or refused: a leftover is removed at the next start.
        remove_outputs({working->job.output_file, working->job.companion.file});
        parts_.metrics.add(Counter::kInstancesCleared);
        parts_.deliveries_due(output->destinations);
    });
}

void Dispatcher::write_quarantined(
    const std::shared_ptr<Working>& working, const std::string& rule, const std::string& reason,
    db::AuditEvent first_event
) {
    remove_outputs({working->output_name, working->segmentation_name});
    db::AuditEntry entry = entry_for(*working, first_event);
    entry.outcome = db::AuditOutcome::kFailure;
    entry.rule = rule;
    entry.reason = reason;
    submit(
        [this, working, entry](db::Database& database) -> Status {
            EFFACE_CHECK(jobs_.quarantine(database, working->lease, entry.rule, entry.reason));
            return append(database, entry);
        },
        [this](const Status& committed) {
            if (committed) {
                parts_.metrics.add(Counter::kInstancesQuarantined);
            }
        }
    );
}

void Dispatcher::write_retry(const std::shared_ptr<Working>& working, const std::string& reason) {
    remove_outputs({working->output_name, working->segmentation_name});
    db::AuditEntry entry = entry_for(*working, db::AuditEvent::kAttemptFailed);
    entry.outcome = db::AuditOutcome::kWarning;
    entry.reason = reason;
    auto spent = std::make_shared<bool>(false);
    submit(
        [this, working, entry, spent](db::Database& database) -> Status {
            const UnixMicros due = entry.at + options_.retry_delay.count();
            EFFACE_TRY(const db::JobState state, jobs_.retry(database, working->lease, entry.reason, due));
            EFFACE_CHECK(append(database, entry));
            *spent = state == db::JobState::kQuarantined;
            if (*spent) {
                db::AuditEntry last = entry;
                last.event = db::AuditEvent::kQuarantined;
                last.outcome = db::AuditOutcome::kFailure;
                last.reason = "every attempt failed, the last one: " + entry.reason;
                return append(database, last);
            }
            return {};
        },
        [this, spent](const Status& committed) {
            if (committed) {
                parts_.metrics.add(*spent ? Counter::kInstancesQuarantined : Counter::kUnitsRetried);
            }
        }
    );
}

}  // namespace efface::node
