#include "db/jobs/operator_store.h"

#include "db/jobs/delivery_store.h"
#include "db/jobs/job_row.h"

namespace efface::db {

namespace {

Result<Job> require_job(Database& database, JobId job) {
    EFFACE_TRY(auto found, find_job(database, job));
    if (!found) {
        return fail(Fault::kRefuse, "there is no such job", Where::number(static_cast<std::int64_t>(job)));
    }
    return std::move(*found);
}

Status discard_row(
    Database& database, const Job& job, JobEvent event, std::string_view reason, std::string_view by,
    UnixMicros now
) {
    EFFACE_TRY(const JobState to, next_state(job.state, event));
    EFFACE_CHECK(cancel_deliveries(database, job.id));
    return database.run(
        "UPDATE jobs SET state = ?, reason = ?, decided_by = ?, retention_from = ? WHERE id = ?",
        {state_name(to), reason, by, now, job.id}
    );
}

/// The other jobs that stand for the same new SOP Instance UID. One that was released as an instance
/// of its own has a UID of its own.
Result<std::vector<Job>> rivals(Database& database, const Job& job) {
    EFFACE_TRY(
        auto jobs, find_instance(database, job.received.project, job.received.sop_instance_uid.reveal())
    );
    std::erase_if(jobs, [&](const Job& other) {
        return other.id == job.id || other.state == JobState::kDiscarded ||
               other.verdict == Verdict::kAsNewInstance;
    });
    return jobs;
}

/// The job's own earlier output under this UID (it was made again, to other bytes) counts like a rival's.
Status check_own_output(Database& database, const Job& job) {
    if (job.verdict == Verdict::kAsNewInstance) {
        return {};  // Sent under a UID of its own, which it gives up now.
    }
    EFFACE_TRY(const bool sent, was_sent(database, job.new_instance_uid));
    if (sent) {
        return fail(
            Fault::kRefuse,
            "other bytes of this instance were sent already: release it as a new instance instead"
        );
    }
    return {};
}

Result<std::vector<JobId>> replace_rivals(Database& database, const Job& job, const ReleaseOrder& order) {
    EFFACE_CHECK(check_own_output(database, job));
    EFFACE_TRY(const std::vector<Job> others, rivals(database, job));
    for (const Job& other : others) {
        EFFACE_TRY(const bool sent, was_sent(database, other.new_instance_uid));
        if (sent || !next_state(other.state, JobEvent::kReplaced)) {
            return fail(
                Fault::kRefuse, "the first content was sent already: release it as a new instance instead",
                Where::number(static_cast<std::int64_t>(other.id))
            );
        }
    }
    std::vector<JobId> replaced;
    for (const Job& other : others) {
        EFFACE_CHECK(discard_row(
            database, other, JobEvent::kReplaced, "replaced by another content", order.decided_by, order.now
        ));
        replaced.push_back(other.id);
    }
    return replaced;
}

}  // namespace

Result<std::vector<JobId>> release_job(Database& database, const ReleaseOrder& order) {
    EFFACE_TRY(const Job job, require_job(database, order.job));
    EFFACE_TRY(const JobState to, next_state(job.state, JobEvent::kRelease));
    if (order.verdict == Verdict::kNone || (job.conflict && order.verdict == Verdict::kRelease)) {
        return fail(
            Fault::kRefuse, "this is a conflict: release it with --as replacement or --as new-instance"
        );
    }
    std::vector<JobId> replaced;
    if (order.verdict == Verdict::kAsReplacement) {
        EFFACE_TRY(replaced, replace_rivals(database, job, order));
    }
    EFFACE_CHECK(suspend_deliveries(database, job.id));
    EFFACE_CHECK(database.run(
        "UPDATE jobs SET state = ?, due_at = ?, attempts = 0, reason = '', verdict = ?, forced_rule = ?, "
        "decided_by = ?, work_order = ? WHERE id = ?",
        {state_name(to), order.now, to_stored(order.verdict), order.forced_rule, order.decided_by,
         order.work_order.reveal(), job.id}
    ));
    return replaced;
}

Status discard_job(
    Database& database, JobId job, std::string_view reason, std::string_view decided_by, UnixMicros now
) {
    EFFACE_TRY(const Job found, require_job(database, job));
    return discard_row(database, found, JobEvent::kDiscard, reason, decided_by, now);
}

}  // namespace efface::db
