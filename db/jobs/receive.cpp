// Receiving: what a new set of bytes is to what is already known of its SOP Instance UID.
//
//   same bytes, in work or in quarantine   nothing is made
//   same bytes, delivered                  its deliveries start again
//   same bytes, purged or discarded        a new job: the output is made again, to the same digest
//   other bytes, any but discarded         a new job, quarantined as conflict
#include "config/assert.h"
#include "db/jobs/delivery_store.h"
#include "db/jobs/job_row.h"

namespace efface::db {

namespace {

constexpr std::string_view kConflictReason = "conflict: other bytes under the same SOP Instance UID";

/// What is known of a SOP Instance UID in a project.
struct Known {
    JobId in_work = 0;    ///< Same bytes, not ended.
    JobId delivered = 0;  ///< Same bytes, output at hand.
    bool same_bytes = false;
    bool other_bytes = false;
};

Result<Known> look_up(Database& database, const ReceivedJob& job) {
    EFFACE_TRY(
        auto rows,
        database.select(
            "SELECT id, state, original_digest FROM jobs WHERE sop_instance_uid = ? AND project = ?",
            {job.sop_instance_uid.reveal(), job.project}
        )
    );
    Known known;
    for (;;) {
        EFFACE_TRY(const bool any, rows.next());
        if (!any) {
            return known;
        }
        const JobState state = read_job_state(rows, 1);
        if (state == JobState::kDiscarded) {
            continue;
        }
        if (rows.digest(2) != job.original_digest) {
            known.other_bytes = true;
            continue;
        }
        known.same_bytes = true;
        if (state == JobState::kDelivered) {
            known.delivered = rows.count(0);
        } else if (state != JobState::kPurged) {
            known.in_work = rows.count(0);
        }
    }
}

Result<JobId> insert_job(
    Database& database, const ReceivedJob& job, JobState state, bool conflict, std::string_view reason
) {
    EFFACE_ASSERT(!job.spool_file.empty() && !job.project.empty());
    EFFACE_CHECK(database.run(
        "INSERT INTO jobs (state, due_at, conflict, accepted_at, project, peer, calling_ae, called_ae, "
        "association, sop_class_uid, transfer_syntax_uid, sop_instance_uid, study_uid, series_uid, "
        "original_digest, original_bytes, spool_file, work_order, reason) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {state_name(state), job.accepted_at, conflict, job.accepted_at, job.project, job.peer, job.calling_ae,
         job.called_ae, job.association, job.sop_class_uid, job.transfer_syntax_uid,
         job.sop_instance_uid.reveal(), job.study_uid.reveal(), job.series_uid.reveal(), job.original_digest,
         job.original_bytes, job.spool_file, job.work_order.reveal(), reason}
    ));
    return static_cast<JobId>(database.last_insert_id());
}

}  // namespace

Result<Reception> JobStore::receive(Database& database, const ReceivedJob& job) const {
    EFFACE_TRY(const Known known, look_up(database, job));
    if (known.in_work != 0) {
        return Reception{ReceiveOutcome::kDuplicateInWork, known.in_work};
    }
    if (known.delivered != 0) {
        EFFACE_TRY(
            const std::uint64_t count,
            DeliveryStore{}.redeliver(database, known.delivered, {}, job.accepted_at)
        );
        EFFACE_ASSERT(count > 0);
        return Reception{ReceiveOutcome::kRedelivery, known.delivered};
    }
    const bool conflict = known.other_bytes && !known.same_bytes;
    const JobEvent event = conflict ? JobEvent::kConflict : JobEvent::kAccept;
    EFFACE_TRY(const JobState state, next_state(JobState::kNone, event));
    const std::string_view reason = conflict ? kConflictReason : std::string_view{};
    EFFACE_TRY(const JobId id, insert_job(database, job, state, conflict, reason));
    return Reception{conflict ? ReceiveOutcome::kConflict : ReceiveOutcome::kNew, id};
}

Status JobStore::replace_original(
    Database& database, JobId job, std::string_view spool_file, std::uint64_t original_bytes,
    const Phi<std::string>& work_order
) const {
    EFFACE_TRY(const JobState state, job_state(database, job));
    if (state == JobState::kPurged || state == JobState::kDiscarded) {
        return fail(Fault::kRefuse, "this job needs no original any more");
    }
    return database.run(
        "UPDATE jobs SET spool_file = ?, original_bytes = ?, work_order = ? WHERE id = ?",
        {spool_file, original_bytes, work_order.reveal(), job}
    );
}

Result<JobId> JobStore::receive_quarantined(
    Database& database, const ReceivedJob& job, std::string_view reason
) const {
    EFFACE_TRY(const JobState state, next_state(JobState::kNone, JobEvent::kQuarantine));
    return insert_job(database, job, state, /*conflict=*/false, reason);
}

Result<std::optional<Job>> find_job(Database& database, JobId job) {
    EFFACE_TRY(auto rows, database.select("SELECT " EFFACE_JOB_COLUMNS " FROM jobs WHERE id = ?", {job}));
    EFFACE_TRY(const bool any, rows.next());
    return any ? std::optional{read_job(rows)} : std::nullopt;
}

Result<std::vector<Job>> find_instance(
    Database& database, std::string_view project, std::string_view sop_instance_uid
) {
    EFFACE_TRY(
        auto rows,
        database.select(
            "SELECT " EFFACE_JOB_COLUMNS " FROM jobs WHERE sop_instance_uid = ? AND project = ? ORDER BY id",
            {sop_instance_uid, project}
        )
    );
    return read_jobs(std::move(rows));
}

Result<std::optional<JobId>> find_spool_file(Database& database, std::string_view spool_file) {
    EFFACE_TRY(
        auto rows,
        database.select("SELECT id FROM jobs WHERE spool_file = ? AND spool_file <> ''", {spool_file})
    );
    EFFACE_TRY(const bool any, rows.next());
    return any ? std::optional{rows.count(0)} : std::nullopt;
}

Result<std::vector<KnownFile>> known_files(
    Database& database, std::string_view after_spool_file, std::size_t count
) {
    EFFACE_TRY(
        auto rows, database.select(
                       "SELECT id, state, spool_file, output_file, companion_file FROM jobs "
                       "WHERE spool_file > ? AND spool_file <> '' ORDER BY spool_file LIMIT ?",
                       {after_spool_file, count}
                   )
    );
    std::vector<KnownFile> files;
    for (;;) {
        EFFACE_TRY(const bool any, rows.next());
        if (!any) {
            return files;
        }
        files.push_back({rows.count(0), read_job_state(rows, 1), rows.text(2), rows.text(3), rows.text(4)});
    }
}

Result<std::vector<KnownSecondOutput>> known_second_outputs(
    Database& database, const KnownSecondOutput& after, std::size_t count
) {
    EFFACE_TRY(
        auto rows, database.select(
                       "SELECT job, destination, output_file FROM deliveries "
                       "WHERE output_file <> '' AND (job, destination) > (?, ?) "
                       "ORDER BY job, destination LIMIT ?",
                       {after.job, after.destination, count}
                   )
    );
    std::vector<KnownSecondOutput> outputs;
    for (;;) {
        EFFACE_TRY(const bool any, rows.next());
        if (!any) {
            return outputs;
        }
        outputs.push_back({rows.count(0), rows.text(1), rows.text(2)});
    }
}

}  // namespace efface::db
