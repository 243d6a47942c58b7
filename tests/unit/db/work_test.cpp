// Claim, lease, fence, attempts; what clears a job and what refuses to.
#include "tests/unit/db/temporary_store.h"

namespace efface::db {
namespace {

using namespace testing;

TEST(Work, EarliestDueIsClaimedFirstAndOnlyOnce) {
    TemporaryStore store;
    ReceivedJob late = synthetic_job("1");
    late.accepted_at = 150;
    must(store.jobs.receive(store.database, late));
    must(store.jobs.receive(store.database, synthetic_job("2")));
    ReceivedJob future = synthetic_job("3");
    future.accepted_at = 900;
    must(store.jobs.receive(store.database, future));

    const auto first = must(store.jobs.claim(store.database, 200, kLeaseUs, 1));
    const auto rest = must(store.jobs.claim(store.database, 200, kLeaseUs, 10));

    ASSERT_EQ(first.size(), 1u);
    EXPECT_EQ(first[0].received.spool_file, synthetic_job("2").spool_file);
    EXPECT_EQ(first[0].state, JobState::kWorking);
    EXPECT_EQ(first[0].attempts, 1u);
    EXPECT_EQ(first[0].lease_until, 200 + kLeaseUs);
    ASSERT_EQ(rest.size(), 1u);  // The third is not due.
    EXPECT_EQ(rest[0].received.spool_file, late.spool_file);
}

TEST(Work, ThirdFailedAttemptIsQuarantined) {
    TemporaryStore store;
    ClaimedLease lease = work_on(store, synthetic_job("1"));

    EXPECT_EQ(must(store.jobs.retry(store.database, lease, "died", 1000)), JobState::kReceived);
    EXPECT_TRUE(must(store.jobs.claim(store.database, 999, kLeaseUs, 10)).empty());
    for (const JobState expected : {JobState::kReceived, JobState::kQuarantined}) {
        const auto claimed = must(store.jobs.claim(store.database, 2000, kLeaseUs, 10));
        ASSERT_EQ(claimed.size(), 1u);
        lease = {claimed[0].id, claimed[0].fence};
        EXPECT_EQ(must(store.jobs.retry(store.database, lease, "died", 2000)), expected);
    }
    EXPECT_EQ(must(find_job(store.database, lease.job))->reason, "died");
}

TEST(Work, GivenBackWorkCostsNoAttempt) {
    TemporaryStore store;
    ClaimedLease lease = work_on(store, synthetic_job("1"));
    for (int i = 0; i < 5; ++i) {
        must(store.jobs.give_back(store.database, lease, 0));
        const auto claimed = must(store.jobs.claim(store.database, 200, kLeaseUs, 1));
        ASSERT_EQ(claimed.size(), 1u);
        EXPECT_EQ(claimed[0].attempts, 1u);
        lease = {claimed[0].id, claimed[0].fence};
    }
}

TEST(Work, ResultUnderALostLeaseIsRefused) {
    TemporaryStore store;
    const ClaimedLease old = work_on(store, synthetic_job("1"));
    const auto expired = must(store.jobs.requeue_expired(store.database, 200 + kLeaseUs, 10));
    ASSERT_EQ(expired.size(), 1u);
    EXPECT_EQ(expired[0].state, JobState::kReceived);
    const auto claimed = must(store.jobs.claim(store.database, 5000, kLeaseUs, 1));
    ASSERT_EQ(claimed.size(), 1u);

    EXPECT_EQ(fault_of(store.jobs.clear(store.database, old, synthetic_output("1"), 5000)), Fault::kRefuse);
    EXPECT_EQ(fault_of(store.jobs.quarantine(store.database, old, "ct", "late")), Fault::kRefuse);
    EXPECT_EQ(fault_of(store.jobs.retry(store.database, old, "late", 0)), Fault::kRefuse);
    EXPECT_EQ(fault_of(store.jobs.give_back(store.database, old, 0)), Fault::kRefuse);
    EXPECT_EQ(state_of(store, old.job), JobState::kWorking);
}

TEST(Work, LeaseThatHasNotRunOutIsLeftAlone) {
    TemporaryStore store;
    work_on(store, synthetic_job("1"));

    EXPECT_TRUE(must(store.jobs.requeue_expired(store.database, 200 + kLeaseUs - 1, 10)).empty());
}

TEST(Work, ClearedJobHasOneDeliveryPerDestination) {
    TemporaryStore store;
    const ClaimedLease lease = work_on(store, synthetic_job("1"));

    EXPECT_EQ(
        must(store.jobs.clear(store.database, lease, synthetic_output("1", {"archive", "folder"}), 300)),
        JobState::kDelivering
    );

    const auto deliveries = must(find_deliveries(store.database, lease.job));
    ASSERT_EQ(deliveries.size(), 2u);
    for (const Delivery& delivery : deliveries) {
        EXPECT_EQ(delivery.state, DeliveryState::kPending);
        EXPECT_EQ(delivery.output_file, "o1");
        EXPECT_EQ(delivery.new_instance_uid, "2.25.1");
    }
    const Job job = *must(find_job(store.database, lease.job));
    EXPECT_EQ(job.rule, "ct");
    EXPECT_EQ(job.output_digest, synthetic_output("1").output_digest);
}

TEST(Work, RuleWithoutDestinationCannotClear) {
    TemporaryStore store;
    const ClaimedLease lease = work_on(store, synthetic_job("1"));

    EXPECT_EQ(
        fault_of(store.jobs.clear(store.database, lease, synthetic_output("1", {}), 300)), Fault::kQuarantine
    );
    EXPECT_EQ(state_of(store, lease.job), JobState::kWorking);
}

TEST(Work, StudyUidThatIngestDidNotKnowIsFilledIn) {
    TemporaryStore store;
    ReceivedJob job = synthetic_job("1");
    job.study_uid = Phi{std::string{}};
    job.series_uid = Phi{std::string{}};
    const ClaimedLease lease = work_on(store, job);
    ClearedOutput output = synthetic_output("1");
    output.study_uid = Phi{std::string{"1.2.77"}};
    output.series_uid = Phi{std::string{"1.2.78"}};

    must(store.jobs.clear(store.database, lease, output, 300));

    EXPECT_EQ(must(list_study(store.database, "1.2.77", 0, 10)).size(), 1u);
}

// Promise P4: one new SOP Instance UID never stands for two contents.

TEST(Content, OtherBytesForAUidThatWasSentAreRefused) {
    TemporaryStore store;
    clear_one(store, "1");
    must(store.deliveries.claim(store.database, "archive", 400, 10));
    const ClaimedLease other = work_on(store, synthetic_job("2"));
    ClearedOutput same_uid = synthetic_output("2");
    same_uid.new_instance_uid = "2.25.1";

    EXPECT_EQ(fault_of(store.jobs.clear(store.database, other, same_uid, 500)), Fault::kQuarantine);
    must(store.jobs.quarantine(store.database, other, "ct", "conflict", /*conflict=*/true));
    EXPECT_TRUE(must(find_job(store.database, other.job))->conflict);
}

TEST(Content, OtherBytesForAUidThatWaitsToBeSentAreRefused) {
    TemporaryStore store;
    clear_one(store, "1");
    const ClaimedLease other = work_on(store, synthetic_job("2"));
    ClearedOutput same_uid = synthetic_output("2");
    same_uid.new_instance_uid = "2.25.1";

    EXPECT_EQ(fault_of(store.jobs.clear(store.database, other, same_uid, 500)), Fault::kQuarantine);
}

TEST(Content, ChangedRuleGivesOtherBytesForWhatWasDeliveredAndIsRefused) {
    TemporaryStore store;
    const JobId job = clear_one(store, "1", {"archive", "folder"});
    const auto sent = must(store.deliveries.claim(store.database, "archive", 400, 10));
    must(store.deliveries.complete(
        store.database, lease_of(sent.at(0)), {.outcome = DeliveryOutcome::kDelivered, .now = 410}
    ));
    must(store.jobs.output_lost(store.database, job, 420));
    const auto claimed = must(store.jobs.claim(store.database, 430, kLeaseUs, 1));
    const ClaimedLease lease{claimed.at(0).id, claimed.at(0).fence};

    EXPECT_EQ(
        fault_of(store.jobs.clear(
            store.database, lease, synthetic_output("1", {"archive", "folder"}, "other"), 440
        )),
        Fault::kQuarantine
    );
    EXPECT_EQ(
        must(store.jobs.clear(store.database, lease, synthetic_output("1", {"archive", "folder"}), 440)),
        JobState::kDelivering
    );
}

TEST(Content, SameBytesAgainAreFine) {
    TemporaryStore store;
    const JobId job = clear_one(store, "1");
    must(store.jobs.output_lost(store.database, job, 400));
    const auto claimed = must(store.jobs.claim(store.database, 500, kLeaseUs, 1));

    EXPECT_EQ(
        must(store.jobs.clear(
            store.database, {claimed.at(0).id, claimed.at(0).fence}, synthetic_output("1"), 500
        )),
        JobState::kDelivering
    );
    EXPECT_EQ(must(store.deliveries.claim(store.database, "archive", 600, 10)).size(), 1u);
}

TEST(Work, DestinationThatTheRuleDoesNotNameAnyMoreIsNotWaitedFor) {
    TemporaryStore store;
    const JobId job = clear_one(store, "1", {"archive", "folder"});
    must(store.jobs.output_lost(store.database, job, 400));
    const auto claimed = must(store.jobs.claim(store.database, 500, kLeaseUs, 1));
    ASSERT_EQ(claimed.size(), 1u);
    must(store.jobs.clear(store.database, {job, claimed[0].fence}, synthetic_output("1", {"archive"}), 600));

    const auto due = must(store.deliveries.claim(store.database, "archive", 700, 10));
    ASSERT_EQ(due.size(), 1u);
    must(store.deliveries.complete(
        store.database, lease_of(due[0]), {.outcome = DeliveryOutcome::kDelivered, .now = 800}
    ));

    EXPECT_EQ(state_of(store, job), JobState::kDelivered);
    EXPECT_TRUE(must(store.deliveries.claim(store.database, "folder", 900, 10)).empty());
}

TEST(Requeue, EveryLeaseEndsAtStartUpWithoutCostingAnAttempt) {
    TemporaryStore store;
    clear_one(store, "1");
    must(store.deliveries.claim(store.database, "archive", 400, 10));
    const ClaimedLease working = work_on(store, synthetic_job("2"));

    EXPECT_EQ(must(store.jobs.requeue_all(store.database, 500)), 2u);

    EXPECT_EQ(must(find_job(store.database, working.job))->attempts, 0u);
    const auto again = must(store.deliveries.claim(store.database, "archive", 500, 10));
    ASSERT_EQ(again.size(), 1u);
    // It may have left before the node died: 0111 then means delivered.
    EXPECT_TRUE(again[0].sent_before);
    EXPECT_EQ(must(store.jobs.claim(store.database, 500, kLeaseUs, 10)).size(), 1u);
}

}  // namespace
}  // namespace efface::db
