#include "db/jobs/job_row.h"

#include "config/assert.h"

namespace efface::db {

JobState read_job_state(const Rows& rows, int column) {
    const auto state = find_job_state(rows.text_view(column));
    EFFACE_ASSERT(state.has_value());
    return *state;
}

DeliveryState read_delivery_state(const Rows& rows, int column) {
    const auto state = find_delivery_state(rows.text_view(column));
    EFFACE_ASSERT(state.has_value());
    return *state;
}

namespace {

HoldKind read_hold(const Rows& rows, int column) {
    const std::int64_t stored = rows.integer(column);
    EFFACE_ASSERT(stored >= 0 && stored <= to_stored(HoldKind::kStudy));
    return static_cast<HoldKind>(stored);
}

Verdict read_verdict(const Rows& rows, int column) {
    const std::int64_t stored = rows.integer(column);
    EFFACE_ASSERT(stored >= 0 && stored <= to_stored(Verdict::kAsNewInstance));
    return static_cast<Verdict>(stored);
}

/// Columns in the order of EFFACE_JOB_COLUMNS from `column` on.
ReceivedJob read_received(const Rows& rows, int column) {
    ReceivedJob out;
    out.accepted_at = rows.integer(column++);
    out.project = rows.text(column++);
    out.peer = rows.text(column++);
    out.calling_ae = rows.text(column++);
    out.called_ae = rows.text(column++);
    out.association = rows.count(column++);
    out.sop_class_uid = rows.text(column++);
    out.transfer_syntax_uid = rows.text(column++);
    out.sop_instance_uid = Phi{rows.text(column++)};
    out.study_uid = Phi{rows.text(column++)};
    out.series_uid = Phi{rows.text(column++)};
    out.original_digest = rows.digest(column++);
    out.original_bytes = rows.count(column++);
    out.spool_file = rows.text(column++);
    out.work_order = Phi{rows.text(column++)};
    return out;
}

constexpr int kReceivedColumn = 9;
constexpr int kReceivedColumnCount = 15;

}  // namespace

Companion read_companion(const Rows& rows, int column) {
    return {
        .instance_uid = rows.text(column),
        .file = rows.text(column + 1),
        .digest = rows.digest(column + 2),
        .bytes = rows.count(column + 3),
    };
}

Job read_job(const Rows& rows) {
    Job job;
    int column = 0;
    job.id = rows.count(column++);
    job.state = read_job_state(rows, column++);
    job.fence = rows.count(column++);
    job.attempts = static_cast<std::uint32_t>(rows.count(column++));
    job.due_at = rows.integer(column++);
    job.lease_until = rows.integer(column++);
    job.retention_from = rows.integer(column++);
    job.generation = static_cast<std::uint32_t>(rows.count(column++));
    job.conflict = rows.integer(column++) != 0;
    EFFACE_ASSERT(column == kReceivedColumn);
    job.received = read_received(rows, column);
    column += kReceivedColumnCount;
    job.reason = rows.text(column++);
    job.rule = rows.text(column++);
    job.new_instance_uid = rows.text(column++);
    job.new_study_uid = rows.text(column++);
    job.new_series_uid = rows.text(column++);
    job.output_file = rows.text(column++);
    job.output_digest = rows.digest(column++);
    job.output_bytes = rows.count(column++);
    job.output_syntax_uid = rows.text(column++);
    job.hold = read_hold(rows, column++);
    job.verdict = read_verdict(rows, column++);
    job.forced_rule = rows.text(column++);
    job.decided_by = rows.text(column++);
    job.companion = read_companion(rows, column);
    return job;
}

Result<std::vector<Job>> read_jobs(Rows rows) {
    std::vector<Job> jobs;
    for (;;) {
        EFFACE_TRY(const bool any, rows.next());
        if (!any) {
            return jobs;
        }
        jobs.push_back(read_job(rows));
    }
}

Result<JobState> job_state(Database& database, JobId job) {
    EFFACE_TRY(auto rows, database.select("SELECT state FROM jobs WHERE id = ?", {job}));
    EFFACE_TRY(const bool any, rows.next());
    if (!any) {
        return fail(Fault::kRefuse, "there is no such job", Where::number(static_cast<std::int64_t>(job)));
    }
    return read_job_state(rows, 0);
}

Result<LeasedJob> check_lease(Database& database, ClaimedLease lease) {
    EFFACE_TRY(
        auto rows, database.select("SELECT state, fence, attempts FROM jobs WHERE id = ?", {lease.job})
    );
    EFFACE_TRY(const bool any, rows.next());
    if (!any || rows.count(1) != lease.fence || read_job_state(rows, 0) != JobState::kWorking) {
        return fail(Fault::kRefuse, "the lease of this job was lost: its result is dropped");
    }
    return LeasedJob{.state = JobState::kWorking, .attempts = static_cast<std::uint32_t>(rows.count(2))};
}

Result<JobState> move_job(Database& database, JobId job, JobState from, JobEvent event) {
    EFFACE_TRY(const JobState to, next_state(from, event));
    EFFACE_CHECK(database.run("UPDATE jobs SET state = ? WHERE id = ?", {state_name(to), job}));
    EFFACE_ASSERT(database.changes() == 1);
    return to;
}

namespace {

struct OpenDelivery {
    std::string destination;
    DeliveryState state = DeliveryState::kNone;
};

Result<std::vector<OpenDelivery>> read_states(Database& database, JobId job) {
    EFFACE_TRY(auto rows, database.select("SELECT destination, state FROM deliveries WHERE job = ?", {job}));
    std::vector<OpenDelivery> out;
    for (;;) {
        EFFACE_TRY(const bool any, rows.next());
        if (!any) {
            return out;
        }
        out.push_back({rows.text(0), read_delivery_state(rows, 1)});
    }
}

bool is_confirmed(DeliveryState state) {
    return state == DeliveryState::kDelivered || state == DeliveryState::kDeliveredWarning;
}

Status move_delivery(Database& database, JobId job, const OpenDelivery& delivery, DeliveryEvent event) {
    EFFACE_TRY(const DeliveryState to, next_state(delivery.state, event));
    return database.run(
        "UPDATE deliveries SET state = ?, fence = fence + 1 WHERE job = ? AND destination = ?",
        {state_name(to), job, delivery.destination}
    );
}

}  // namespace

Status suspend_deliveries(Database& database, JobId job) {
    EFFACE_TRY(const auto deliveries, read_states(database, job));
    for (const OpenDelivery& delivery : deliveries) {
        const bool waits = delivery.state == DeliveryState::kPending ||
                           delivery.state == DeliveryState::kTranscodeWanted ||
                           delivery.state == DeliveryState::kTranscoding;
        if (waits) {
            EFFACE_CHECK(move_delivery(database, job, delivery, DeliveryEvent::kSuspend));
        }
    }
    return {};
}

Status cancel_deliveries(Database& database, JobId job) {
    EFFACE_TRY(auto deliveries, read_states(database, job));
    std::erase_if(deliveries, [](const OpenDelivery& delivery) {
        return is_confirmed(delivery.state) || delivery.state == DeliveryState::kCancelled;
    });
    // All are asked before the first is changed: one that is being sent refuses the whole.
    for (const OpenDelivery& delivery : deliveries) {
        EFFACE_CHECK(next_state(delivery.state, DeliveryEvent::kCancel));
    }
    for (const OpenDelivery& delivery : deliveries) {
        EFFACE_CHECK(move_delivery(database, job, delivery, DeliveryEvent::kCancel));
    }
    return {};
}

}  // namespace efface::db
