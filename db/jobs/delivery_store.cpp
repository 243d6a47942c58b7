// Claiming and completing deliveries.
#include "db/jobs/delivery_store.h"

#include "config/assert.h"
#include "db/jobs/job_row.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace efface::db {

namespace {

// One list for every SELECT that read_delivery() reads.
#define EFFACE_DELIVERY_COLUMNS                                                                     \
    "deliveries.job, deliveries.destination, deliveries.state, deliveries.fence, "                  \
    "deliveries.attempts, deliveries.due_at, deliveries.delivered_at, deliveries.last_status, "     \
    "deliveries.reason, deliveries.sent_before, deliveries.output_file, deliveries.output_digest, " \
    "deliveries.output_bytes, deliveries.syntax_uid, jobs.output_file, jobs.output_digest, "        \
    "jobs.output_bytes, jobs.output_syntax_uid, jobs.sop_class_uid, jobs.new_instance_uid, "        \
    "jobs.new_study_uid, jobs.project, jobs.rule, jobs.sop_instance_uid, jobs.study_uid"

/// What may have been with the destination before this claim; stored in deliveries.sent_before.
enum class SentBefore : std::uint8_t { kNothing = 0, kThisContent = 1, kOtherContent = 2 };

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
    return out;
}

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

/// Drops what has a pair of SOP class and syntax beyond kClaimedGroupsMax: it is claimed next time.
void limit_groups(std::vector<Delivery>& deliveries) {
    std::set<std::pair<std::string, std::string>> groups;
    std::erase_if(deliveries, [&](const Delivery& delivery) {
        const std::pair group{delivery.sop_class_uid, delivery.output_syntax_uid};
        if (groups.size() < kClaimedGroupsMax) {
            groups.insert(group);
        }
        return !groups.contains(group);
    });
}

/// What may be with the destination under this UID: by this job, and by any (the same bytes may have
/// come before, and been purged since).
struct Sent {
    SentBefore by_this_job = SentBefore::kNothing;
    bool this_content = false;
};

Result<Sent> look_up_sent(Database& database, const Delivery& delivery) {
    EFFACE_TRY(
        auto rows, database.select(
                       "SELECT deliveries.job, deliveries.sent_digest FROM jobs "
                       "JOIN deliveries ON deliveries.job = jobs.id "
                       "WHERE jobs.new_instance_uid = ? AND jobs.new_instance_uid <> '' "
                       "AND deliveries.destination = ? AND deliveries.sent_at <> 0",
                       {delivery.new_instance_uid, delivery.destination}
                   )
    );
    Sent sent;
    for (;;) {
        EFFACE_TRY(const bool any, rows.next());
        if (!any) {
            return sent;
        }
        const bool same = rows.digest(1) == delivery.output_digest;
        sent.this_content = sent.this_content || same;
        if (rows.count(0) == delivery.job) {
            sent.by_this_job = same ? SentBefore::kThisContent : SentBefore::kOtherContent;
        }
    }
}

/// From here on this content may be with the destination, whatever we hear of it.
Status claim_one(Database& database, Delivery& delivery, UnixMicros now) {
    EFFACE_TRY(const Sent sent, look_up_sent(database, delivery));
    EFFACE_TRY(delivery.state, next_state(delivery.state, DeliveryEvent::kClaim));
    delivery.sent_before = sent.this_content;
    ++delivery.fence;
    ++delivery.attempts;
    return database.run(
        "UPDATE deliveries SET state = ?, fence = ?, attempts = ?, sent_before = ?, sent_at = ?, "
        "sent_digest = ? WHERE job = ? AND destination = ?",
        {state_name(delivery.state), delivery.fence, delivery.attempts, static_cast<int>(sent.by_this_job),
         now, delivery.output_digest, delivery.job, delivery.destination}
    );
}

}  // namespace

