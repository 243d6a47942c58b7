#include "db/jobs/listing.h"

#include "config/assert.h"
#include "db/jobs/job_row.h"

#include <algorithm>
#include <map>

namespace efface::db {

namespace {

Status add_counts(Result<Rows> found, QueueCounts& counts) {
    EFFACE_TRY(Rows rows, std::move(found));
    for (;;) {
        EFFACE_TRY(const bool any, rows.next());
        if (!any) {
            return {};
        }
        counts.jobs.at(static_cast<std::size_t>(read_job_state(rows, 0))) = rows.count(1);
    }
}

/// The first column of the first row, or 0.
Result<std::int64_t> read_integer(Result<Rows> found) {
    EFFACE_TRY(Rows rows, std::move(found));
    EFFACE_TRY(const bool any, rows.next());
    return any ? rows.integer(0) : 0;
}

}  // namespace

Result<QueueCounts> count_jobs(Database& database) {
    QueueCounts counts;
    EFFACE_CHECK(add_counts(
        database.select("SELECT state, count(*) FROM jobs WHERE " EFFACE_JOB_ACTIVE " GROUP BY state"), counts
    ));
    EFFACE_CHECK(add_counts(
        database.select("SELECT state, count(*) FROM jobs WHERE " EFFACE_JOB_ENDED " GROUP BY state"), counts
    ));
    // Rows are never deleted and ids never skipped, so what is left over is purged. The reads see one
    // moment only inside a transaction; a job that moves between them must not make this negative.
    EFFACE_TRY(const std::int64_t all, read_integer(database.select("SELECT max(id) FROM jobs")));
    std::int64_t known = 0;
    for (const std::uint64_t count : counts.jobs) {
        known += static_cast<std::int64_t>(count);
    }
    counts.jobs.at(static_cast<std::size_t>(JobState::kPurged)) =
        static_cast<std::uint64_t>(std::max<std::int64_t>(all - known, 0));
    EFFACE_TRY(
        counts.oldest_received_at,
        read_integer(
            database.select("SELECT accepted_at FROM jobs WHERE state = 'received' ORDER BY due_at LIMIT 1")
        )
    );
    return counts;
}

Result<std::vector<DestinationBacklog>> destination_backlogs(Database& database) {
    std::map<std::string, DestinationBacklog> found;
    std::map<std::string, JobId> oldest;
    {
        EFFACE_TRY(
            auto rows,
            database.select(
                "SELECT state, destination, count(*), min(job) FROM deliveries WHERE " EFFACE_DELIVERY_ACTIVE
                " GROUP BY state, destination"
            )
        );
        for (;;) {
            EFFACE_TRY(const bool any, rows.next());
            if (!any) {
                break;
            }
            const std::string destination = rows.text(1);
            if (read_delivery_state(rows, 0) == DeliveryState::kFailedPermanent) {
                found[destination].failed = rows.count(2);
                continue;
            }
            found[destination].open += rows.count(2);
            const auto known = oldest.try_emplace(destination, rows.count(3)).first;
            known->second = std::min(known->second, rows.count(3));
        }
    }
    EFFACE_TRY(const auto held, held_destinations(database));
    for (const HeldDestination& destination : held) {
        found[destination.destination].held = true;
    }
    std::vector<DestinationBacklog> out;
    for (auto& [destination, backlog] : found) {
        backlog.destination = destination;
        if (const auto job = oldest.find(destination); job != oldest.end()) {
            EFFACE_TRY(
                backlog.oldest_accepted_at,
                read_integer(database.select("SELECT accepted_at FROM jobs WHERE id = ?", {job->second}))
            );
        }
        out.push_back(backlog);
    }
    return out;
}

Result<std::vector<Job>> list_jobs(Database& database, JobState state, JobId after, std::size_t count) {
    EFFACE_ASSERT(count <= kListRowsMax);
    const bool active = state != JobState::kDelivered && state != JobState::kDiscarded &&
                        state != JobState::kPurged && state != JobState::kNone;
    if (!active) {
        return fail(Fault::kRefuse, "jobs in this state are listed by study");
    }
    EFFACE_TRY(
        auto rows, database.select(
                       "SELECT " EFFACE_JOB_COLUMNS " FROM jobs WHERE state = ? "
                       "AND " EFFACE_JOB_ACTIVE " "
                       "AND id > ? ORDER BY id LIMIT ?",
                       {state_name(state), after, count}
                   )
    );
    return read_jobs(std::move(rows));
}

Result<std::vector<Job>> list_quarantine(
    Database& database, std::string_view reason, JobId after, std::size_t count
) {
    EFFACE_ASSERT(count <= kListRowsMax);
    const auto list = [&](JobState state) -> Result<std::vector<Job>> {
        EFFACE_TRY(
            auto rows, database.select(
                           "SELECT " EFFACE_JOB_COLUMNS " FROM jobs WHERE state = ?1 "
                           "AND " EFFACE_JOB_ACTIVE " "
                           "AND id > ?2 AND (?3 = '' OR reason = ?3) ORDER BY id LIMIT ?4",
                           {state_name(state), after, reason, count}
                       )
        );
        return read_jobs(std::move(rows));
    };
    EFFACE_TRY(std::vector<Job> jobs, list(JobState::kQuarantined));
    EFFACE_TRY(std::vector<Job> undelivered, list(JobState::kUndelivered));
    jobs.insert(
        jobs.end(), std::make_move_iterator(undelivered.begin()), std::make_move_iterator(undelivered.end())
    );
    std::sort(jobs.begin(), jobs.end(), [](const Job& a, const Job& b) { return a.id < b.id; });
    if (jobs.size() > count) {
        jobs.resize(count);
    }
    return jobs;
}

namespace {

/// The study behind an original or a new UID. An original may be in several projects.
struct StudyKey {
    std::string project;  ///< Empty: every project.
    Phi<std::string> study_uid;
};

Result<StudyKey> resolve_study(Database& database, std::string_view study_uid) {
    EFFACE_TRY(
        auto rows, database.select(
                       "SELECT project, study_uid FROM jobs "
                       "WHERE new_study_uid = ? AND new_study_uid <> '' LIMIT 1",
                       {study_uid}
                   )
    );
    EFFACE_TRY(const bool any, rows.next());
    if (any) {
        return StudyKey{rows.text(0), Phi{rows.text(1)}};
    }
    return StudyKey{{}, Phi{std::string{study_uid}}};
}

}  // namespace

Result<StudySummary> summarise_study(Database& database, std::string_view study_uid) {
    EFFACE_TRY(const StudyKey key, resolve_study(database, study_uid));
    EFFACE_TRY(
        auto rows,
        database.select(
            "SELECT state, count(*), min(accepted_at), max(accepted_at), max(new_study_uid) FROM jobs "
            "WHERE study_uid = ?1 AND (?2 = '' OR project = ?2) GROUP BY +state",
            {key.study_uid.reveal(), key.project}
        )
    );
    StudySummary out;
    for (;;) {
        EFFACE_TRY(const bool any, rows.next());
        if (!any) {
            break;
        }
        out.jobs.at(static_cast<std::size_t>(read_job_state(rows, 0))) = rows.count(1);
        const UnixMicros first = rows.integer(2);
        out.first_accepted_at = out.first_accepted_at == 0 ? first : std::min(out.first_accepted_at, first);
        out.last_accepted_at = std::max(out.last_accepted_at, rows.integer(3));
        out.new_study_uid = std::max(out.new_study_uid, rows.text(4));
    }
    for (std::size_t i = 0; i < kJobStateCount; ++i) {
        const auto state = static_cast<JobState>(i);
        out.received += state == JobState::kDiscarded ? 0 : out.jobs[i];
        const bool delivered = state == JobState::kDelivered || state == JobState::kPurged;
        out.delivered += delivered ? out.jobs[i] : 0;
    }
    return out;
}

Result<std::vector<Job>> list_study(
    Database& database, std::string_view study_uid, JobId after, std::size_t count
) {
    EFFACE_ASSERT(count <= kListRowsMax);
    EFFACE_TRY(const StudyKey key, resolve_study(database, study_uid));
    EFFACE_TRY(
        auto rows, database.select(
                       "SELECT " EFFACE_JOB_COLUMNS
                       " FROM jobs WHERE study_uid = ?1 AND (?2 = '' OR project = ?2) AND +id > ?3 "
                       "ORDER BY +id LIMIT ?4",
                       {key.study_uid.reveal(), key.project, after, count}
                   )
    );
    return read_jobs(std::move(rows));
}

}  // namespace efface::db
