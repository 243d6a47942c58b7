// What status, metrics and listings read of the queue. Works on a reader; no query scans a table.
#pragma once

#include "db/jobs/delivery_store.h"
#include "db/jobs/job.h"
#include "db/sqlite/database.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace efface::db {

inline constexpr std::size_t kListRowsMax = 10'000;

struct DestinationBacklog {
    std::string destination;
    std::uint64_t open = 0;  ///< Not confirmed, not failed, not cancelled.
    std::uint64_t failed = 0;
    UnixMicros oldest_accepted_at = 0;  ///< Of the open ones; 0: none.
    bool held = false;
};

struct QueueCounts {
    std::array<std::uint64_t, kJobStateCount> jobs{};  ///< By JobState.
    UnixMicros oldest_received_at = 0;  ///< accepted_at of the oldest job that waits for a worker; 0: none.

    std::uint64_t operator[](JobState state) const { return jobs[static_cast<std::size_t>(state)]; }
};

Result<QueueCounts> count_jobs(Database& database);
Result<std::vector<DestinationBacklog>> destination_backlogs(Database& database);

/// Jobs in one state, ascending by id, after `after`. Not for kDelivered, kDiscarded and kPurged (use a
/// study).
Result<std::vector<Job>> list_jobs(Database& database, JobState state, JobId after, std::size_t count);
/// Quarantined and undelivered ones, ascending by id; `reason` filters by its exact text, empty: all.
Result<std::vector<Job>> list_quarantine(
    Database& database, std::string_view reason, JobId after, std::size_t count
);

struct StudySummary {
    std::uint64_t received = 0;   ///< m: all but discarded ones.
    std::uint64_t delivered = 0;  ///< n: delivered or purged. "incomplete: n of m" where n < m.
    std::array<std::uint64_t, kJobStateCount> jobs{};
    UnixMicros first_accepted_at = 0;
    UnixMicros last_accepted_at = 0;
    std::string new_study_uid;  ///< Empty while nothing of it is cleared.

    bool complete() const { return delivered == received; }
};

/// By the original or the new Study Instance UID; the caller need not know which.
Result<StudySummary> summarise_study(Database& database, std::string_view study_uid);
Result<std::vector<Job>> list_study(
    Database& database, std::string_view study_uid, JobId after, std::size_t count
);

}  // namespace efface::db