Result<std::vector<Delivery>> DeliveryStore::claim(
    Database& database, std::string_view destination, UnixMicros now, std::size_t count
) const {
    EFFACE_TRY(const bool held, is_destination_held(database, destination));
    if (held) {
        return std::vector<Delivery>{};
    }
    EFFACE_TRY(
        auto deliveries,
        read_deliveries(database.select(
            "SELECT " EFFACE_DELIVERY_COLUMNS " FROM deliveries JOIN jobs ON jobs.id = deliveries.job "
            "WHERE deliveries.destination = ? AND deliveries.state = 'pending' AND deliveries.due_at <= ? "
            "ORDER BY deliveries.due_at LIMIT ?",
            {destination, now, count}
        ))
    );
    limit_groups(deliveries);
    for (Delivery& delivery : deliveries) {
        EFFACE_CHECK(claim_one(database, delivery, now));
    }
    std::stable_sort(deliveries.begin(), deliveries.end(), [](const Delivery& a, const Delivery& b) {
        return std::tie(a.sop_class_uid, a.output_syntax_uid) <
               std::tie(b.sop_class_uid, b.output_syntax_uid);
    });
    return deliveries;
}

namespace {

struct LeasedDelivery {
    SentBefore sent_before = SentBefore::kNothing;
    std::uint32_t transcode_attempts = 0;
    JobState job_state = JobState::kNone;
};

Result<LeasedDelivery> check_lease(Database& database, const DeliveryLease& lease, DeliveryState state) {
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

/// It is certain that nothing left: as if this claim had not been.
Status unmark_sent(Database& database, const DeliveryLease& lease, const LeasedDelivery& leased) {
    switch (leased.sent_before) {
        case SentBefore::kThisContent:
            return {};
        case SentBefore::kOtherContent:
            // Another encoding of the same content did leave; which one no longer matters.
            return database.run(
                "UPDATE deliveries SET sent_digest = x'' WHERE job = ? AND destination = ?",
                {lease.job, lease.destination}
            );
        case SentBefore::kNothing:
            break;
    }
    return database.run(
        "UPDATE deliveries SET sent_at = 0, sent_digest = x'' WHERE job = ? AND destination = ?",
        {lease.job, lease.destination}
    );
}

DeliveryEvent event_of(DeliveryOutcome outcome) {
    switch (outcome) {
        case DeliveryOutcome::kDelivered:
            return DeliveryEvent::kConfirm;
        case DeliveryOutcome::kWarning:
            return DeliveryEvent::kWarn;
        case DeliveryOutcome::kRetry:
            return DeliveryEvent::kRetry;
        case DeliveryOutcome::kPermanent:
            return DeliveryEvent::kFail;
    }
    return DeliveryEvent::kFail;
}

bool is_in_delivery(JobState state) {
    return state == JobState::kDelivering || state == JobState::kUndelivered;
}

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
        if (state == DeliveryState::kFailedPermanent || state == DeliveryState::kCancelled) {
            sum = Sum::kSomeFailed;
        } else if (state != DeliveryState::kDelivered && state != DeliveryState::kDeliveredWarning) {
            return Sum::kOpen;
        }
    }
}

/// What the end of one delivery means for its job.
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

}  // namespace

Result<JobState> DeliveryStore::complete(
    Database& database, const DeliveryLease& lease, const DeliveryResult& result
) const {
    EFFACE_TRY(const LeasedDelivery leased, check_lease(database, lease, DeliveryState::kSending));
    const bool confirmed =
        result.outcome == DeliveryOutcome::kDelivered || result.outcome == DeliveryOutcome::kWarning;
    DeliveryEvent event = event_of(result.outcome);
    if (event == DeliveryEvent::kRetry && !is_in_delivery(leased.job_state)) {
        event = DeliveryEvent::kSuspend;
    }
    EFFACE_TRY(const DeliveryState to, next_state(DeliveryState::kSending, event));
    EFFACE_CHECK(database.run(
        "UPDATE deliveries SET state = ?, due_at = ?, last_status = ?, reason = ?, delivered_at = ? "
        "WHERE job = ? AND destination = ?",
        {state_name(to), result.due_at, result.status, result.reason, confirmed ? result.now : 0, lease.job,
         lease.destination}
    ));
    if (!result.sent && !confirmed) {
        EFFACE_CHECK(unmark_sent(database, lease, leased));
    }
    return settle_job(database, lease.job, leased.job_state, result);
}

