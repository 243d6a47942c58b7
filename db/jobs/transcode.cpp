// A second output for one destination, whose peer refuses the syntax of the first.
#include "config/assert.h"
#include "db/jobs/delivery_row.h"
#include "db/jobs/job_store.h"

namespace efface::db {

Status DeliveryStore::want_transcode(
    Database& database, const DeliveryLease& lease, std::string_view syntax_uid, UnixMicros now
) const {
    EFFACE_ASSERT(!syntax_uid.empty());
    EFFACE_TRY(const LeasedDelivery leased, check_delivery_lease(database, lease, DeliveryState::kSending));
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
    EFFACE_CHECK(check_delivery_lease(database, lease, DeliveryState::kTranscoding));
    EFFACE_TRY(const DeliveryState to, next_state(DeliveryState::kTranscoding, DeliveryEvent::kTranscoded));
    return database.run(
        "UPDATE deliveries SET state = ?, due_at = ?, output_file = ?, output_digest = ?, output_bytes = ? "
        "WHERE job = ? AND destination = ?",
        {state_name(to), now, output.output_file, output.output_digest, output.output_bytes, lease.job,
         lease.destination}
    );
}

Result<DeliveryState> DeliveryStore::transcode_failed(
    Database& database, const DeliveryLease& lease, std::string_view reason, UnixMicros due_at, bool for_good
) const {
    EFFACE_TRY(
        const LeasedDelivery leased, check_delivery_lease(database, lease, DeliveryState::kTranscoding)
    );
    const bool spent = for_good || leased.transcode_attempts >= kAttemptsMax;
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

}  // namespace efface::db
