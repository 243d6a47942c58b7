// The work half of the queue: claim under a lease and fence, and what may become of a claimed job.
#include "config/assert.h"
#include "db/jobs/job_row.h"

#include <algorithm>

namespace efface::db {

Result<std::vector<Job>> JobStore::claim(
    Database& database, UnixMicros now, UnixMicros lease_us, std::size_t count
) const {
    EFFACE_ASSERT(count <= kClaimMax && lease_us > 0);
    std::vector<Job> jobs;
    {
        EFFACE_TRY(
            auto rows, database.select(
                           "SELECT " EFFACE_JOB_COLUMNS
                           " FROM jobs WHERE state = 'received' AND due_at <= ? ORDER BY due_at LIMIT ?",
                           {now, count}
                       )
        );
        EFFACE_TRY(jobs, read_jobs(std::move(rows)));
    }
    for (Job& job : jobs) {
        EFFACE_TRY(job.state, next_state(job.state, JobEvent::kClaim));
        ++job.fence;
        ++job.attempts;
        job.lease_until = now + lease_us;
        EFFACE_CHECK(database.run(
            "UPDATE jobs SET state = ?, fence = ?, attempts = ?, lease_until = ? WHERE id = ?",
            {state_name(job.state), job.fence, job.attempts, job.lease_until, job.id}
        ));
    }
    return jobs;
}

namespace {

constexpr Literal kOutputConflict{"conflict: this new SOP Instance UID stands for another content already"};

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

/// The delivery of one destination: made, or (the output was made again) awake again. Returns
/// whether it is still to be done.
Result<bool> ready_delivery(
    Database& database, JobId job, const std::string& destination, const ClearedOutput& output, UnixMicros now
) {
    DeliveryState from = DeliveryState::kNone;
    {
        EFFACE_TRY(
            auto rows,
            database.select(
                "SELECT state FROM deliveries WHERE job = ? AND destination = ?", {job, destination}
            )
        );
        EFFACE_TRY(const bool any, rows.next());
        from = any ? read_delivery_state(rows, 0) : DeliveryState::kNone;
    }
    if (from == DeliveryState::kDelivered || from == DeliveryState::kDeliveredWarning) {
        return false;
    }
    if (from == DeliveryState::kSending) {
        return true;  // It was under way when the output was lost, and ends by itself.
    }
    const auto event = output.hold == HoldKind::kNone ? DeliveryEvent::kCreate : DeliveryEvent::kCreateHeld;
    EFFACE_TRY(const DeliveryState to, next_state(from, event));
    if (from == DeliveryState::kNone) {
        EFFACE_CHECK(database.run(
            "INSERT INTO deliveries (job, destination, state, due_at) VALUES (?, ?, ?, ?)",
            {job, destination, state_name(to), now}
        ));
    } else {
        // A second output was made from the old one: it is made again when the peer refuses again.
        EFFACE_CHECK(database.run(
            "UPDATE deliveries SET state = ?, due_at = ?, fence = fence + 1, syntax_uid = '', "
            "output_file = '', output_digest = x'', output_bytes = 0 WHERE job = ? AND destination = ?",
            {state_name(to), now, job, destination}
        ));
    }
    return true;
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

/// What hold groups need of the row; the worker's reading of the originals fills in what ingest did not know.
Result<ReceivedJob> read_membership(Database& database, JobId job, const ClearedOutput& output) {
    EFFACE_TRY(
        auto rows,
        database.select("SELECT project, accepted_at, study_uid, series_uid FROM jobs WHERE id = ?", {job})
    );
    EFFACE_TRY(const bool any, rows.next());
    EFFACE_ASSERT(any);
    ReceivedJob out;
    out.project = rows.text(0);
    out.accepted_at = rows.integer(1);
    out.study_uid = rows.text_view(2).empty() ? output.study_uid : Phi{rows.text(2)};
    out.series_uid = rows.text_view(3).empty() ? output.series_uid : Phi{rows.text(3)};
    return out;
}

Status write_cleared(
    Database& database, JobId job, const ReceivedJob& received, const ClearedOutput& output, JobState state
) {
    return database.run(
        "UPDATE jobs SET state = ?, study_uid = ?, series_uid = ?, reason = '', conflict = 0, rule = ?, "
        "new_instance_uid = ?, new_study_uid = ?, new_series_uid = ?, output_file = ?, output_digest = ?, "
        "output_bytes = ?, output_syntax_uid = ?, hold = ? WHERE id = ?",
        {state_name(state), received.study_uid.reveal(), received.series_uid.reveal(), output.rule,
         output.new_instance_uid, output.new_study_uid, output.new_series_uid, output.output_file,
         output.output_digest, output.output_bytes, output.output_syntax_uid, to_stored(output.hold), job}
    );
}

/// Everything that can refuse, before anything is written.
Result<ReceivedJob> check_clear(Database& database, ClaimedLease lease, const ClearedOutput& output) {
    EFFACE_CHECK(check_lease(database, lease));
    if (output.destinations.empty()) {
        return fail(Fault::kQuarantine, "the rule names no destination");
    }
    if (output.new_instance_uid.empty() || output.output_file.empty()) {
        return fail(Fault::kQuarantine, "the cleaned instance has no UID or no file");
    }
    EFFACE_CHECK(check_content(database, lease.job, output));
    return read_membership(database, lease.job, output);
}

}  // namespace

Result<JobState> JobStore::clear(
    Database& database, ClaimedLease lease, const ClearedOutput& output, UnixMicros now
) const {
    EFFACE_TRY(const ReceivedJob received, check_clear(database, lease, output));
    EFFACE_CHECK(join_hold_group(database, received, output, now));
    EFFACE_TRY(const JobState cleared, next_state(JobState::kWorking, JobEvent::kGatePassed));
    const bool holds = output.hold != HoldKind::kNone;
    EFFACE_TRY(JobState state, next_state(cleared, holds ? JobEvent::kHold : JobEvent::kDeliver));
    EFFACE_CHECK(write_cleared(database, lease.job, received, output, state));
    bool any_open = false;
    for (const std::string& destination : output.destinations) {
        EFFACE_TRY(const bool open, ready_delivery(database, lease.job, destination, output, now));
        any_open = any_open || open;
    }
    if (any_open) {
        return state;
    }
    // The output was made again for a delivery that confirmed meanwhile: nothing is left to do.
    if (state == JobState::kHeld) {
        EFFACE_TRY(state, next_state(state, JobEvent::kHoldRelease));
    }
    EFFACE_TRY(state, next_state(state, JobEvent::kAllConfirmed));
    EFFACE_CHECK(database.run(
        "UPDATE jobs SET state = ?, retention_from = ? WHERE id = ?", {state_name(state), now, lease.job}
    ));
    return state;
}

Status JobStore::quarantine(
    Database& database, ClaimedLease lease, std::string_view rule, std::string_view reason, bool conflict
) const {
    EFFACE_CHECK(check_lease(database, lease));
    EFFACE_TRY(const JobState to, next_state(JobState::kWorking, JobEvent::kQuarantine));
    return database.run(
        "UPDATE jobs SET state = ?, rule = ?, reason = ?, conflict = max(conflict, ?) WHERE id = ?",
        {state_name(to), rule, reason, conflict, lease.job}
    );
}

Result<JobState> JobStore::retry(
    Database& database, ClaimedLease lease, std::string_view reason, UnixMicros due_at
) const {
    EFFACE_TRY(const LeasedJob job, check_lease(database, lease));
    const bool spent = job.attempts >= kAttemptsMax;
    EFFACE_TRY(const JobState to, next_state(job.state, spent ? JobEvent::kAttemptsSpent : JobEvent::kRetry));
    EFFACE_CHECK(database.run(
        "UPDATE jobs SET state = ?, reason = ?, due_at = ? WHERE id = ?",
        {state_name(to), reason, due_at, lease.job}
    ));
    return to;
}

Status JobStore::give_back(Database& database, ClaimedLease lease, UnixMicros due_at) const {
    EFFACE_CHECK(check_lease(database, lease));
    EFFACE_TRY(const JobState to, next_state(JobState::kWorking, JobEvent::kRequeue));
    return database.run(
        "UPDATE jobs SET state = ?, due_at = ?, attempts = max(attempts - 1, 0) WHERE id = ?",
        {state_name(to), due_at, lease.job}
    );
}

Status JobStore::output_lost(Database& database, JobId job, UnixMicros now) const {
    EFFACE_TRY(const JobState from, job_state(database, job));
    EFFACE_TRY(const JobState to, next_state(from, JobEvent::kOutputLost));
    // The digest stays: what was sent of it must still be known when it is made again.
    EFFACE_CHECK(database.run(
        "UPDATE jobs SET state = ?, due_at = ?, attempts = 0, output_file = '' WHERE id = ?",
        {state_name(to), now, job}
    ));
    return suspend_deliveries(database, job);
}

Result<std::uint64_t> JobStore::requeue_all(Database& database, UnixMicros now) const {
    EFFACE_TRY(const JobState received, next_state(JobState::kWorking, JobEvent::kRequeue));
    EFFACE_TRY(const DeliveryState pending, next_state(DeliveryState::kSending, DeliveryEvent::kRequeue));
    EFFACE_TRY(const DeliveryState wanted, next_state(DeliveryState::kTranscoding, DeliveryEvent::kRequeue));
    std::int64_t count = 0;
    EFFACE_CHECK(database.run(
        "UPDATE jobs SET state = ?, due_at = min(due_at, ?), attempts = max(attempts - 1, 0) "
        "WHERE state = 'working' "
        "AND " EFFACE_JOB_ACTIVE,
        {state_name(received), now}
    ));
    count += database.changes();
    EFFACE_CHECK(database.run(
        "UPDATE deliveries SET state = ?, due_at = min(due_at, ?), fence = fence + 1 "
        "WHERE state = 'sending' AND " EFFACE_DELIVERY_ACTIVE,
        {state_name(pending), now}
    ));
    count += database.changes();
    EFFACE_CHECK(database.run(
        "UPDATE deliveries SET state = ?, due_at = min(due_at, ?), fence = fence + 1 "
        "WHERE state = 'transcoding' AND " EFFACE_DELIVERY_ACTIVE,
        {state_name(wanted), now}
    ));
    count += database.changes();
    return static_cast<std::uint64_t>(count);
}

Result<std::vector<JobStore::Requeued>> JobStore::requeue_expired(
    Database& database, UnixMicros now, std::size_t count
) const {
    std::vector<ClaimedLease> expired;
    {
        EFFACE_TRY(
            auto rows, database.select(
                           "SELECT id, fence FROM jobs WHERE state = 'working' "
                           "AND " EFFACE_JOB_ACTIVE " "
                           "AND lease_until <= ? LIMIT ?",
                           {now, count}
                       )
        );
        for (;;) {
            EFFACE_TRY(const bool any, rows.next());
            if (!any) {
                break;
            }
            expired.push_back({rows.count(0), rows.count(1)});
        }
    }
    std::vector<Requeued> out;
    for (const ClaimedLease lease : expired) {
        EFFACE_TRY(const JobState state, retry(database, lease, "the worker's lease ran out", now));
        out.push_back({lease.job, state});
    }
    return out;
}

}  // namespace efface::db
