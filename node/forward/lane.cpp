#include "node/forward/lane.h"

#include "config/assert.h"
#include "config/json.h"
#include "node/forward/companion.h"

#include <utility>

namespace efface::node {

namespace {

constexpr std::size_t kBatchMax = 64;

db::DeliveryOutcome outcome_of(Carried::Result result) {
    switch (result) {
        case Carried::Result::kDelivered:
            return db::DeliveryOutcome::kDelivered;
        case Carried::Result::kWarning:
            return db::DeliveryOutcome::kWarning;
        case Carried::Result::kPermanent:
        case Carried::Result::kUnsupported:
            return db::DeliveryOutcome::kPermanent;
        case Carried::Result::kRetry:
        case Carried::Result::kOutputGone:
            return db::DeliveryOutcome::kRetry;
    }
    return db::DeliveryOutcome::kRetry;
}

db::AuditEvent event_of(db::DeliveryOutcome outcome) {
    switch (outcome) {
        case db::DeliveryOutcome::kDelivered:
            return db::AuditEvent::kDelivered;
        case db::DeliveryOutcome::kWarning:
            return db::AuditEvent::kDeliveryWarning;
        case db::DeliveryOutcome::kRetry:
            return db::AuditEvent::kDeliveryRetry;
        case db::DeliveryOutcome::kPermanent:
            return db::AuditEvent::kDeliveryFailed;
    }
    return db::AuditEvent::kDeliveryFailed;
}

db::AuditOutcome audit_outcome_of(db::DeliveryOutcome outcome) {
    switch (outcome) {
        case db::DeliveryOutcome::kDelivered:
            return db::AuditOutcome::kSuccess;
        case db::DeliveryOutcome::kWarning:
        case db::DeliveryOutcome::kRetry:
            return db::AuditOutcome::kWarning;
        case db::DeliveryOutcome::kPermanent:
            return db::AuditOutcome::kFailure;
    }
    return db::AuditOutcome::kFailure;
}

/// How much of the instance may have left in this attempt.
std::string_view sent_name(db::Sent sent) {
    switch (sent) {
        case db::Sent::kNothing:
            return "nothing";
        case db::Sent::kPart:
            return "part";
        case db::Sent::kWhole:
            break;
    }
    return "whole";
}

db::DeliveryLease lease_of(const db::Delivery& delivery) {
    return {.job = delivery.job, .destination = delivery.destination, .fence = delivery.fence};
}

}  // namespace

Lane::Lane(
    LaneParts parts, std::string destination, std::unique_ptr<Carrier> carrier,
    std::shared_ptr<BackOff> back_off
)
    : parts_{std::move(parts)},
      destination_{std::move(destination)},
      carrier_{std::move(carrier)},
      back_off_{std::move(back_off)} {}

void Lane::write(std::function<Status(db::Database&)> work, std::function<void(const Status&)> done) {
    auto self = shared_from_this();
    const Status queued = parts_.writer.submit(
        {.work = std::move(work),
         .done =
             [self, done](const Status& committed) {
                 if (done) {
                     self->parts_.post([done, committed] { done(committed); });
                 }
             },
         .directories = {},
         .may_wait = true}
    );
    if (!queued && done) {
        parts_.post([done, queued] { done(queued); });
    }
}

void Lane::wake() {
    woken_ = true;
    if (state_ == State::kResting && !draining_ &&
        parts_.environment.clock.now() >= back_off_->not_before()) {
        claim();
    }
}

void Lane::claim() {
    state_ = State::kClaiming;
    woken_ = false;
    auto batch = std::make_shared<std::vector<db::Delivery>>();
    const UnixMicros now = parts_.environment.clock.now();
    write(
        [self = shared_from_this(), batch, now](db::Database& database) -> Status {
            EFFACE_TRY(*batch, self->deliveries_.claim(database, self->destination_, now, kBatchMax));
            return {};
        },
        [self = shared_from_this(), batch](const Status& committed) {
            self->claimed(committed ? std::move(*batch) : std::vector<db::Delivery>{});
        }
    );
}

void Lane::claimed(std::vector<db::Delivery> batch) {
    EFFACE_ASSERT(state_ == State::kClaiming);
    for (db::Delivery& delivery : batch) {
        batch_.push_back({.delivery = std::move(delivery)});
    }
    if (batch_.empty()) {
        rest();
        return;
    }
    if (draining_) {
        give_back_all(parts_.environment.clock.now());
        rest();
        return;
    }
    prepare();
}

void Lane::prepare() {
    state_ = State::kPreparing;
    std::vector<db::Delivery> batch;
    for (const Item& item : batch_) {
        batch.push_back(item.delivery);
    }
    carrier_->prepare(batch, [self = shared_from_this()](Carried carried) { self->prepared(carried); });
}

void Lane::prepared(const Carried& carried) {
    if (carried.result == Carried::Result::kDelivered) {
        state_ = State::kSending;
        send_next();
        return;
    }
    // Nothing is wrong with these instances: the destination cannot be reached. One audit row says so.
    const UnixMicros due_at = back_off_->failed();
    parts_.metrics.add(Counter::kDeliveriesRetried, batch_.size());
    db::AuditEntry entry{
        .event = db::AuditEvent::kDeliveryRetry,
        .outcome = db::AuditOutcome::kWarning,
        .at = parts_.environment.clock.now(),
        .peer = destination_,
        .reason = carried.reason,
        .detail = dump_json(Json{{"instances_waiting", batch_.size()}, {"next_attempt_at_us", due_at}}),
    };
    write(
        [self = shared_from_this(), entry](db::Database& database) -> Status {
            EFFACE_TRY([[maybe_unused]] const std::uint64_t seq, self->parts_.audit.append(database, entry));
            return {};
        },
        {}
    );
    give_back_all(due_at);
    rest();
}

void Lane::send_next() {
    if (draining_) {
        give_back_all(parts_.environment.clock.now());
    }
    if (batch_.empty()) {
        if (draining_) {
            rest();
        } else {
            claim();
        }
        return;
    }
    Item item = std::move(batch_.front());
    batch_.pop_front();
    send(std::move(item));
}

void Lane::send(Item item) {
    const db::Delivery next = item.output ? companion_of(item.delivery) : item.delivery;
    carrier_->send(next, [self = shared_from_this(), item = std::move(item)](Carried carried) {
        self->sent(item, carried);
    });
}

void Lane::send_companion(Item item, const Carried& output) {
    item.output = output;
    if (output.usable) {
        send(std::move(item));  // Also while draining: the delivery is under way.
        return;
    }
    batch_.push_front(std::move(item));
    draining_ ? send_next() : prepare();
}

void Lane::sent(Item item, const Carried& came) {
    const bool confirmed =
        came.result == Carried::Result::kDelivered || came.result == Carried::Result::kWarning;
    if (confirmed && !item.output && item.delivery.companion.exists()) {
        send_companion(std::move(item), came);
        return;
    }
    const Carried carried = item.output ? of_both(*item.output, came) : came;
    write_result(item.delivery, carried);
    if (carried.result == Carried::Result::kRetry) {
        back_off_->failed();
    } else {
        back_off_->succeeded();
    }
    if (carried.usable) {
        send_next();
    } else if (carried.result == Carried::Result::kRetry) {
        // The association broke: the rest of the batch waits like this instance.
        give_back_all(back_off_->not_before());
        rest();
    } else {
        batch_.empty() ? send_next() : prepare();
    }
}

db::AuditEntry Lane::entry_for(const db::Delivery& delivery, const Carried& carried, UnixMicros now) const {
    const db::DeliveryOutcome outcome = outcome_of(carried.result);
    Json detail{{"destination", destination_},     {"status", carried.status},
                {"alarm", carried.alarm},          {"attempt", delivery.attempts},
                {"sent", sent_name(carried.sent)}, {"output_digest", to_hex(delivery.output_digest)},
                {"bytes", delivery.output_bytes}};
    if (delivery.companion.exists()) {
        detail["mask_segmentation"] = {
            {"sop_instance_uid", delivery.companion.instance_uid},
            {"digest", to_hex(delivery.companion.digest)},
            {"bytes", delivery.companion.bytes}};
    }
    return {
        .event = event_of(outcome),
        .outcome = audit_outcome_of(outcome),
        .at = now,
        .project = delivery.project,
        .peer = destination_,
        .job = delivery.job,
        .instance_hash = parts_.identity.instance(delivery.sop_instance_uid.reveal()),
        .study_hash = parts_.identity.study(delivery.study_uid.reveal()),
        .new_instance_uid = delivery.new_instance_uid,
        .new_study_uid = delivery.new_study_uid,
        .rule = delivery.rule,
        .reason = carried.reason,
        .detail = dump_json(detail),
    };
}

void Lane::write_result(const db::Delivery& delivery, const Carried& carried) {
    const UnixMicros now = parts_.environment.clock.now();
    if (carried.result == Carried::Result::kUnsupported && !carried.transcode_to.empty()) {
        write(
            [self = shared_from_this(), delivery, syntax = carried.transcode_to, now](db::Database& database
            ) { return self->deliveries_.want_transcode(database, lease_of(delivery), syntax, now); },
            [jobs_changed = parts_.jobs_changed](const Status&) { jobs_changed(); }
        );
        return;
    }
    if (carried.result == Carried::Result::kOutputGone) {
        write(
            [self = shared_from_this(), delivery, entry = entry_for(delivery, carried, now), now,
             sent = carried.sent](db::Database& database) -> Status {
                db::AuditEntry lost = entry;
                lost.event = db::AuditEvent::kOutputLost;
                EFFACE_CHECK(self->deliveries_.give_back(database, lease_of(delivery), now, sent));
                EFFACE_CHECK(self->jobs_.output_lost(database, delivery.job, now));
                EFFACE_TRY(
                    [[maybe_unused]] const std::uint64_t seq, self->parts_.audit.append(database, lost)
                );
                return {};
            },
            [self = shared_from_this(), delivery](const Status& committed) {
                if (committed) {
                    self->parts_.drop_output(delivery.output_file);
                }
                if (committed && delivery.companion.exists()) {
                    self->parts_.drop_output(delivery.companion.file);
                }
                self->parts_.jobs_changed();
            }
        );
        return;
    }
    db::DeliveryResult result{
        .outcome = outcome_of(carried.result),
        .status = carried.status,
        .reason = carried.reason,
        .now = now,
        .due_at = now + back_off_->delay(delivery.attempts),
        .sent = carried.sent,
    };
    write(
        [self = shared_from_this(), delivery, result,
         entry = entry_for(delivery, carried, now)](db::Database& database) -> Status {
            EFFACE_TRY(
                [[maybe_unused]] const auto state,
                self->deliveries_.complete(database, lease_of(delivery), result)
            );
            EFFACE_TRY([[maybe_unused]] const std::uint64_t seq, self->parts_.audit.append(database, entry));
            return {};
        },
        {}
    );
    switch (result.outcome) {
        case db::DeliveryOutcome::kWarning:
            parts_.metrics.add(Counter::kDeliveryWarnings);
            [[fallthrough]];
        case db::DeliveryOutcome::kDelivered:
            parts_.metrics.add(Counter::kInstancesDelivered);
            parts_.metrics.add(Counter::kDeliveredBytes, delivery.output_bytes + delivery.companion.bytes);
            parts_.metrics.add(Counter::kSegmentationsDelivered, delivery.companion.exists() ? 1 : 0);
            break;
        case db::DeliveryOutcome::kRetry:
            parts_.metrics.add(Counter::kDeliveriesRetried);
            break;
        case db::DeliveryOutcome::kPermanent:
            parts_.metrics.add(Counter::kDeliveriesFailed);
            break;
    }
}

void Lane::give_back_all(UnixMicros due_at) {
    if (batch_.empty()) {
        return;
    }
    auto batch = std::make_shared<std::deque<Item>>(std::exchange(batch_, {}));
    write(
        [self = shared_from_this(), batch, due_at](db::Database& database) -> Status {
            for (const Item& item : *batch) {
                const db::Sent sent = item.output ? db::Sent::kWhole : db::Sent::kNothing;
                EFFACE_CHECK(self->deliveries_.give_back(database, lease_of(item.delivery), due_at, sent));
            }
            return {};
        },
        {}
    );
}

void Lane::rest() {
    state_ = State::kResting;
    if (draining_) {
        carrier_->close();
        if (drained_) {
            std::exchange(drained_, nullptr)();
        }
        return;
    }
    if (woken_) {
        wake();
    } else {
        carrier_->rest();
    }
}

void Lane::drain(std::function<void()> done) {
    draining_ = true;
    drained_ = std::move(done);
    if (state_ == State::kResting) {
        rest();
    }
}

}  // namespace efface::node
