// The work half of the queue: claim under a lease and fence, and what may become of a claimed job.
#include "config/assert.h"
#include "db/jobs/delivery_store.h"
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

Status JobStore::extend_lease(Database& database, ClaimedLease lease, UnixMicros lease_until) const {
    return database.run(
        "UPDATE jobs SET lease_until = ? WHERE id = ? AND fence = ? AND state = 'working'",
        {lease_until, lease.job, lease.fence}
    );
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
    const bool known =
        from == JobState::kReceived || from == JobState::kWorking || from == JobState::kQuarantined;
    if (known) {
        return {};  // Another destination found it first: it is being made again, or waits for a person.
    }
    EFFACE_TRY(const JobState to, next_state(from, JobEvent::kOutputLost));
    // The digest stays: what was sent of it must still be known when it is made again.
    EFFACE_CHECK(database.run(
        "UPDATE jobs SET state = ?, due_at = ?, attempts = 0, output_file = '', companion_file = '' "
        "WHERE id = ?",
        {state_name(to), now, job}
    ));
    return suspend_deliveries(database, job);
}

Result<std::uint64_t> JobStore::requeue_all(Database& database, UnixMicros now) const {
    EFFACE_TRY(const JobState received, next_state(JobState::kWorking, JobEvent::kRequeue));
    EFFACE_TRY(const DeliveryState pending, next_state(DeliveryState::kSending, DeliveryEvent::kRequeue));
    EFFACE_TRY(const DeliveryState held, next_state(DeliveryState::kSending, DeliveryEvent::kSuspend));
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
        "WHERE state = 'sending' AND " EFFACE_DELIVERY_ACTIVE
        " AND EXISTS (SELECT 1 FROM jobs WHERE jobs.id = deliveries.job "
        "AND (+jobs.state = 'delivering' OR +jobs.state = 'undelivered'))",
        {state_name(pending), now}
    ));
    count += database.changes();
    // What was being sent when its output was found to be lost has nothing to send until it is made again.
    EFFACE_CHECK(database.run(
        "UPDATE deliveries SET state = ?, fence = fence + 1 WHERE state = 'sending' "
        "AND " EFFACE_DELIVERY_ACTIVE,
        {state_name(held)}
    ));
    count += database.changes();
    EFFACE_CHECK(database.run(
        "UPDATE deliveries SET state = ?, due_at = min(due_at, ?), fence = fence + 1, "
        "transcode_attempts = max(transcode_attempts - 1, 0) "
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
