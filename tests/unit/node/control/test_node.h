// A store, a writer with its thread and what operators reach, in a directory of its own: the daemon as
// the control socket sees it, without network and workers. Synthetic jobs come from tests/unit/db.
#pragma once

#include "config/json.h"
#include "node/control/control_server.h"
#include "node/control/operation.h"
#include "pipeline/unit/work_order.h"
#include "tests/unit/db/temporary_store.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace efface::node::testing {

inline constexpr std::string_view kRule = "header-only";
inline constexpr UnixMicros kNow = 1'700'000'000'000'000;

class FixedClock final : public Clock {
public:
    UnixMicros now() const override { return at_.load(); }

    std::chrono::nanoseconds monotonic() const override { return std::chrono::microseconds{at_.load()}; }

    void advance(std::int64_t micros) { at_ += micros; }

private:
    std::atomic<UnixMicros> at_{kNow};
};

inline rules::ProjectKey key_of(std::uint8_t seed) {
    std::array<std::uint8_t, rules::kKeyBytes> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::uint8_t>(seed + i);
    }
    return *rules::ProjectKey::from_bytes(bytes);
}

class TestNode {
public:
    explicit TestNode(Settings settings) : settings_{std::move(settings)} {
        writer_thread_ = std::thread{[this] { writer_.run(); }};
    }

    TestNode()
        : TestNode{[] {
              const std::string directory = db::testing::must(make_directory());
              return Settings::embedded(directory);
          }()} {}

    ~TestNode() {
        stop_server();
        writer_.stop();
        writer_thread_.join();
        std::error_code ignored;
        std::filesystem::remove_all(settings_.node.state_directory, ignored);
    }

    TestNode(const TestNode&) = delete;
    TestNode& operator=(const TestNode&) = delete;

    const Settings& settings() const { return settings_; }

    const AuditIdentity& identity() const { return identity_; }

    FixedClock& clock() { return clock_; }

    /// Work on the store as the node's other parts do it.
    void write(const std::function<Status(db::Database&)>& work) { db::testing::must(writer_.call(work)); }

    ControlParts parts() {
        return {
            .environment = environment_,
            .writer = writer_,
            .audit = audit_,
            .settings = settings_,
            .identity = identity_,
            .projects =
                {{.name = "demo",
                  .key_fingerprint = "0badcafe",
                  .rule_digest = sha256("the rules in force"),
                  .rules_file_name = "built-in",
                  .rule_names = {std::string{kRule}}}},
            .software_version = "0.1.0",
            .run_blocking = [](std::function<void()> work) { work(); },
            .jobs_changed = [this] { ++jobs_changed; },
            .deliveries_changed = [this](std::string_view) { ++deliveries_changed; },
            .live_status =
                [] {
                    return Json{{"uptime_seconds", 90}, {"workers", 2}, {"not_ready_because", ""}};
                },
        };
    }

    ControlResult read(std::string_view operation, const Json& arguments = Json::object()) {
        const OperationRow* row = find_operation(operation);
        EFFACE_ASSERT(row != nullptr && row->read != nullptr);
        return row->read(
            {.database = reader_, .settings = settings_, .identity = &identity_, .now = clock_.now()},
            arguments
        );
    }

    ControlResult change(std::string_view operation, const Json& arguments = Json::object()) {
        const OperationRow* row = find_operation(operation);
        EFFACE_ASSERT(row != nullptr && row->change != nullptr);
        const ControlParts given = parts();
        return row->change(
            {.parts = given, .database = reader_, .who = {.uid = 1000, .name = "tester"}}, arguments
        );
    }

    // One instance of the study 1.2.1 and what becomes of it; each returns the job's number. The oldest
    // job that waits is the one that is worked on: call receive() last.

    db::JobId receive(const std::string& instance, const std::string& content = "first") {
        db::ReceivedJob job = db::testing::synthetic_job(instance, content);
        job.project = "demo";
        job.accepted_at = clock_.now();
        job.work_order = Phi{dump_json(pipeline::to_json(pipeline::WorkOrder{
            .project = "demo",
            .original_digest = job.original_digest,
            .original_bytes = job.original_bytes,
            .sop_class_uid = job.sop_class_uid,
            .sop_instance_uid = job.sop_instance_uid,
            .transfer_syntax_uid = job.transfer_syntax_uid,
            .accepted_at = job.accepted_at,
            .software_version = "0.0.9"}))};
        db::JobId id = 0;
        write([&](db::Database& database) -> Status {
            EFFACE_TRY(const db::Reception reception, jobs_.receive(database, job));
            id = reception.job;
            return append(database, audit_entry(id, instance, db::AuditEvent::kReceived));
        });
        return id;
    }

    db::JobId quarantine(const std::string& instance, const std::string& reason = "no proof") {
        const db::JobId id = receive(instance);
        write([&](db::Database& database) -> Status {
            EFFACE_TRY(const auto claimed, jobs_.claim(database, clock_.now(), 1000, 1));
            EFFACE_CHECK(jobs_.quarantine(database, {id, claimed.at(0).fence}, "", reason));
            db::AuditEntry entry = audit_entry(id, instance, db::AuditEvent::kQuarantined);
            entry.outcome = db::AuditOutcome::kFailure;
            entry.reason = reason;
            return append(database, entry);
        });
        return id;
    }

