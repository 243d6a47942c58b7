// A duplicate is thrown away only while the first one's bytes are there. Where a disk has lost them, what
// was acknowledged would exist nowhere: then the new file takes the place of the old one.
// Thread rule: on the writer's thread, inside the closure that received the duplicate.
#pragma once

#include "db/jobs/job_store.h"
#include "db/sqlite/database.h"
#include "pipeline/spool/spool.h"

namespace efface::node {

/// `again` has the bytes of job `first`. True: the job names its file now; false: nobody needs it.
Result<bool> replace_lost_original(
    db::Database& database, pipeline::Spool& spool, db::JobId first, const db::ReceivedJob& again
);

}  // namespace efface::node
