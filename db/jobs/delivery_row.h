// Inside db/jobs only: how a row of deliveries becomes a Delivery, and the checks before it changes.
#pragma once

#include "db/jobs/delivery_store.h"

#include <vector>

// One list for every SELECT that read_delivery() reads.
#define EFFACE_DELIVERY_COLUMNS                                                                     \
    "deliveries.job, deliveries.destination, deliveries.state, deliveries.fence, "                  \
    "deliveries.attempts, deliveries.due_at, deliveries.delivered_at, deliveries.last_status, "     \
    "deliveries.reason, deliveries.sent_before, deliveries.output_file, deliveries.output_digest, " \
    "deliveries.output_bytes, deliveries.syntax_uid, jobs.output_file, jobs.output_digest, "        \
    "jobs.output_bytes, jobs.output_syntax_uid, jobs.sop_class_uid, jobs.new_instance_uid, "        \
    "jobs.new_study_uid, jobs.project, jobs.rule, jobs.sop_instance_uid, jobs.study_uid, "          \
    "jobs.companion_uid, jobs.companion_file, jobs.companion_digest, jobs.companion_bytes"

namespace efface::db {

/// What may have been with the destination before this claim; stored in deliveries.sent_before.
enum class SentBefore : std::uint8_t { kNothing = 0, kThisContent = 1, kOtherContent = 2 };

Result<std::vector<Delivery>> read_deliveries(Result<Rows> found);

/// A delivery whose lease the caller still holds.
struct LeasedDelivery {
    SentBefore sent_before = SentBefore::kNothing;
    std::uint32_t transcode_attempts = 0;
    JobState job_state = JobState::kNone;
};

Result<LeasedDelivery> check_delivery_lease(
    Database& database, const DeliveryLease& lease, DeliveryState state
);

/// Takes back of claim()'s "all of it may have left" what certainly did not leave.
Status unmark_sent(
    Database& database, const DeliveryLease& lease, const LeasedDelivery& leased, Sent sent = Sent::kNothing
);

/// What the end of one delivery means for its job.
Result<JobState> settle_job(Database& database, JobId job, JobState state, const DeliveryResult& result);

inline bool is_in_delivery(JobState state) {
    return state == JobState::kDelivering || state == JobState::kUndelivered;
}

}  // namespace efface::db
