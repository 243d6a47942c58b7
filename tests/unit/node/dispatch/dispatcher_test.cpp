// Goal: whatever a worker does, a job ends cleared with its receipt or quarantined with its reason, and no
// file is left that nobody owns. Method: real processes of a fake worker, real store and spool.
#include "tests/unit/node/dispatch/dispatch_fixture.h"

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
