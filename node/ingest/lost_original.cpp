#include "node/ingest/lost_original.h"

#include "config/assert.h"
#include "config/json.h"
#include "pipeline/unit/work_order.h"

namespace efface::node {

Result<bool> replace_lost_original(
    db::Database& database, pipeline::Spool& spool, db::JobId first, const db::ReceivedJob& again
) {
    EFFACE_TRY(const auto job, db::find_job(database, first));
    EFFACE_ASSERT(job.has_value());
    const db::ReceivedJob& received = job->received;
    EFFACE_TRY(const bool there, spool.has_original(received.spool_file, received.original_bytes));
    if (there) {
        return false;
    }
    const auto json = parse_json(received.work_order.reveal());
    if (!json) {
        return fail(Fault::kRetry, "the job's work order is unreadable");
    }
    // The data set is the same; the File Meta before it names the peer and may have another length.
    EFFACE_TRY(pipeline::WorkOrder order, pipeline::work_order_from_json(*json));
    order.original_bytes = again.original_bytes;
    EFFACE_CHECK(db::JobStore{}.replace_original(
        database, first, again.spool_file, again.original_bytes, Phi{dump_json(pipeline::to_json(order))}
    ));
    return true;
}

}  // namespace efface::node
