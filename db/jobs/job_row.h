// Inside db/jobs only: how a row of jobs becomes a Job, and the checks before every change of one.
#pragma once

#include "db/jobs/job_store.h"

#include <optional>
#include <string_view>
#include <vector>

// One list for every SELECT that read_job() reads; adjacent literals keep the SQL a literal.
#define EFFACE_JOB_COLUMNS                                                                                  \
    "id, state, fence, attempts, due_at, lease_until, retention_from, generation, conflict, "               \
    "accepted_at, project, peer, calling_ae, called_ae, association, sop_class_uid, "                       \
    "transfer_syntax_uid, sop_instance_uid, study_uid, series_uid, original_digest, original_bytes, "       \
    "spool_file, work_order, reason, rule, new_instance_uid, new_study_uid, new_series_uid, "               \
    "output_file, output_digest, output_bytes, output_syntax_uid, hold, verdict, forced_rule, decided_by, " \
    "companion_uid, companion_file, companion_digest, companion_bytes"

// The WHERE clauses of partial indexes (schema.cpp), which a query must repeat to use them.
#define EFFACE_JOB_ACTIVE "state <> 'delivered' AND state <> 'discarded' AND state <> 'purged'"
#define EFFACE_JOB_ENDED "(state = 'delivered' OR state = 'discarded')"
#define EFFACE_DELIVERY_ACTIVE \
    "state <> 'delivered' AND state <> 'delivered_warning' AND state <> 'cancelled'"

namespace efface::db {

/// Four columns from `column` on: companion_uid, companion_file, companion_digest, companion_bytes.
Companion read_companion(const Rows& rows, int column);
Job read_job(const Rows& rows);
Result<std::vector<Job>> read_jobs(Rows rows);

/// The state of a job, or Fault::kRefuse where there is no such job.
Result<JobState> job_state(Database& database, JobId job);
/// The row's state column. Only state_name() writes it: an unknown name is damage, and asserted.
JobState read_job_state(const Rows& rows, int column);
DeliveryState read_delivery_state(const Rows& rows, int column);

/// A working job whose lease the caller still holds.
struct LeasedJob {
    JobState state = JobState::kNone;
    std::uint32_t attempts = 0;
};

Result<LeasedJob> check_lease(Database& database, ClaimedLease lease);

/// Moves a job to the state that the table names for `event`, and returns it.
Result<JobState> move_job(Database& database, JobId job, JobState from, JobEvent event);
/// Deliveries that have not begun wait until the output is made again; those under way end by themselves.
Status suspend_deliveries(Database& database, JobId job);
/// Deliveries that are not confirmed will never be made. Refused while one is being sent.
Status cancel_deliveries(Database& database, JobId job);

inline std::int64_t to_stored(HoldKind hold) {
    return static_cast<std::int64_t>(hold);
}

inline std::int64_t to_stored(Verdict verdict) {
    return static_cast<std::int64_t>(verdict);
}

}  // namespace efface::db
