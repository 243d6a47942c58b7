// A dispatcher with a real store, spool and worker pool, and a fake worker that does what each work
// order's forced rule tells it (tests/unit/node/workers/fake_worker.cpp).
#pragma once

#include "config/json.h"
#include "db/audit/audit_query.h"
#include "db/jobs/delivery_store.h"
#include "node/dispatch/dispatcher.h"
#include "tests/unit/db/temporary_store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace efface::node {

/// The system's clock, moved on by hand.
class MovedClock final : public Clock {
public:
    std::atomic<UnixMicros> moved = 0;

    UnixMicros now() const override { return system_environment().clock.now() + moved; }

    std::chrono::nanoseconds monotonic() const override { return system_environment().clock.monotonic(); }
};

class DispatchTest : public ::testing::Test {
protected:
    static constexpr std::string_view kRulesInForce = R"(
[[rule]]
name = "hold-series"
match.modality = "CT"
profile = "basic"
pixel_policy = "header-only"
destinations = ["archive"]
hold = "series"

[[rule]]
name = "hold-study"
match.modality = "MR"
profile = "basic"
pixel_policy = "header-only"
destinations = ["archive"]
hold = "study"

[[rule]]
name = "masks"
match.modality = "US"
profile = "basic"
pixel_policy = "header-only"
destinations = ["archive"]
pixels.blacken = [[8, 8, 24, 32]]
pixels.mask_segmentation = true

[[rule]]
name = "ct"
profile = "basic"
pixel_policy = "header-only"
destinations = ["archive"]
)";

    void SetUp() override { start(); }

    void TearDown() override { stop(); }

    void start(std::string_view rules = kRulesInForce) {
        writer_.emplace(store_.database, environment_.files);
        writer_thread_ = std::thread{[this] { writer_->run(); }};
        pool_.emplace(
            WorkerProgram{.path = EFFACE_FAKE_WORKER, .configuration = "{}"},
            WorkerPoolLimits{.unit_deadline = std::chrono::minutes{1}}
        );
        cleaner_ = std::thread{[this] { pool_->run_cleaner(); }};
        gatekeeper_ = std::thread{[this] { pool_->run_gatekeeper(); }};
        dispatcher_.emplace(
            DispatchParts{
                .environment = environment_,
                .spool = spool_,
                .writer = *writer_,
                .audit = audit_,
                .identity = identity_,
                .metrics = metrics_,
                .pool = *pool_,
                .projects = projects(rules),
                .software_version = "test",
                .deliveries_due = [this](const std::vector<std::string>& names) { due_ += names.size(); }},
            DispatchOptions{
                .retry_delay = std::chrono::milliseconds{1}, .poll = std::chrono::milliseconds{20}}
        );
        dispatch_thread_ = std::thread{[this] { dispatcher_->run(); }};
    }

    /// As the node drains.
    void stop() {
        if (!dispatch_thread_.joinable()) {
            return;
        }
        dispatcher_->stop();
        dispatch_thread_.join();
        pool_->stop();
        cleaner_.join();
        pool_->stop_gatekeepers();
        gatekeeper_.join();
        writer_->stop();
        writer_thread_.join();
    }

    /// A job whose work order tells the fake worker what to do; its original is not there.
    static db::ReceivedJob ordered(const std::string& name, const std::string& behaviour) {
        db::ReceivedJob job = db::testing::synthetic_job(name);
        pipeline::WorkOrder order{.project = job.project};
        order.sop_instance_uid = job.sop_instance_uid;
        order.transfer_syntax_uid = job.transfer_syntax_uid;
        order.forced_rule = behaviour;
        job.work_order = Phi{dump_json(pipeline::to_json(order))};
        return job;
    }

    db::JobId receive(const std::string& name, const std::string& behaviour) {
        pipeline::SpoolFile file = db::testing::must(spool_.begin_original());
        db::testing::must(spool_.append(file, std::as_bytes(std::span{name})));
        db::testing::must(spool_.publish(file));
        db::ReceivedJob job = ordered(name, behaviour);
        job.spool_file = file.name;
        return receive(job);
    }

    db::JobId receive(const db::ReceivedJob& job) {
        db::JobId id = 0;
        write([&](db::Database& database) -> Status {
            EFFACE_TRY(const db::Reception reception, store_.jobs.receive(database, job));
            id = reception.job;
            return {};
        });
        dispatcher_->notify();
        return id;
    }

    void write(const std::function<Status(db::Database&)>& work) { db::testing::must(writer_->call(work)); }

    db::Job job(db::JobId id) {
        auto reader = db::testing::must(db::open_store_reader(store_.path));
        return *db::testing::must(db::find_job(reader, id));
    }

    db::Delivery delivery(db::JobId id) {
        auto reader = db::testing::must(db::open_store_reader(store_.path));
        return db::testing::must(db::find_deliveries(reader, id)).at(0);
    }

    std::vector<db::AuditRow> rows(db::AuditEvent event) {
        auto reader = db::testing::must(db::open_store_reader(store_.path));
        return db::testing::must(db::query_audit(reader, {.event = event}));
    }

    bool eventually(const std::function<bool()>& condition) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::minutes{1};
        while (!condition()) {
            if (std::chrono::steady_clock::now() > until) {
                return false;
            }
            // Between two looks at the condition: rows of another thread's writer notify nobody.
            std::this_thread::sleep_for(std::chrono::milliseconds{2});
        }
        return true;
    }

    void wait_for(db::JobId id, db::JobState state) {
        EXPECT_TRUE(eventually([&] { return job(id).state == state; }))
            << "is " << db::state_name(job(id).state) << ": " << job(id).reason;
    }

    std::size_t output_count() { return db::testing::must(spool_.list_outputs()).size(); }

    static rules::ProjectKey key() {
        std::array<std::uint8_t, rules::kKeyBytes> bytes{};
        bytes[0] = 1;
        return *rules::ProjectKey::from_bytes(bytes);
    }

    std::unordered_map<std::string, DispatchProject> projects(std::string_view rules) {
        auto parsed = rules::RuleSet::parse(rules, "test.toml");
        EFFACE_ASSERT(parsed.has_value());
        rules_ = std::move(*parsed);
        std::unordered_map<std::string, DispatchProject> out;
        out.emplace(
            "trial",
            DispatchProject{
                .key_fingerprint = fingerprint_,
                .rules = rules_,
                .crosswalk = db::Crosswalk{SealKey{}, environment_.entropy}}
        );
        return out;
    }

    MovedClock clock_;
    Environment environment_{clock_, system_environment().entropy, system_environment().files};
    rules::RuleSet rules_;
    std::string fingerprint_ = "0badcafe";
    db::testing::TemporaryStore store_;
    pipeline::Spool spool_ =
        db::testing::must(pipeline::Spool::open(environment_, store_.directory.file("spool")));
    db::AuditLog audit_;
    AuditIdentity identity_{key()};
    Metrics metrics_;
    std::atomic<std::size_t> due_{0};
    std::optional<db::Writer> writer_;
    std::optional<WorkerPool> pool_;
    std::optional<Dispatcher> dispatcher_;
    std::thread writer_thread_;
    std::thread cleaner_;
    std::thread gatekeeper_;
    std::thread dispatch_thread_;
};

}  // namespace efface::node
