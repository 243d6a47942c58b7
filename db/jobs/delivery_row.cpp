#include "db/jobs/delivery_row.h"

#include "db/jobs/job_row.h"

namespace efface::db {

namespace {

/// The second output of this destination where it has one, else the job's.
void read_output(const Rows& rows, Delivery& out) {
    constexpr int kOwn = 10;
    constexpr int kOfJob = 14;
    const int from = rows.text_view(kOwn).empty() ? kOfJob : kOwn;
    out.output_file = rows.text(from);
    out.output_digest = rows.digest(from + 1);
    out.output_bytes = rows.count(from + 2);
    const bool own_syntax = !rows.text_view(kOwn + 3).empty();
    out.output_syntax_uid = rows.text(own_syntax ? kOwn + 3 : kOfJob + 3);
}

Delivery read_delivery(const Rows& rows) {
    Delivery out;
    out.job = rows.count(0);
    out.destination = rows.text(1);
    out.state = read_delivery_state(rows, 2);
    out.fence = rows.count(3);
    out.attempts = static_cast<std::uint32_t>(rows.count(4));
    out.due_at = rows.integer(5);
    out.delivered_at = rows.integer(6);
    out.last_status = static_cast<std::uint32_t>(rows.count(7));
    out.reason = rows.text(8);
    out.sent_before = rows.integer(9) == static_cast<int>(SentBefore::kThisContent);
    read_output(rows, out);
    out.sop_class_uid = rows.text(18);
    out.new_instance_uid = rows.text(19);
    out.new_study_uid = rows.text(20);
    out.project = rows.text(21);
    out.rule = rows.text(22);
    out.sop_instance_uid = Phi{rows.text(23)};
    out.study_uid = Phi{rows.text(24)};
    out.companion = read_companion(rows, 25);
    return out;
}

}  // namespace

Result<std::vector<Delivery>> read_deliveries(Result<Rows> found) {
    EFFACE_TRY(Rows rows, std::move(found));
    std::vector<Delivery> out;
    for (;;) {
        EFFACE_TRY(const bool any, rows.next());
        if (!any) {
            return out;
        }
        out.push_back(read_delivery(rows));
    }
}

Result<LeasedDelivery> check_delivery_lease(
    Database& database, const DeliveryLease& lease, DeliveryState state
) {
    EFFACE_TRY(
        auto rows,
        database.select(
            "SELECT deliveries.state, deliveries.fence, deliveries.sent_before, "
            "deliveries.transcode_attempts, jobs.state "
            "FROM deliveries JOIN jobs ON jobs.id = deliveries.job WHERE job = ? AND destination = ?",
            {lease.job, lease.destination}
        )
    );
    EFFACE_TRY(const bool any, rows.next());
    if (!any || read_delivery_state(rows, 0) != state || rows.count(1) != lease.fence) {
        return fail(Fault::kRefuse, "the lease of this delivery was lost: its result is dropped");
    }
    return LeasedDelivery{
        .sent_before = static_cast<SentBefore>(rows.integer(2)),
        .transcode_attempts = static_cast<std::uint32_t>(rows.count(3)),
        .job_state = read_job_state(rows, 4),
    };
}

Status unmark_sent(Database& database, const DeliveryLease& lease, const LeasedDelivery& leased, Sent sent) {
    if (sent == Sent::kWhole || leased.sent_before == SentBefore::kThisContent) {
        return {};
    }
    if (sent == Sent::kPart || leased.sent_before == SentBefore::kOtherContent) {
        // Something left under this UID: a part of this, or another encoding of the same content. Neither
        // is what a peer could hold as this digest.
        return database.run(
            "UPDATE deliveries SET sent_digest = x'' WHERE job = ? AND destination = ?",
            {lease.job, lease.destination}
        );
    }
    return database.run(
        "UPDATE deliveries SET sent_at = 0, sent_digest = x'' WHERE job = ? AND destination = ?",
        {lease.job, lease.destination}
    );
}

namespace {

/// What the deliveries of a job come to, together.
enum class Sum : std::uint8_t { kOpen, kAllConfirmed, kSomeFailed };

Result<Sum> sum_deliveries(Database& database, JobId job) {
    EFFACE_TRY(auto rows, database.select("SELECT state FROM deliveries WHERE job = ?", {job}));
    Sum sum = Sum::kAllConfirmed;
    for (;;) {
        EFFACE_TRY(const bool any, rows.next());
        if (!any) {
            return sum;
        }
        const DeliveryState state = read_delivery_state(rows, 0);
        if (state == DeliveryState::kCancelled) {
            continue;  // The rule does not name this destination any more.
        }
        if (state == DeliveryState::kFailedPermanent) {
            sum = Sum::kSomeFailed;
        } else if (state != DeliveryState::kDelivered && state != DeliveryState::kDeliveredWarning) {
            return Sum::kOpen;
        }
    }
}

}  // namespace

Result<JobState> settle_job(Database& database, JobId job, JobState state, const DeliveryResult& result) {
    if (!is_in_delivery(state)) {
        return state;  // Its output is being made again; clear() settles it.
    }
    if (result.outcome == DeliveryOutcome::kPermanent) {
        EFFACE_TRY(const JobState to, next_state(state, JobEvent::kDeliveryFailed));
        EFFACE_CHECK(database.run(
            "UPDATE jobs SET state = ?, reason = ? WHERE id = ?", {state_name(to), result.reason, job}
        ));
        return to;
    }
    if (result.outcome == DeliveryOutcome::kRetry || state != JobState::kDelivering) {
        return state;
    }
    EFFACE_TRY(const Sum sum, sum_deliveries(database, job));
    if (sum == Sum::kOpen) {
        return state;
    }
    if (sum == Sum::kSomeFailed) {  // One was sent again alone, and another had failed before.
        return move_job(database, job, state, JobEvent::kDeliveryFailed);
    }
    EFFACE_TRY(const JobState to, next_state(state, JobEvent::kAllConfirmed));
    EFFACE_CHECK(database.run(
        "UPDATE jobs SET state = ?, retention_from = ? WHERE id = ?", {state_name(to), result.now, job}
    ));
    return to;
}

}  // namespace efface::db
