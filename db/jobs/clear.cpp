// A claimed job that passed the gate: which deliveries its output owes, what stays known of earlier ones, and
// what it may not replace.
#include "config/assert.h"
#include "db/jobs/delivery_store.h"
#include "db/jobs/job_row.h"

#include <algorithm>

namespace efface::db {

namespace {

/// What was sent under this UID by a job that has another one now.
Status check_former_content(Database& database, const ClearedOutput& output) {
    EFFACE_TRY(
        auto rows,
        database.select(
            "SELECT 1 FROM former_outputs WHERE new_instance_uid = ? AND output_digest <> ? LIMIT 1",
            {output.new_instance_uid, output.output_digest}
        )
    );
    EFFACE_TRY(const bool any, rows.next());
    if (any) {
        return fail(Fault::kQuarantine, kOutputConflict);
    }
    return {};
}

/// Promise P4. The same content may come again; another one only while the first was never sent and
/// nothing waits to send it.
Status check_content(Database& database, JobId job, const ClearedOutput& output) {
    EFFACE_TRY(
        auto rows, database.select(
                       "SELECT id, state, output_digest, EXISTS (SELECT 1 FROM deliveries "
                       "WHERE deliveries.job = jobs.id AND deliveries.sent_at <> 0) "
                       "FROM jobs WHERE new_instance_uid = ? AND new_instance_uid <> ''",
                       {output.new_instance_uid}
                   )
    );
    for (;;) {
        EFFACE_TRY(const bool any, rows.next());
        if (!any) {
            return {};
        }
        if (rows.digest(2) == output.output_digest) {
            continue;
        }
        const JobState other = read_job_state(rows, 1);
        const bool other_waits =
            rows.count(0) != job &&
            (other == JobState::kHeld || other == JobState::kDelivering || other == JobState::kUndelivered);
        if (rows.integer(3) != 0 || other_waits) {
            return fail(Fault::kQuarantine, kOutputConflict);
        }
    }
}

/// The job takes another UID: what it sent under the old one stays known.
Status keep_former_output(Database& database, JobId job) {
    EFFACE_CHECK(database.run(
        "INSERT OR IGNORE INTO former_outputs "
        "(new_instance_uid, destination, output_digest, sent_at, sent_digest) "
        "SELECT jobs.new_instance_uid, deliveries.destination, jobs.output_digest, deliveries.sent_at, "
        "deliveries.sent_digest FROM deliveries JOIN jobs ON jobs.id = deliveries.job "
        "WHERE deliveries.job = ? AND deliveries.sent_at <> 0",
        {job}
    ));
    return database.run(
        "UPDATE deliveries SET sent_at = 0, sent_digest = x'', sent_before = 0 WHERE job = ?", {job}
    );
}

struct DeliveryStep {
    DeliveryState from = DeliveryState::kNone;
    DeliveryState to = DeliveryState::kNone;  ///< Same as `from`: leave it alone.

