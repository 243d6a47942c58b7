// What an operator decides about a job: release back into work, discard, redeliver. The caller writes the
// audit row (who, why) in the same closure. Releasing never sends: the job needs the gate again.
// Errors and thread rule as in job_store.h.
#pragma once

#include "db/jobs/job.h"
#include "db/sqlite/database.h"

#include <string>
#include <vector>

namespace efface::db {

struct ReleaseOrder {
    JobId job = 0;
    Verdict verdict = Verdict::kRelease;  ///< A conflict needs kAsReplacement or kAsNewInstance.
    std::string forced_rule;              ///< Empty: match the rules again.
    std::string decided_by;               ///< "name (uid)".
    Phi<std::string> work_order;          ///< The new one, with the decision in it.
    UnixMicros now = 0;
};

/// Quarantined or undelivered -> received. As replacement: every other job of the same instance is
/// discarded, refused (Fault::kRefuse) once anything of them may have been sent. Returns the jobs it
/// replaced.
Result<std::vector<JobId>> release_job(Database& database, const ReleaseOrder& order);
/// Quarantined, undelivered or held -> discarded; what was not sent is cancelled. A conflict's first content
/// stays.
Status discard_job(
    Database& database, JobId job, std::string_view reason, std::string_view decided_by, UnixMicros now
);

}  // namespace efface::db
