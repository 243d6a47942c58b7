// Lane: one worker of one destination. Claims a batch of due deliveries, sends them one after another
// through its carrier, each with its companion behind it (companion.h), and writes each outcome with its
// audit row in one transaction.
//
//   resting -> claiming -> preparing -> sending ... sending -> claiming
//      ^_________|  nothing due          | could not prepare: given back, the destination backs off
//
// Thread rule: confined to the forwarding thread (one io_context, one thread).
#pragma once

#include "config/environment.h"
#include "db/audit/audit_log.h"
#include "db/jobs/delivery_store.h"
#include "db/jobs/job_store.h"
#include "db/sqlite/writer.h"
#include "node/forward/back_off.h"
#include "node/forward/carrier.h"
#include "node/identity/audit_identity.h"
#include "node/metrics/metrics.h"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace efface::node {

struct LaneParts {
    Environment& environment;
    db::Writer& writer;
    db::AuditLog& audit;
    const AuditIdentity& identity;
    Metrics& metrics;
    /// Runs something on the forwarding thread, later.
    std::function<void(std::function<void()>)> post;
    /// A job must be worked on again: an output is gone or a transcoding is wanted. Any thread.
    std::function<void()> jobs_changed;
    /// Removes an output that is made again, should its file be there.
    std::function<void(const std::string& name)> drop_output;
};

class Lane : public std::enable_shared_from_this<Lane> {
public:
    Lane(
        LaneParts parts, std::string destination, std::unique_ptr<Carrier> carrier,
        std::shared_ptr<BackOff> back_off
    );

    /// There may be something due.
    void wake();
    /// Gives back what is not under way; `done` once nothing is.
    void drain(std::function<void()> done);

    bool idle() const { return state_ == State::kResting; }

private:
    enum class State : std::uint8_t { kResting, kClaiming, kPreparing, kSending };

    /// One delivery of a batch.
    struct Item {
        db::Delivery delivery;
        /// The answer to its output, once that was confirmed and the companion is still to be sent.
        std::optional<Carried> output{};
    };

    void claim();
    void claimed(std::vector<db::Delivery> batch);
    void prepare();
    void prepared(const Carried& carried);
    void send_next();
    void send(Item item);
    void sent(Item item, const Carried& came);
    void send_companion(Item item, const Carried& output);
    void write_result(const db::Delivery& delivery, const Carried& carried);
    void give_back_all(UnixMicros due_at);
    void rest();
    db::AuditEntry entry_for(const db::Delivery& delivery, const Carried& carried, UnixMicros now) const;
    /// Work on the writer thread, then `done` (if any) on the forwarding thread.
    void write(std::function<Status(db::Database&)> work, std::function<void(const Status&)> done);

    LaneParts parts_;
    const std::string destination_;
    std::unique_ptr<Carrier> carrier_;
    std::shared_ptr<BackOff> back_off_;
    const db::DeliveryStore deliveries_{};
    const db::JobStore jobs_{};

    State state_ = State::kResting;
    bool woken_ = false;
    bool draining_ = false;
    std::function<void()> drained_;
    std::deque<Item> batch_;
};

}  // namespace efface::node