Status DeliveryStore::give_back(Database& database, const DeliveryLease& lease, UnixMicros due_at) const {
    EFFACE_TRY(const LeasedDelivery leased, check_lease(database, lease, DeliveryState::kSending));
    const auto event = is_in_delivery(leased.job_state) ? DeliveryEvent::kRequeue : DeliveryEvent::kSuspend;
    EFFACE_TRY(const DeliveryState to, next_state(DeliveryState::kSending, event));
    EFFACE_CHECK(database.run(
        "UPDATE deliveries SET state = ?, due_at = ?, attempts = max(attempts - 1, 0) "
        "WHERE job = ? AND destination = ?",
        {state_name(to), due_at, lease.job, lease.destination}
    ));
    return unmark_sent(database, lease, leased);
}

Status DeliveryStore::want_transcode(
    Database& database, const DeliveryLease& lease, std::string_view syntax_uid, UnixMicros now
) const {
    EFFACE_ASSERT(!syntax_uid.empty());
    EFFACE_TRY(const LeasedDelivery leased, check_lease(database, lease, DeliveryState::kSending));
    const auto event =
        is_in_delivery(leased.job_state) ? DeliveryEvent::kWantTranscode : DeliveryEvent::kSuspend;
    EFFACE_TRY(const DeliveryState to, next_state(DeliveryState::kSending, event));
    EFFACE_CHECK(database.run(
        "UPDATE deliveries SET state = ?, due_at = ?, syntax_uid = ?, output_file = '', "
        "transcode_attempts = 0 WHERE job = ? AND destination = ?",
        {state_name(to), now, syntax_uid, lease.job, lease.destination}
    ));
    return unmark_sent(database, lease, leased);
}

Result<std::vector<Delivery>> DeliveryStore::claim_transcodes(
    Database& database, UnixMicros now, std::size_t count
) const {
    EFFACE_TRY(
        auto deliveries,
        read_deliveries(database.select(
            "SELECT " EFFACE_DELIVERY_COLUMNS " FROM deliveries JOIN jobs ON jobs.id = deliveries.job "
            "WHERE deliveries.state = 'transcode_wanted' AND deliveries.due_at <= ? "
            "ORDER BY deliveries.due_at LIMIT ?",
            {now, count}
        ))
    );
    for (Delivery& delivery : deliveries) {
        EFFACE_TRY(delivery.state, next_state(delivery.state, DeliveryEvent::kClaimTranscode));
        ++delivery.fence;
        EFFACE_CHECK(database.run(
            "UPDATE deliveries SET state = ?, fence = ?, transcode_attempts = transcode_attempts + 1 "
            "WHERE job = ? AND destination = ?",
            {state_name(delivery.state), delivery.fence, delivery.job, delivery.destination}
        ));
    }
    return deliveries;
}

Status DeliveryStore::transcoded(
    Database& database, const DeliveryLease& lease, const Transcoded& output, UnixMicros now
) const {
    EFFACE_ASSERT(!output.output_file.empty());
    EFFACE_CHECK(check_lease(database, lease, DeliveryState::kTranscoding));
    EFFACE_TRY(const DeliveryState to, next_state(DeliveryState::kTranscoding, DeliveryEvent::kTranscoded));
    return database.run(
        "UPDATE deliveries SET state = ?, due_at = ?, output_file = ?, output_digest = ?, output_bytes = ? "
        "WHERE job = ? AND destination = ?",
        {state_name(to), now, output.output_file, output.output_digest, output.output_bytes, lease.job,
         lease.destination}
    );
}