    bool is_open() const { return to != DeliveryState::kDelivered && to != DeliveryState::kDeliveredWarning; }
};

/// What becomes of one destination's delivery: made, or (the output was made again) awake again.
/// Asks only. `owes_more`: what was delivered was under another UID, or without this companion, and does not
/// count.
Result<DeliveryStep> plan_delivery(
    Database& database, JobId job, const std::string& destination, bool holds, bool owes_more
) {
    EFFACE_TRY(
        auto rows,
        database.select("SELECT state FROM deliveries WHERE job = ? AND destination = ?", {job, destination})
    );
    EFFACE_TRY(const bool any, rows.next());
    const DeliveryState from = any ? read_delivery_state(rows, 0) : DeliveryState::kNone;
    const bool confirmed = from == DeliveryState::kDelivered || from == DeliveryState::kDeliveredWarning;
    if (from == DeliveryState::kSending && owes_more) {
        return fail(Fault::kRetry, "an earlier output of this job is still being sent");
    }
    if (from == DeliveryState::kSending || (confirmed && !owes_more)) {
        return DeliveryStep{from, from};  // Under way since before the output was lost: it ends by itself.
    }
    EFFACE_TRY(
        const DeliveryState to, next_state(from, holds ? DeliveryEvent::kCreateHeld : DeliveryEvent::kCreate)
    );
    return DeliveryStep{from, to};
}

Status write_delivery(
    Database& database, JobId job, const std::string& destination, DeliveryStep step, UnixMicros now
) {
    if (step.to == step.from && step.from != DeliveryState::kHeld) {
        return {};
    }
    if (step.from == DeliveryState::kNone) {
        return database.run(
            "INSERT INTO deliveries (job, destination, state, due_at) VALUES (?, ?, ?, ?)",
            {job, destination, state_name(step.to), now}
        );
    }
    // A second output was made from the old one: it is made again when the peer refuses again.
    return database.run(
        "UPDATE deliveries SET state = ?, due_at = ?, fence = fence + 1, syntax_uid = '', "
        "output_file = '', output_digest = x'', output_bytes = 0 WHERE job = ? AND destination = ?",
        {state_name(step.to), now, job, destination}
    );
}

Status join_hold_group(
    Database& database, const ReceivedJob& received, const ClearedOutput& output, UnixMicros now
) {
    if (output.hold == HoldKind::kNone) {
        return {};
    }
    const bool series = output.hold == HoldKind::kSeries;
    if (received.study_uid.reveal().empty() || (series && received.series_uid.reveal().empty())) {
        return fail(Fault::kQuarantine, "the rule holds for a series or study, and the instance names none");
    }
    const std::string_view series_uid = series ? received.series_uid.reveal() : std::string_view{};
    return database.run(
        "INSERT INTO hold_groups (project, study_uid, series_uid, last_accepted_at, check_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (project, study_uid, series_uid) "
        "DO UPDATE SET last_accepted_at = max(last_accepted_at, ?4), check_at = min(check_at, ?5)",
        {received.project, received.study_uid.reveal(), series_uid, received.accepted_at, now}
    );
}

/// Everything that clearing needs to know, asked before anything is written.
struct ClearPlan {
    ReceivedJob received;      ///< What hold groups need; the worker fills in what ingest did not know.
    bool made_before = false;  ///< The job had an output before, and deliveries of it.
    bool other_uid = false;    ///< The job had another new SOP Instance UID before.
    bool owes_more = false;    ///< That, or it has a companion that it had not.
    std::vector<DeliveryStep> deliveries;
};

Result<ClearPlan> read_plan(Database& database, JobId job, const ClearedOutput& output) {
    ClearPlan plan;
    {
        EFFACE_TRY(
            auto rows,
            database.select(
                "SELECT project, accepted_at, study_uid, series_uid, new_instance_uid, companion_uid "
                "FROM jobs WHERE id = ?",
                {job}
            )
        );
        EFFACE_TRY(const bool any, rows.next());
        EFFACE_ASSERT(any);
        plan.received.project = rows.text(0);
        plan.received.accepted_at = rows.integer(1);
        plan.received.study_uid = rows.text_view(2).empty() ? output.study_uid : Phi{rows.text(2)};
        plan.received.series_uid = rows.text_view(3).empty() ? output.series_uid : Phi{rows.text(3)};
        plan.made_before = !rows.text_view(4).empty();
        plan.other_uid = plan.made_before && rows.text_view(4) != output.new_instance_uid;
        const bool other_companion =
            output.companion.exists() && rows.text_view(5) != output.companion.instance_uid;
        plan.owes_more = plan.other_uid || (plan.made_before && other_companion);
    }
    const bool holds = output.hold != HoldKind::kNone;
    for (const std::string& destination : output.destinations) {
        EFFACE_TRY(const DeliveryStep step, plan_delivery(database, job, destination, holds, plan.owes_more));
        plan.deliveries.push_back(step);
    }
    return plan;
}

Status write_cleared(
    Database& database, JobId job, const ReceivedJob& received, const ClearedOutput& output, JobState state
) {
    return database.run(
        "UPDATE jobs SET state = ?, study_uid = ?, series_uid = ?, reason = '', conflict = 0, rule = ?, "
        "new_instance_uid = ?, new_study_uid = ?, new_series_uid = ?, output_file = ?, output_digest = ?, "
        "output_bytes = ?, output_syntax_uid = ?, hold = ?, companion_uid = ?, companion_file = ?, "
        "companion_digest = CASE ? WHEN '' THEN x'' ELSE ? END, companion_bytes = ? WHERE id = ?",
        {state_name(state), received.study_uid.reveal(), received.series_uid.reveal(), output.rule,
         output.new_instance_uid, output.new_study_uid, output.new_series_uid, output.output_file,
         output.output_digest, output.output_bytes, output.output_syntax_uid, to_stored(output.hold),
         output.companion.instance_uid, output.companion.file, output.companion.instance_uid,
         output.companion.digest, output.companion.bytes, job}
    );
}

/// Everything that can refuse, before anything is written.
Result<ClearPlan> check_clear(Database& database, ClaimedLease lease, const ClearedOutput& output) {
    EFFACE_CHECK(check_lease(database, lease));
    if (output.destinations.empty()) {
        return fail(Fault::kQuarantine, "the rule names no destination");
    }
    if (output.new_instance_uid.empty() || output.output_file.empty()) {
        return fail(Fault::kQuarantine, "the cleaned instance has no UID or no file");
    }
    if (output.companion.exists() && output.companion.file.empty()) {
        return fail(Fault::kQuarantine, "the Segmentation of the mask has no file");
    }
    EFFACE_CHECK(check_former_content(database, output));
    EFFACE_CHECK(check_content(database, lease.job, output));
    return read_plan(database, lease.job, output);
}

/// The rule changed since the output was first made: what it does not name any more is not waited for.
Status cancel_unnamed(Database& database, JobId job, const ClearedOutput& output) {
    EFFACE_TRY(const auto deliveries, find_deliveries(database, job));
    for (const Delivery& delivery : deliveries) {
        const bool named =
            std::find(output.destinations.begin(), output.destinations.end(), delivery.destination) !=
            output.destinations.end();
        if (named || delivery.state != DeliveryState::kHeld) {
            continue;
        }
        EFFACE_TRY(const DeliveryState to, next_state(delivery.state, DeliveryEvent::kCancel));
        EFFACE_CHECK(database.run(
            "UPDATE deliveries SET state = ?, fence = fence + 1 WHERE job = ? AND destination = ?",
            {state_name(to), job, delivery.destination}
        ));
    }
    return {};
}

/// Nothing is left to do: the output was made again for a delivery that confirmed meanwhile.
Result<JobState> settle_cleared(Database& database, JobId job, JobState state, UnixMicros now) {
    if (state == JobState::kHeld) {
        EFFACE_TRY(state, next_state(state, JobEvent::kHoldRelease));
    }
    EFFACE_TRY(state, next_state(state, JobEvent::kAllConfirmed));
    EFFACE_CHECK(database.run(
        "UPDATE jobs SET state = ?, retention_from = ? WHERE id = ?", {state_name(state), now, job}
    ));
    return state;
}

}  // namespace

Result<JobState> JobStore::clear(
    Database& database, ClaimedLease lease, const ClearedOutput& output, UnixMicros now
) const {
    EFFACE_TRY(const ClearPlan plan, check_clear(database, lease, output));
    EFFACE_CHECK(join_hold_group(database, plan.received, output, now));
    EFFACE_TRY(const JobState cleared, next_state(JobState::kWorking, JobEvent::kGatePassed));
    const bool holds = output.hold != HoldKind::kNone;
    EFFACE_TRY(const JobState state, next_state(cleared, holds ? JobEvent::kHold : JobEvent::kDeliver));
    if (plan.other_uid) {
        EFFACE_CHECK(keep_former_output(database, lease.job));
    }
    EFFACE_CHECK(write_cleared(database, lease.job, plan.received, output, state));
    if (plan.made_before) {
        EFFACE_CHECK(cancel_unnamed(database, lease.job, output));
    }
    bool any_open = false;
    for (std::size_t i = 0; i < plan.deliveries.size(); ++i) {
        EFFACE_CHECK(write_delivery(database, lease.job, output.destinations[i], plan.deliveries[i], now));
        any_open = any_open || plan.deliveries[i].is_open();
    }
    return any_open ? Result<JobState>{state} : settle_cleared(database, lease.job, state, now);
}

}  // namespace efface::db