    db::JobId clear(const std::string& instance) {
        const db::JobId id = receive(instance);
        write([&](db::Database& database) -> Status {
            EFFACE_TRY(const auto claimed, jobs_.claim(database, clock_.now(), 1000, 1));
            auto output = db::testing::synthetic_output(instance);
            if (masks) {
                output.companion = {
                    .instance_uid = std::string{kMaskUid},
                    .file = "c" + instance,
                    .digest = sha256(kMaskUid),
                    .bytes = 70};
            }
            EFFACE_TRY(
                [[maybe_unused]] const auto state,
                jobs_.clear(database, {id, claimed.at(0).fence}, output, clock_.now())
            );
            db::AuditEntry entry = audit_entry(id, instance, db::AuditEvent::kCleaned);
            entry.new_instance_uid = output.new_instance_uid;
            entry.new_study_uid = output.new_study_uid;
            entry.rule = output.rule;
            entry.detail = dump_json(with_mask(receipt()));
            return append(database, entry);
        });
        return id;
    }

    db::JobId deliver(const std::string& instance) {
        const db::JobId id = clear(instance);
        write([&](db::Database& database) -> Status {
            EFFACE_TRY(const auto claimed, deliveries_.claim(database, "archive", clock_.now(), 1));
            EFFACE_TRY(
                [[maybe_unused]] const auto state,
                deliveries_.complete(
                    database, db::testing::lease_of(claimed.at(0)),
                    {.outcome = db::DeliveryOutcome::kDelivered, .now = clock_.now()}
                )
            );
            db::AuditEntry entry = audit_entry(id, instance, db::AuditEvent::kDelivered);
            entry.peer = "archive";
            entry.new_instance_uid = claimed.at(0).new_instance_uid;
            entry.detail = dump_json(with_mask(Json{{"destination", "archive"}}));
            return append(database, entry);
        });
        return id;
    }

    db::JobState state_of(db::JobId job) { return db::testing::must(db::find_job(reader_, job))->state; }

    db::Database& reader() { return reader_; }

    /// The socket, served by a thread of its own until the node ends or stop_server().
    void serve(ControlOptions options = {}) {
        server_ = db::testing::must(ControlServer::listen(io_, parts(), options));
        server_thread_ = std::thread{[this] { io_.run(); }};
    }

    void stop_server() {
        if (server_) {
            server_->stop();
            guard_.reset();
            server_thread_.join();
            server_.reset();
        }
    }

    static constexpr std::string_view kMaskUid = "2.25.91";
    bool masks = false;  ///< What is cleared has a Segmentation of its mask, kMaskUid.
    std::atomic<int> jobs_changed{0};
    std::atomic<int> deliveries_changed{0};

private:
    static Result<std::string> make_directory() {
        std::string pattern = (std::filesystem::temp_directory_path() / "efface-node-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) {
            return fail(Fault::kHalt, "cannot make a temporary directory");
        }
        return pattern;
    }

    Json with_mask(Json detail) const {
        if (masks) {
            detail["mask_segmentation"] = {{"sop_instance_uid", kMaskUid}, {"digest", "ef"}, {"bytes", 70}};
        }
        return detail;
    }

    static Json receipt() {
        return {
            {"receipt", "efface-receipt/1"},
            {"work_order",
             {{"project", "demo"},
              {"rule_digest", "ab"},
              {"software_version", "0.1.0"},
              {"decision", "none"}}},
            {"rule", "ct"},
            {"pixel_policy", "header-only"},
            {"table_edition", "2026d"},
            {"actions", {{"D", 1}, {"Z", 2}, {"X", 3}, {"K", 4}, {"C", 0}, {"U", 5}}},
            {"facts", Json::array({"retired overlay bits cleared"})},
            {"output", {{"digest", "cd"}, {"bytes", 900}}},
            {"gate", "passed"},
        };
    }

    db::AuditEntry audit_entry(db::JobId job, const std::string& instance, db::AuditEvent event) {
        return {
            .event = event,
            .at = clock_.now(),
            .project = "demo",
            .peer = "ct-1",
            .job = job,
            .instance_hash = identity_.instance("1.2.3." + instance),
            .study_hash = identity_.study("1.2.1"),
        };
    }

    Status append(db::Database& database, const db::AuditEntry& entry) {
        EFFACE_TRY([[maybe_unused]] const std::uint64_t seq, audit_.append(database, entry));
        return {};
    }

    const Settings settings_;
    FixedClock clock_;
    Environment environment_{clock_, system_environment().entropy, system_environment().files};
    const AuditIdentity identity_{key_of(1)};
    db::Database database_ = db::testing::must(db::open_store(settings_.node.database_path));
    db::AuditLog audit_;
    db::JobStore jobs_;
    db::DeliveryStore deliveries_;
    db::Writer writer_{database_, environment_.files};
    std::thread writer_thread_;
    db::Database reader_ = db::testing::must(db::open_store_reader(settings_.node.database_path));
    boost::asio::io_context io_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{io_.get_executor()};
    std::unique_ptr<ControlServer> server_;
    std::thread server_thread_;
};

}  // namespace efface::node::testing
