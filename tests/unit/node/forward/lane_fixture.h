// A lane with a real store, a scripted carrier, and a queue instead of the forwarding thread.
#pragma once

#include "db/audit/audit_query.h"
#include "node/forward/lane.h"
#include "tests/unit/db/temporary_store.h"

#include <gtest/gtest.h>

#include <deque>

namespace efface::node {

class HandClock final : public Clock {
public:
    UnixMicros at = 1'000'000'000;

    UnixMicros now() const override { return at; }

    std::chrono::nanoseconds monotonic() const override { return std::chrono::microseconds{at}; }
};

/// What the destination does, one entry per call.
struct Script {
    std::deque<Carried> prepares;
    std::deque<Carried> sends;
    int prepared = 0;
    int closed = 0;
    std::vector<db::JobId> sent;
    std::vector<std::string> uids;
};

class ScriptedCarrier final : public Carrier {
public:
    ScriptedCarrier(Script& script, std::function<void(std::function<void()>)> post)
        : script_{script}, post_{std::move(post)} {}

    void prepare(const std::vector<db::Delivery>&, Done done) override {
        ++script_.prepared;
        answer(script_.prepares, std::move(done));
    }

    void send(const db::Delivery& delivery, Done done) override {
        script_.sent.push_back(delivery.job);
        script_.uids.push_back(delivery.new_instance_uid);
        answer(script_.sends, std::move(done));
    }

    void rest() override {}

    void close() override { ++script_.closed; }

private:
    void answer(std::deque<Carried>& from, Done done) {
        Carried carried{.result = Carried::Result::kDelivered};
        if (!from.empty()) {
            carried = from.front();
            from.pop_front();
        }
        post_([done = std::move(done), carried] { done(carried); });
    }

    Script& script_;
    std::function<void(std::function<void()>)> post_;
};

class LaneTest : public ::testing::Test {
protected:
    LaneTest() {
        const auto post = [this](std::function<void()> work) { queue_.push_back(std::move(work)); };
        lane_ = std::make_shared<Lane>(
            LaneParts{
                .environment = environment_,
                .writer = writer_,
                .audit = audit_,
                .identity = identity_,
                .metrics = metrics_,
                .post = post,
                .jobs_changed = [this] { ++jobs_changed_; },
                .drop_output = [this](const std::string& name) { dropped_.push_back(name); }},
            "archive", std::make_unique<ScriptedCarrier>(script_, post),
            std::make_shared<BackOff>(environment_, std::chrono::seconds{1}, std::chrono::seconds{60})
        );
    }

    /// A job whose output waits for "archive".
    db::JobId cleared(
        const std::string& name, std::vector<std::string> destinations = {"archive"},
        db::Companion companion = {}
    ) {
        const db::JobId job =
            db::testing::must(store_.jobs.receive(store_.database, db::testing::synthetic_job(name))).job;
        const auto claimed = db::testing::must(store_.jobs.claim(store_.database, clock_.at, 1'000'000, 1));
        db::ClearedOutput output;
        output.rule = "r";
        output.new_instance_uid = "2.25." + std::to_string(job);
        output.new_study_uid = "2.25.1";
        output.new_series_uid = "2.25.2";
        output.output_file = "o" + name;
        output.output_digest = sha256(name);
        output.output_bytes = 10;
        output.output_syntax_uid = "1.2.840.10008.1.2.1";
        output.destinations = std::move(destinations);
        output.companion = std::move(companion);
        db::testing::must(store_.jobs.clear(store_.database, {job, claimed.front().fence}, output, clock_.at)
        );
        return job;
    }

    /// With a Segmentation of its mask.
    db::JobId cleared_with_companion(const std::string& name) {
        return cleared(
            name, {"archive"},
            {.instance_uid = "2.25.9" + name, .file = "c" + name, .digest = sha256("c" + name), .bytes = 5}
        );
    }

    /// The row of a delivery's outcome.
    db::AuditEntry row_of(db::AuditEvent event) {
        return db::testing::must(db::query_audit(store_.database, {.event = event})).at(0).entry;
    }

    db::Delivery delivery_of(db::JobId job) {
        return db::testing::must(db::find_deliveries(store_.database, job)).front();
    }

    /// Runs everything that is posted or queued for the database, until nothing is.
    void settle() {
        for (bool busy = true; busy;) {
            busy = writer_.run_once() > 0;
            while (!queue_.empty()) {
                const auto work = std::move(queue_.front());
                queue_.pop_front();
                work();
                busy = true;
            }
        }
    }

    db::DeliveryState state_of(db::JobId job) {
        return db::testing::must(db::find_deliveries(store_.database, job)).front().state;
    }

    std::size_t rows_of(db::AuditEvent event) {
        db::AuditFilter filter;
        filter.event = event;
        return db::testing::must(db::query_audit(store_.database, filter)).size();
    }

    HandClock clock_;
    Environment environment_{clock_, system_environment().entropy, system_environment().files};
    db::testing::TemporaryStore store_;
    db::Writer writer_{store_.database, system_environment().files};
    db::AuditLog audit_;
    AuditIdentity identity_{*rules::ProjectKey::from_bytes(std::array<std::uint8_t, 32>{1})};
    Metrics metrics_;
    Script script_;
    std::deque<std::function<void()>> queue_;
    int jobs_changed_ = 0;
    std::vector<std::string> dropped_;
    std::shared_ptr<Lane> lane_;
};

}  // namespace efface::node
