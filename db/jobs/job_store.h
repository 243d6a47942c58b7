// JobStore: the durable queue of instances: receive, claim, complete, requeue, purge.
//
// Every change takes the writer's Database inside a Writer's closure and goes through the transition
// table; the caller appends the audit row in the same closure, so that both commit or neither.
// Errors: Fault::kRefuse for a transition that the table does not have or a lease that was lost,
// Fault::kQuarantine for a conflict, the database's own otherwise. An operation that returns an error
// has written nothing.
// Thread rule: stateless; the Database decides.
#pragma once

#include "db/jobs/job.h"
#include "db/sqlite/database.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace efface::db {

inline constexpr std::uint32_t kAttemptsMax = 3;
inline constexpr std::size_t kClaimMax = 1024;

/// The error of clear() where a new SOP Instance UID would stand for two contents (promise P4).
inline constexpr Literal kOutputConflict{
    "conflict: this new SOP Instance UID stands for another content already"};

enum class ReceiveOutcome : std::uint8_t {
    kNew,              ///< A job was made.
    kDuplicateInWork,  ///< The same bytes are in work or in quarantine: nothing was made.
    kRedelivery,       ///< The same bytes were delivered: their output is delivered again, no job was made.
    kConflict,         ///< Other bytes under the same SOP Instance UID: a job was made, quarantined.
};

struct Reception {
    ReceiveOutcome outcome = ReceiveOutcome::kNew;
    JobId job = 0;  ///< The new job, or for duplicates and redeliveries the one that was there.
};

struct ClaimedLease {
    JobId job = 0;
    std::uint64_t fence = 0;
};

/// What makes a job cleared. Only the gate's answer for this digest may call it.
struct ClearedOutput {
    std::string rule;
    std::string new_instance_uid;
    std::string new_study_uid;
    std::string new_series_uid;
    /// Of the original; they fill in what the job row does not know.
    Phi<std::string> study_uid;
    Phi<std::string> series_uid;
    std::string output_file;
    Digest output_digest{};
    std::uint64_t output_bytes = 0;
    std::string output_syntax_uid;
    Companion companion{};  ///< Passed the gate too, or there is none.
    HoldKind hold = HoldKind::kNone;
    std::vector<std::string> destinations;  ///< At least one.
};

class JobStore {
public:
    /// Decides between new, duplicate, redelivery and conflict, and writes what follows from it. Where
    /// no job was made the caller removes the spool file after the commit.
    Result<Reception> receive(Database& database, const ReceivedJob& job) const;
    /// Where the file of a job that is not purged was lost: the same bytes came again and take its place.
    Status replace_original(
        Database& database, JobId job, std::string_view spool_file, std::uint64_t original_bytes,
        const Phi<std::string>& work_order
    ) const;
    /// A spool file that no row names (found at start-up) and that cannot be adopted: a quarantined job.
    Result<JobId> receive_quarantined(Database& database, const ReceivedJob& job, std::string_view reason)
        const;

    /// Up to `count` due jobs, earliest due first, leased until now + lease_us. Each claim is an attempt.
    Result<std::vector<Job>> claim(Database& database, UnixMicros now, UnixMicros lease_us, std::size_t count)
        const;
    /// A lease of work that waits for its worker runs until `lease_until` instead. Where the lease was lost
    /// nothing happens: its result will be refused.
    Status extend_lease(Database& database, ClaimedLease lease, UnixMicros lease_until) const;
    /// Working -> cleared -> delivering or held, with one delivery per destination. Returns the state.
    /// Fault::kQuarantine "conflict" where the new UID already stands for another content that was sent or
    /// waits to be: call quarantine(..., conflict = true) in the same closure.
    Result<JobState> clear(
        Database& database, ClaimedLease lease, const ClearedOutput& output, UnixMicros now
    ) const;
    Status quarantine(
        Database& database, ClaimedLease lease, std::string_view rule, std::string_view reason,
        bool conflict = false
    ) const;
    /// The worker died or hung: back to the queue at `due_at`, or after kAttemptsMax attempts quarantined.
    /// Returns which.
    Result<JobState> retry(Database& database, ClaimedLease lease, std::string_view reason, UnixMicros due_at)
        const;
    /// Back to the queue without counting the attempt: the node stops, or could not even start it.
    Status give_back(Database& database, ClaimedLease lease, UnixMicros due_at) const;
    /// The cleared output is missing or damaged (it need not survive a power cut): made again from the
    /// original. Nothing happens where that is under way already: each destination may find it.
    Status output_lost(Database& database, JobId job, UnixMicros now) const;

    /// At start-up: every lease, of jobs, deliveries and transcodings. Returns how many.
    Result<std::uint64_t> requeue_all(Database& database, UnixMicros now) const;

    /// Jobs whose lease ran out: retry() with that as the reason. Returns the jobs and their new states.
    struct Requeued {
        JobId job = 0;
        JobState state = JobState::kNone;
    };

    Result<std::vector<Requeued>> requeue_expired(Database& database, UnixMicros now, std::size_t count)
        const;

    /// Held groups that are complete: every member received is cleared and none came within quiet_us.
    /// Their deliveries start. Returns the jobs released; call again while it returns `count`.
    Result<std::vector<JobId>> release_holds(
        Database& database, UnixMicros now, UnixMicros quiet_us, std::size_t count
    ) const;

    struct PurgeCandidate {
        JobId job = 0;
        std::string spool_file;
        std::string output_file;
        std::string companion_file;
        std::vector<std::string> second_outputs;  ///< Of destinations whose peers refused the syntax.
    };

    /// Jobs whose retention began at or before `retention_before`, and purged ones whose files still stand.
    /// Reads only.
    Result<std::vector<PurgeCandidate>> purge_candidates(
        Database& database, UnixMicros retention_before, std::size_t count
    ) const;
    /// Step 1, with the audit row: from now on the files may go. False: it was taken before. Refused before
    /// `retention_before`.
    Result<bool> purge(Database& database, JobId job, UnixMicros retention_before) const;
    /// Step 2, after the files are removed.
    Status forget_files(Database& database, JobId job) const;
};

/// Reads; work on a reader too.
Result<std::optional<Job>> find_job(Database& database, JobId job);
/// All jobs of one original instance, oldest first.
Result<std::vector<Job>> find_instance(
    Database& database, std::string_view project, std::string_view sop_instance_uid
);
/// The job that owns a spool file (also a purged one that has not forgotten it), or nothing: an orphan.
Result<std::optional<JobId>> find_spool_file(Database& database, std::string_view spool_file);

/// The files that a job owns, by spool name ascending, in pages. Second outputs: known_second_outputs().
struct KnownFile {
    JobId job = 0;
    JobState state = JobState::kNone;
    std::string spool_file;
    std::string output_file;
    std::string companion_file;
};

Result<std::vector<KnownFile>> known_files(
    Database& database, std::string_view after_spool_file, std::size_t count
);

/// The second outputs that deliveries own, ascending by job and destination, in pages.
struct KnownSecondOutput {
    JobId job = 0;
    std::string destination;
    std::string output_file;
};

Result<std::vector<KnownSecondOutput>> known_second_outputs(
    Database& database, const KnownSecondOutput& after, std::size_t count
);

/// The tables and indexes, for db/store.
Status create_jobs_schema(Database& database);
/// The columns of Companion; rows that are there have none.
Status add_companions(Database& database);

}  // namespace efface::db
