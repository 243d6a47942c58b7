// Purging (promise P5) in two steps, so that a crash between them leaves files that a row still names.
#include "config/assert.h"
#include "db/jobs/job_row.h"

namespace efface::db {

namespace {

/// In retention_from, and no time that a job could have: a discarded job keeps its state.
constexpr UnixMicros kPurgeBegun = 1;

Status append_candidates(Result<Rows> found, std::vector<JobStore::PurgeCandidate>& out) {
    EFFACE_TRY(Rows rows, std::move(found));
    for (;;) {
        EFFACE_TRY(const bool any, rows.next());
        if (!any) {
            return {};
        }
        out.push_back({rows.count(0), rows.text(1), rows.text(2), rows.text(3), {}});
    }
}

Status find_second_outputs(Database& database, JobStore::PurgeCandidate& candidate) {
    EFFACE_TRY(
        Rows rows,
        database.select(
            "SELECT output_file FROM deliveries WHERE job = ? AND output_file <> ''", {candidate.job}
        )
    );
    for (;;) {
        EFFACE_TRY(const bool any, rows.next());
        if (!any) {
            return {};
        }
        candidate.second_outputs.push_back(rows.text(0));
    }
}

}  // namespace

Result<std::vector<JobStore::PurgeCandidate>> JobStore::purge_candidates(
    Database& database, UnixMicros retention_before, std::size_t count
) const {
    std::vector<PurgeCandidate> out;
    EFFACE_CHECK(append_candidates(
        database.select(
            "SELECT id, spool_file, output_file, companion_file FROM jobs "
            "WHERE state = 'purged' AND spool_file <> '' ORDER BY id LIMIT ?",
            {count}
        ),
        out
    ));
    // 0 says that nothing is left to purge.
    EFFACE_CHECK(append_candidates(
        database.select(
            "SELECT id, spool_file, output_file, companion_file FROM jobs WHERE state = 'delivered' "
            "AND " EFFACE_JOB_ENDED " AND retention_from BETWEEN 1 AND ? "
            "ORDER BY retention_from LIMIT ?",
            {retention_before, count - out.size()}
        ),
        out
    ));
    EFFACE_CHECK(append_candidates(
        database.select(
            "SELECT id, spool_file, output_file, companion_file FROM jobs WHERE state = 'discarded' "
            "AND " EFFACE_JOB_ENDED " AND retention_from BETWEEN 1 AND ? "
            "ORDER BY retention_from LIMIT ?",
            {retention_before, count - out.size()}
        ),
        out
    ));
    for (PurgeCandidate& candidate : out) {
        EFFACE_CHECK(find_second_outputs(database, candidate));
    }
    return out;
}

Result<bool> JobStore::purge(Database& database, JobId job, UnixMicros retention_before) const {
    EFFACE_TRY(const auto found, find_job(database, job));
    if (!found) {
        return fail(Fault::kRefuse, "there is no such job", Where::number(static_cast<std::int64_t>(job)));
    }
    if (found->state == JobState::kPurged) {
        return false;  // Step 2 did not come to pass; the files may go still.
    }
    if (found->state == JobState::kDiscarded && found->retention_from == kPurgeBegun) {
        return false;
    }
    EFFACE_TRY(const JobState to, next_state(found->state, JobEvent::kPurge));
    if (found->retention_from == 0 || found->retention_from > retention_before) {
        return fail(Fault::kRefuse, "the retention of this original has not passed");
    }
    EFFACE_CHECK(database.run(
        "UPDATE jobs SET state = ?, retention_from = ? WHERE id = ?", {state_name(to), kPurgeBegun, job}
    ));
    return true;
}

Status JobStore::forget_files(Database& database, JobId job) const {
    EFFACE_TRY(const JobState state, job_state(database, job));
    if (state != JobState::kPurged && state != JobState::kDiscarded) {
        return fail(Fault::kRefuse, "the files of this job are still needed");
    }
    EFFACE_CHECK(
        database.run("UPDATE deliveries SET output_file = '' WHERE job = ? AND output_file <> ''", {job})
    );
    return database.run(
        "UPDATE jobs SET spool_file = '', output_file = '', companion_file = '', work_order = '', "
        "retention_from = 0 WHERE id = ?",
        {job}
    );
}

}  // namespace efface::db
