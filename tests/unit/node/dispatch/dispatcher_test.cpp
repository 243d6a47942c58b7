// Goal: whatever a worker does, a job ends cleared with its receipt or quarantined with its reason, and no
// file is left that nobody owns. Method: real processes of a fake worker, real store and spool.
#include "tests/unit/node/dispatch/dispatch_fixture.h"

#include <fstream>

namespace efface::node {
namespace {

using db::AuditEvent;
using db::JobState;

TEST_F(DispatchTest, AClearedJobHasItsReceiptAndADeliveryThatIsDue) {
    const db::JobId id = receive("1", "");

    wait_for(id, JobState::kDelivering);

    const db::Job cleared = job(id);
    EXPECT_EQ(cleared.new_instance_uid, "2.25.1");
    EXPECT_EQ(delivery(id).state, db::DeliveryState::kPending);
    EXPECT_TRUE(eventually([&] { return due_ == 1U; }));
    ASSERT_EQ(rows(AuditEvent::kCleaned).size(), 1U);
    const auto receipt = parse_json(rows(AuditEvent::kCleaned).front().entry.detail);
    ASSERT_TRUE(receipt);
    EXPECT_EQ(receipt->at("work_order").at("rule_digest"), to_hex(sha256(kRulesInForce)));
    EXPECT_EQ(receipt->at("work_order").at("software_version"), "test");
    EXPECT_EQ(output_count(), 1U);
}

TEST_F(DispatchTest, AHeldJobSaysSoAndWhatItWaitsFor) {
    const db::JobId series = receive("1", "hold-series");
    const db::JobId study = receive("2", "hold-study");
    const db::JobId sent = receive("3", "");

    wait_for(series, JobState::kHeld);
    wait_for(study, JobState::kHeld);
    wait_for(sent, JobState::kDelivering);

    ASSERT_EQ(rows(AuditEvent::kHeld).size(), 2U);
    for (const db::AuditRow& row : rows(AuditEvent::kHeld)) {
        const std::string whole = row.entry.job == series ? "series" : "study";
        EXPECT_EQ(row.entry.reason, "waits until its " + whole + " is complete");
        EXPECT_FALSE(row.entry.study_hash.empty());
        EXPECT_TRUE(row.entry.detail.empty()) << "the receipt stands in the row of the cleaning";
    }
    EXPECT_EQ(rows(AuditEvent::kCleaned).size(), 3U);
}

TEST_F(DispatchTest, AWorkerThatDiesThreeTimesOfAJobQuarantinesIt) {
    const db::JobId id = receive("1", "die");

    wait_for(id, JobState::kQuarantined);

    EXPECT_EQ(job(id).attempts, db::kAttemptsMax);
    EXPECT_EQ(job(id).reason, "a worker process died");
    EXPECT_EQ(rows(AuditEvent::kAttemptFailed).size(), db::kAttemptsMax);
    ASSERT_EQ(rows(AuditEvent::kQuarantined).size(), 1U);
    EXPECT_EQ(
        rows(AuditEvent::kQuarantined).front().entry.reason,
        "every attempt failed, the last one: a worker process died"
    );
    EXPECT_EQ(output_count(), 0U);
}

TEST_F(DispatchTest, AGateThatDiesThreeTimesClearsNothing) {
    const db::JobId id = receive("1", "gate-die");

    wait_for(id, JobState::kQuarantined);

    EXPECT_EQ(rows(AuditEvent::kAttemptFailed).size(), db::kAttemptsMax);
    EXPECT_TRUE(rows(AuditEvent::kCleaned).empty());
    EXPECT_EQ(output_count(), 0U);
    EXPECT_EQ(due_, 0U);
}

TEST_F(DispatchTest, ADyingWorkerCostsOtherJobsNothing) {
    const db::JobId dying = receive("1", "die");
    std::vector<db::JobId> fine;
    for (int i = 2; i < 10; ++i) {
        fine.push_back(receive(std::to_string(i), ""));
    }

    for (const db::JobId id : fine) {
        wait_for(id, JobState::kDelivering);
        EXPECT_EQ(job(id).attempts, 1U);
    }
    wait_for(dying, JobState::kQuarantined);
}

TEST_F(DispatchTest, AQuarantineKeepsTheCleanersReason) {
    const db::JobId id = receive("1", "quarantine");

    wait_for(id, JobState::kQuarantined);

    EXPECT_EQ(job(id).reason, "told to");
    EXPECT_EQ(job(id).attempts, 1U);
    ASSERT_EQ(rows(AuditEvent::kQuarantined).size(), 1U);
    EXPECT_EQ(rows(AuditEvent::kQuarantined).front().entry.reason, "told to");
    EXPECT_EQ(output_count(), 0U);
}

TEST_F(DispatchTest, AGateRefusalIsQuarantinedAsOne) {
    const db::JobId id = receive("1", "gate-refuse");

    wait_for(id, JobState::kQuarantined);

    EXPECT_EQ(job(id).reason, "gate: told to");
    ASSERT_EQ(rows(AuditEvent::kGateRefused).size(), 1U);
    EXPECT_TRUE(rows(AuditEvent::kCleaned).empty());
    EXPECT_EQ(output_count(), 0U);
    EXPECT_EQ(due_, 0U);
}

TEST_F(DispatchTest, TheRuleSaysWhereAnInstanceGoesWhateverItsCleanerClaims) {
    const db::JobId id = receive("1", "claim-way");

    wait_for(id, JobState::kHeld);

    EXPECT_EQ(delivery(id).destination, "archive");
    EXPECT_EQ(job(id).output_syntax_uid, job(id).received.transfer_syntax_uid);
    EXPECT_EQ(job(id).received.study_uid.reveal(), db::testing::synthetic_job("1").study_uid.reveal());
    ASSERT_EQ(rows(AuditEvent::kCleaned).size(), 1U);
    const std::string receipt = rows(AuditEvent::kCleaned).front().entry.detail;
    EXPECT_EQ(receipt.find("Mustermann"), std::string::npos) << receipt;
    EXPECT_EQ(parse_json(receipt)->at("output").at("patient_id"), "EFF-1");
    EXPECT_EQ(parse_json(receipt)->at("pixel_policy"), "header-only");
    EXPECT_EQ(parse_json(receipt)->at("fill").at("filled"), 0) << "the gate's count, not the cleaner's";
}

TEST_F(DispatchTest, OtherUidsThanStandInTheFileAreQuarantined) {
    const db::JobId id = receive("1", "claim-uid");

    wait_for(id, JobState::kQuarantined);

    EXPECT_EQ(job(id).reason, "the cleaner reports other UIDs than stand in its file");
    EXPECT_EQ(rows(AuditEvent::kGateRefused).size(), 1U);
    EXPECT_EQ(job(id).new_instance_uid, "");
    EXPECT_TRUE(eventually([&] { return output_count() == 0; }));
    EXPECT_EQ(due_, 0U);
}

TEST_F(DispatchTest, ARuleThatIsNotInForceIsQuarantinedAndNotNamed) {
    const db::JobId id = receive("1", "claim-rule");

    wait_for(id, JobState::kQuarantined);

    EXPECT_EQ(job(id).reason, "the cleaner names a rule that is not in force");
    EXPECT_EQ(job(id).rule, "");
    EXPECT_EQ(due_, 0U);
}

TEST_F(DispatchTest, AnUnreadableWorkOrderIsQuarantined) {
    db::ReceivedJob broken = db::testing::synthetic_job("1");
    broken.work_order = Phi{std::string{"not JSON"}};
    const db::JobId id = receive(broken);

    wait_for(id, JobState::kQuarantined);

    EXPECT_EQ(job(id).reason, "the job's work order is unreadable");
}

TEST_F(DispatchTest, AMissingOriginalIsQuarantinedAndNotTriedAgain) {
    db::ReceivedJob lost = ordered("1", "");
    lost.spool_file = "0123456789abcdef0123456789abcdef";
    const db::JobId id = receive(lost);

    wait_for(id, JobState::kQuarantined);

    EXPECT_EQ(job(id).reason.find("the original is missing from the spool"), 0U) << job(id).reason;
    EXPECT_EQ(job(id).attempts, 1U);
}

TEST_F(DispatchTest, AProjectThatIsGoneIsForAPersonToKnow) {
    db::ReceivedJob orphaned = ordered("1", "");
    pipeline::WorkOrder order = *pipeline::work_order_from_json(*parse_json(orphaned.work_order.reveal()));
    order.project = "closed";
    orphaned.work_order = Phi{dump_json(pipeline::to_json(order))};
    const db::JobId id = receive(orphaned);

    wait_for(id, JobState::kQuarantined);

    EXPECT_EQ(job(id).reason, "the instance's project is not configured any more");
}

TEST_F(DispatchTest, TimeInTheQueueBehindASlowUnitCostsNoAttempt) {
    const std::string file = store_.directory.file("go-on");
    const UnixMicros lease = std::chrono::microseconds{DispatchOptions{}.lease}.count();
    const db::JobId slow = receive("1", "wait-" + file);
    ASSERT_TRUE(eventually([&] { return job(slow).state == JobState::kWorking && pool_->queued() == 0; }));
    const db::JobId waiting = receive("2", "");
    wait_for(waiting, JobState::kWorking);
    const UnixMicros first_lease = job(waiting).lease_until;

    clock_.moved += lease * 6 / 10;
    dispatcher_->notify();
    EXPECT_TRUE(eventually([&] { return job(waiting).lease_until > first_lease; }));
    clock_.moved += lease * 6 / 10;
    write([&](db::Database& database) -> Status {
        EFFACE_TRY(const auto lost, store_.jobs.requeue_expired(database, environment_.clock.now(), 10));
        EXPECT_EQ(lost.size(), 1U);
        EXPECT_EQ(lost.at(0).job, slow) << "only what a worker has had for too long";
        return {};
    });
    std::ofstream{file} << "go";

    wait_for(waiting, JobState::kDelivering);
    wait_for(slow, JobState::kDelivering);
    EXPECT_EQ(job(waiting).attempts, 1U);
    EXPECT_EQ(job(slow).attempts, 2U);
}

TEST_F(DispatchTest, WhatIsUnderWayEndsWhenTheNodeStops) {
    std::vector<db::JobId> all;
    for (int i = 1; i <= 20; ++i) {
        all.push_back(receive(std::to_string(i), ""));
    }

    stop();

    std::size_t cleared = 0;
    for (const db::JobId id : all) {
        const db::Job left = job(id);
        EXPECT_TRUE(left.state == JobState::kDelivering || left.state == JobState::kReceived)
            << db::state_name(left.state);
        EXPECT_LE(left.attempts, left.state == JobState::kReceived ? 0U : 1U);
        cleared += left.state == JobState::kDelivering ? 1 : 0;
    }
    EXPECT_EQ(output_count(), cleared);

    start();
    for (const db::JobId id : all) {
        wait_for(id, JobState::kDelivering);
    }
}

}  // namespace
}  // namespace efface::node
