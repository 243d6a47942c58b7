// What the node does by the clock: nothing waits for ever, and nothing goes before its time.
// Method: a real store and spool, a clock in the test's hand, one pass after another.
#include "node/runtime/maintenance.h"

#include "db/audit/audit_query.h"
#include "tests/unit/db/temporary_store.h"

#include <gtest/gtest.h>

namespace efface::node {
namespace {

using db::testing::must;

class HandClock final : public Clock {
public:
    UnixMicros at = 1'000'000'000'000;

    UnixMicros now() const override { return at; }

    std::chrono::nanoseconds monotonic() const override { return std::chrono::microseconds{at}; }
};

class MaintenanceTest : public ::testing::Test {
protected:
    MaintenanceTest() {
        settings_ = Settings::embedded(store_.directory.path());
        const auto run_blocking = [](const std::function<void()>& work) { work(); };
        admission_.emplace(AdmissionParts{
            .environment = environment_,
            .settings = settings_,
            .writer = writer_,
            .audit = audit_,
            .metrics = metrics_,
            .log = log_,
            .run_blocking = run_blocking});
        ingest_.emplace(
            IngestParts{
                .environment = environment_,
                .spool = spool_,
                .writer = writer_,
                .audit = audit_,
                .identity = identity_,
                .metrics = metrics_,
                .run_blocking = run_blocking,
                .job_received = [] {},
                .peer_name = [](const AssociationFacts&) { return std::string{}; }},
            IngestOptions{}
        );
        maintenance_.emplace(MaintenanceParts{
            .environment = environment_,
            .settings = settings_,
            .spool = spool_,
            .writer = writer_,
            .audit = audit_,
            .identity = identity_,
            .metrics = metrics_,
            .log = log_,
            .ingest = *ingest_,
            .admission = *admission_,
            .hold_quiet = std::chrono::milliseconds{1000},
            .jobs_changed = [] {},
            .all_deliveries_due = [] {}});
    }

    /// Enough passes that everything that is looked at now and then was looked at.
    void pass_often() {
        for (int i = 0; i < 60; ++i) {
            clock_.at += 1'000'000;
            maintenance_->pass();
            while (writer_.run_once() > 0) {
            }
        }
    }

    std::size_t rows_of(db::AuditEvent event) {
        db::AuditFilter filter;
        filter.event = event;
        return must(db::query_audit(store_.database, filter)).size();
    }

    HandClock clock_;
    Environment environment_{clock_, system_environment().entropy, system_environment().files};
    db::testing::TemporaryStore store_;
    db::Writer writer_{store_.database, system_environment().files};
    db::AuditLog audit_;
    AuditIdentity identity_{*rules::ProjectKey::from_bytes(std::array<std::uint8_t, 32>{1})};
    Metrics metrics_;
    Log log_{clock_, LogLevel::kError, LogFormat::kText};
    Settings settings_;
    pipeline::Spool spool_ = must(pipeline::Spool::open(environment_, store_.directory.file("spool")));
    std::optional<Admission> admission_;
    std::optional<Ingest> ingest_;
    std::optional<Maintenance> maintenance_;
};

TEST_F(MaintenanceTest, DeliveriesToADestinationThatLeftTheConfigurationFail) {
    const std::string known = settings_.destinations.front().name;
    const db::JobId job = db::testing::clear_one(store_, "1", {known, "gone"});

    pass_often();

    for (const db::Delivery& delivery : must(db::find_deliveries(store_.database, job))) {
        const bool gone = delivery.destination == "gone";
        EXPECT_EQ(delivery.state, gone ? db::DeliveryState::kFailedPermanent : db::DeliveryState::kPending);
    }
    EXPECT_EQ(db::testing::state_of(store_, job), db::JobState::kUndelivered);
    EXPECT_FALSE(must(db::was_sent(store_.database, "2.25.1")));
    EXPECT_EQ(rows_of(db::AuditEvent::kDeliveryFailed), 1U);
}

class PurgeTest : public MaintenanceTest {
protected:
    PurgeTest() {
        settings_.retention.originals_days = 0;
        pipeline::SpoolFile original = must(spool_.begin_original());
        must(spool_.publish(original));
        db::ReceivedJob job = db::testing::synthetic_job("1");
        job.spool_file = original.name;
        const db::ClaimedLease lease = db::testing::work_on(store_, job);
        db::ClearedOutput output = db::testing::synthetic_output("1");
        output.output_file = must(spool_.begin_output()).name;
        output.companion = {
            .instance_uid = "2.25.9",
            .file = must(spool_.begin_output()).name,
            .digest = sha256("mask"),
            .bytes = 70};
        must(store_.jobs.clear(store_.database, lease, output, 300));
        job_ = lease.job;
        const db::Delivery refused = claim();
        must(store_.deliveries.want_transcode(
            store_.database, db::testing::lease_of(refused), "1.2.840.10008.1.2", 450
        ));
        const auto wanted = must(store_.deliveries.claim_transcodes(store_.database, 460, 10));
        must(store_.deliveries.transcoded(
            store_.database, db::testing::lease_of(wanted.at(0)),
            {must(spool_.begin_output()).name, sha256("second"), 10}, 470
        ));
    }

    db::Delivery claim() {
        return must(store_.deliveries.claim(store_.database, "archive", clock_.at, 1)).at(0);
    }

    void deliver() {
        must(store_.deliveries.complete(
            store_.database, db::testing::lease_of(claim()),
            {.outcome = db::DeliveryOutcome::kDelivered, .now = clock_.at}
        ));
    }

    db::JobId job_ = 0;
};

TEST_F(PurgeTest, TakesTheOriginalAndAllOutputsAndNothingBeforeTheDelivery) {
    pass_often();
    EXPECT_EQ(must(spool_.list_originals()).size(), 1U);
    EXPECT_EQ(must(spool_.list_outputs()).size(), 3U);

    deliver();
    pass_often();

    EXPECT_EQ(db::testing::state_of(store_, job_), db::JobState::kPurged);
    EXPECT_TRUE(must(spool_.list_originals()).empty());
    EXPECT_TRUE(must(spool_.list_outputs()).empty());
    EXPECT_EQ(must(db::find_job(store_.database, job_))->received.spool_file, "");
    EXPECT_EQ(rows_of(db::AuditEvent::kPurged), 1U);
}

TEST_F(PurgeTest, ForgetsNoOriginalWhoseRemovalAPowerCutCouldUndo) {
    deliver();
    const auto job = must(db::find_job(store_.database, job_));
    const std::string shelf = spool_.original_directory(job->received.spool_file);
    std::filesystem::remove_all(shelf);  // Cannot be synced.

    pass_often();

    EXPECT_TRUE(must(spool_.list_originals()).empty());
    EXPECT_NE(must(db::find_job(store_.database, job_))->received.spool_file, "");
    EXPECT_EQ(rows_of(db::AuditEvent::kPurged), 1U);
}

}  // namespace
}  // namespace efface::node