Result<DeliveryState> DeliveryStore::transcode_failed(
    Database& database, const DeliveryLease& lease, std::string_view reason, UnixMicros due_at
) const {
    EFFACE_TRY(const LeasedDelivery leased, check_lease(database, lease, DeliveryState::kTranscoding));
    const bool spent = leased.transcode_attempts >= kAttemptsMax;
    EFFACE_TRY(
        const DeliveryState to,
        next_state(DeliveryState::kTranscoding, spent ? DeliveryEvent::kFail : DeliveryEvent::kRetry)
    );
    EFFACE_CHECK(database.run(
        "UPDATE deliveries SET state = ?, due_at = ?, reason = ? WHERE job = ? AND destination = ?",
        {state_name(to), due_at, reason, lease.job, lease.destination}
    ));
    if (spent) {
        const DeliveryResult result{
            .outcome = DeliveryOutcome::kPermanent, .reason = std::string{reason}, .now = due_at};
        EFFACE_CHECK(settle_job(database, lease.job, leased.job_state, result));
    }
    return to;
}

Result<std::uint64_t> DeliveryStore::redeliver(
    Database& database, JobId job, std::string_view destination, UnixMicros now
) const {
    EFFACE_TRY(const JobState from, job_state(database, job));
    EFFACE_TRY(const JobState to, next_state(from, JobEvent::kRedeliver));
    EFFACE_TRY(const auto deliveries, find_deliveries(database, job));
    std::uint64_t count = 0;
    for (const Delivery& delivery : deliveries) {
        const bool asked = destination.empty() || destination == delivery.destination;
        const auto state = next_state(delivery.state, DeliveryEvent::kRedeliver);
        if (!asked || !state) {
            continue;
        }
        EFFACE_CHECK(database.run(
            "UPDATE deliveries SET state = ?, due_at = ?, attempts = 0, reason = '' "
            "WHERE job = ? AND destination = ?",
            {state_name(*state), now, job, delivery.destination}
        ));
        ++count;
    }
    if (count == 0) {
        return fail(Fault::kRefuse, "this job has no ended delivery to that destination");
    }
    EFFACE_CHECK(database.run(
        "UPDATE jobs SET state = ?, retention_from = 0, reason = '' WHERE id = ?", {state_name(to), job}
    ));
    return count;
}

Status DeliveryStore::hold_destination(
    Database& database, std::string_view destination, std::string_view by, UnixMicros now
) const {
    return database.run(
        "INSERT OR IGNORE INTO destination_holds (destination, held_by, held_at) VALUES (?, ?, ?)",
        {destination, by, now}
    );
}

Status DeliveryStore::release_destination(Database& database, std::string_view destination) const {
    return database.run("DELETE FROM destination_holds WHERE destination = ?", {destination});
}

Result<std::vector<Delivery>> find_deliveries(Database& database, JobId job) {
    return read_deliveries(database.select(
        "SELECT " EFFACE_DELIVERY_COLUMNS
        " FROM deliveries JOIN jobs ON jobs.id = deliveries.job WHERE deliveries.job = ? "
        "ORDER BY deliveries.destination",
        {job}
    ));
}

Result<bool> is_destination_held(Database& database, std::string_view destination) {
    EFFACE_TRY(
        auto rows, database.select("SELECT 1 FROM destination_holds WHERE destination = ?", {destination})
    );
    return rows.next();
}

Result<std::vector<HeldDestination>> held_destinations(Database& database) {
    EFFACE_TRY(
        auto rows,
        database.select("SELECT destination, held_by, held_at FROM destination_holds ORDER BY destination")
    );
    std::vector<HeldDestination> out;
    for (;;) {
        EFFACE_TRY(const bool any, rows.next());
        if (!any) {
            return out;
        }
        out.push_back({rows.text(0), rows.text(1), rows.integer(2)});
    }
}

Result<bool> was_sent(Database& database, std::string_view new_instance_uid) {
    EFFACE_TRY(
        auto rows, database.select(
                       "SELECT 1 FROM jobs JOIN deliveries ON deliveries.job = jobs.id "
                       "WHERE jobs.new_instance_uid = ? AND jobs.new_instance_uid <> '' "
                       "AND deliveries.sent_at <> 0 "
                       "UNION ALL SELECT 1 FROM former_outputs WHERE new_instance_uid = ?1 LIMIT 1",
                       {new_instance_uid}
                   )
    );
    return rows.next();
}

}  // namespace efface::db
