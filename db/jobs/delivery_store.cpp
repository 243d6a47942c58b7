// Claiming and completing deliveries.
#include "db/jobs/delivery_store.h"

#include "config/assert.h"
#include "db/jobs/delivery_row.h"
#include "db/jobs/job_row.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace efface::db {

namespace {

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
struct FoundSent {
    SentBefore by_this_job = SentBefore::kNothing;
    bool this_content = false;
};

Result<FoundSent> look_up_sent(Database& database, const Delivery& delivery) {
    EFFACE_TRY(
        auto rows, database.select(
                       "SELECT deliveries.job, deliveries.sent_digest FROM jobs "
                       "JOIN deliveries ON deliveries.job = jobs.id "
                       "WHERE jobs.new_instance_uid = ? AND jobs.new_instance_uid <> '' "
                       "AND deliveries.destination = ? AND deliveries.sent_at <> 0",
                       {delivery.new_instance_uid, delivery.destination}
                   )
    );
    FoundSent sent;
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
    EFFACE_TRY(const FoundSent sent, look_up_sent(database, delivery));
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

}  // namespace

Result<JobState> DeliveryStore::complete(
    Database& database, const DeliveryLease& lease, const DeliveryResult& result
) const {
    EFFACE_TRY(const LeasedDelivery leased, check_delivery_lease(database, lease, DeliveryState::kSending));
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
    if (!confirmed) {
        EFFACE_CHECK(unmark_sent(database, lease, leased, result.sent));
    }
    return settle_job(database, lease.job, leased.job_state, result);
}

Status DeliveryStore::give_back(Database& database, const DeliveryLease& lease, UnixMicros due_at, Sent sent)
    const {
    EFFACE_TRY(const LeasedDelivery leased, check_delivery_lease(database, lease, DeliveryState::kSending));
    const auto event = is_in_delivery(leased.job_state) ? DeliveryEvent::kRequeue : DeliveryEvent::kSuspend;
    EFFACE_TRY(const DeliveryState to, next_state(DeliveryState::kSending, event));
    EFFACE_CHECK(database.run(
        "UPDATE deliveries SET state = ?, due_at = ?, attempts = max(attempts - 1, 0) "
        "WHERE job = ? AND destination = ?",
        {state_name(to), due_at, lease.job, lease.destination}
    ));
    return unmark_sent(database, lease, leased, sent);
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

}  // namespace efface::db
