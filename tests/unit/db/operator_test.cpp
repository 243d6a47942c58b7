// What an operator may decide, and what is refused (promise P2: release is work, never sending).
#include "tests/unit/db/temporary_store.h"

namespace efface::db {
namespace {

using namespace testing;

ReleaseOrder order_for(JobId job, Verdict verdict) {
    return {
        .job = job,
        .verdict = verdict,
        .forced_rule = "ultrasound",
        .decided_by = "tester (1)",
        .work_order = Phi{std::string{R"({"decision":1})"}},
        .now = 500,
    };
}

JobId quarantine_one(TemporaryStore& store, const std::string& instance) {
    const ClaimedLease lease = work_on(store, synthetic_job(instance));
    must(store.jobs.quarantine(store.database, lease, "ct", "no proof"));
    return lease.job;
}

JobId conflict_of(TemporaryStore& store, const std::string& instance) {
    const Reception second = must(store.jobs.receive(store.database, synthetic_job(instance, "second")));
    EXPECT_EQ(second.outcome, ReceiveOutcome::kConflict);
    return second.job;
}

TEST(Release, PutsTheJobBackIntoWorkWithTheDecision) {
    TemporaryStore store;
    const JobId id = quarantine_one(store, "1");

    EXPECT_TRUE(must(release_job(store.database, order_for(id, Verdict::kRelease))).empty());

    const Job job = *must(find_job(store.database, id));
    EXPECT_EQ(job.state, JobState::kReceived);
    EXPECT_EQ(job.attempts, 0u);
    EXPECT_EQ(job.forced_rule, "ultrasound");
    EXPECT_EQ(job.decided_by, "tester (1)");
    EXPECT_EQ(job.received.work_order.reveal(), R"({"decision":1})");
    EXPECT_TRUE(must(find_deliveries(store.database, id)).empty());
    EXPECT_EQ(must(store.jobs.claim(store.database, 600, kLeaseUs, 10)).size(), 1u);
}

TEST(Release, IsRefusedForWhatIsNotInQuarantine) {
    TemporaryStore store;
    const JobId received = must(store.jobs.receive(store.database, synthetic_job("1"))).job;
    const JobId delivering = clear_one(store, "2");

    EXPECT_EQ(fault_of(release_job(store.database, order_for(received, Verdict::kRelease))), Fault::kRefuse);
    EXPECT_EQ(
        fault_of(release_job(store.database, order_for(delivering, Verdict::kRelease))), Fault::kRefuse
    );
    EXPECT_EQ(fault_of(release_job(store.database, order_for(999, Verdict::kRelease))), Fault::kRefuse);
}

TEST(Conflict, NeedsAWordOnWhichContentStands) {
    TemporaryStore store;
    clear_one(store, "1");
    const JobId second = conflict_of(store, "1");

    EXPECT_EQ(fault_of(release_job(store.database, order_for(second, Verdict::kRelease))), Fault::kRefuse);
    EXPECT_EQ(state_of(store, second), JobState::kQuarantined);
}

TEST(Conflict, ReplacementDiscardsTheFirstWhileNothingOfItWasSent) {
    TemporaryStore store;
    const JobId first = clear_one(store, "1");
    const JobId second = conflict_of(store, "1");

    EXPECT_EQ(
        must(release_job(store.database, order_for(second, Verdict::kAsReplacement))),
        std::vector<JobId>{first}
    );

    EXPECT_EQ(state_of(store, first), JobState::kDiscarded);
    EXPECT_EQ(must(find_deliveries(store.database, first)).at(0).state, DeliveryState::kCancelled);
    EXPECT_TRUE(must(store.deliveries.claim(store.database, "archive", 600, 10)).empty());
    const auto claimed = must(store.jobs.claim(store.database, 600, kLeaseUs, 10));
    ASSERT_EQ(claimed.size(), 1u);
    EXPECT_EQ(
        must(store.jobs.clear(
            store.database, {second, claimed[0].fence}, synthetic_output("1", {"archive"}, "second"), 700
        )),
        JobState::kDelivering
    );
}

TEST(Conflict, ReplacementIsRefusedOnceAnythingOfTheFirstWasSent) {
    TemporaryStore store;
    const JobId first = clear_one(store, "1");
    must(store.deliveries.claim(store.database, "archive", 400, 10));
    const JobId second = conflict_of(store, "1");

    EXPECT_EQ(
        fault_of(release_job(store.database, order_for(second, Verdict::kAsReplacement))), Fault::kRefuse
    );
    EXPECT_EQ(state_of(store, first), JobState::kDelivering);
    EXPECT_EQ(state_of(store, second), JobState::kQuarantined);
}

TEST(Conflict, ReplacementOfAFirstThatIsBeingWorkedOnTakesItsLease) {
    TemporaryStore store;
    const ClaimedLease first = work_on(store, synthetic_job("1"));
    const JobId second = conflict_of(store, "1");

    must(release_job(store.database, order_for(second, Verdict::kAsReplacement)));

    EXPECT_EQ(fault_of(store.jobs.clear(store.database, first, synthetic_output("1"), 600)), Fault::kRefuse);
}

TEST(Conflict, NewInstanceLeavesTheFirstAlone) {
    TemporaryStore store;
    const JobId first = clear_one(store, "1");
    must(store.deliveries.claim(store.database, "archive", 400, 10));
    const JobId second = conflict_of(store, "1");

    EXPECT_TRUE(must(release_job(store.database, order_for(second, Verdict::kAsNewInstance))).empty());

    EXPECT_EQ(state_of(store, first), JobState::kDelivering);
    const auto claimed = must(store.jobs.claim(store.database, 600, kLeaseUs, 10));
    ClearedOutput own = synthetic_output("1", {"archive"}, "second");
    own.new_instance_uid = "2.25.77";
    EXPECT_EQ(
        must(store.jobs.clear(store.database, {second, claimed.at(0).fence}, own, 700)), JobState::kDelivering
    );
}

TEST(Conflict, DeliveredContentThatAChangedRuleWouldChangeGetsANewInstanceOfItsOwn) {
    TemporaryStore store;
    const JobId job = clear_one(store, "1");
    const auto first = must(store.deliveries.claim(store.database, "archive", 400, 10));
    must(store.deliveries.complete(
        store.database, lease_of(first.at(0)), {.outcome = DeliveryOutcome::kDelivered, .now = 450}
    ));
    must(store.deliveries.redeliver(store.database, job, "", 500));
    must(store.jobs.output_lost(store.database, job, 510));
    auto claimed = must(store.jobs.claim(store.database, 600, kLeaseUs, 10));
    const ClaimedLease lease{job, claimed.at(0).fence};
    const ClearedOutput changed = synthetic_output("1", {"archive"}, "changed rule");
    ASSERT_EQ(fault_of(store.jobs.clear(store.database, lease, changed, 610)), Fault::kQuarantine);
    must(store.jobs.quarantine(store.database, lease, "ct", "conflict", /*conflict=*/true));
    EXPECT_EQ(fault_of(release_job(store.database, order_for(job, Verdict::kAsReplacement))), Fault::kRefuse);
    must(release_job(store.database, order_for(job, Verdict::kAsNewInstance)));
    claimed = must(store.jobs.claim(store.database, 700, kLeaseUs, 10));
    ClearedOutput own = changed;
    own.new_instance_uid = "2.25.77";

    must(store.jobs.clear(store.database, {job, claimed.at(0).fence}, own, 710));

    // The new instance goes out, and what stood under the first UID is still known.
    const auto second = must(store.deliveries.claim(store.database, "archive", 800, 10));
    ASSERT_EQ(second.size(), 1u);
    EXPECT_EQ(second[0].new_instance_uid, "2.25.77");
    EXPECT_FALSE(second[0].sent_before);
    EXPECT_TRUE(must(was_sent(store.database, "2.25.1")));
    const ClaimedLease other = work_on(store, synthetic_job("2"), 900);
    ClearedOutput same_uid = synthetic_output("2");
    same_uid.new_instance_uid = "2.25.1";
    EXPECT_EQ(fault_of(store.jobs.clear(store.database, other, same_uid, 910)), Fault::kQuarantine);
}

TEST(Conflict, StaysAConflictThroughAnotherQuarantine) {
    TemporaryStore store;
    clear_one(store, "1");
    const JobId second = conflict_of(store, "1");
    must(release_job(store.database, order_for(second, Verdict::kAsNewInstance)));
    const auto claimed = must(store.jobs.claim(store.database, 600, kLeaseUs, 10));
    must(store.jobs.quarantine(store.database, {second, claimed.at(0).fence}, "ct", "no proof"));

    EXPECT_EQ(fault_of(release_job(store.database, order_for(second, Verdict::kRelease))), Fault::kRefuse);
}

TEST(Discard, CancelsWhatWasNotSent) {
    TemporaryStore store;
    const JobId job = clear_one(store, "1", {"archive", "folder"});
    const auto claimed = must(store.deliveries.claim(store.database, "archive", 400, 10));
    must(store.deliveries.complete(
        store.database, lease_of(claimed.at(0)),
        {.outcome = DeliveryOutcome::kPermanent, .status = 0xA900, .reason = "A900", .now = 450}
    ));

    must(discard_job(store.database, job, "not wanted", "tester (1)", 500));

    EXPECT_EQ(state_of(store, job), JobState::kDiscarded);
    EXPECT_TRUE(must(store.deliveries.claim(store.database, "folder", 600, 10)).empty());
    const Job found = *must(find_job(store.database, job));
    EXPECT_EQ(found.reason, "not wanted");
    EXPECT_EQ(found.retention_from, 500);
}

TEST(Discard, IsRefusedWhileADeliveryIsUnderWayAndInWork) {
    TemporaryStore store;
    const JobId job = clear_one(store, "1", {"archive", "folder"});
    const auto claimed = must(store.deliveries.claim(store.database, "archive", 400, 10));
    must(store.deliveries.claim(store.database, "folder", 400, 10));
    must(store.deliveries.complete(
        store.database, lease_of(claimed.at(0)), {.outcome = DeliveryOutcome::kPermanent, .now = 450}
    ));
    ASSERT_EQ(state_of(store, job), JobState::kUndelivered);
    const JobId received = must(store.jobs.receive(store.database, synthetic_job("2"))).job;

    EXPECT_EQ(fault_of(discard_job(store.database, job, "no", "tester (1)", 500)), Fault::kRefuse);
    const auto deliveries = must(find_deliveries(store.database, job));
    EXPECT_EQ(deliveries.at(0).state, DeliveryState::kFailedPermanent);  // Nothing was written.
    EXPECT_EQ(deliveries.at(1).state, DeliveryState::kSending);
    EXPECT_EQ(fault_of(discard_job(store.database, received, "no", "tester (1)", 500)), Fault::kRefuse);
}

TEST(Purge, NeedsEveryConfirmationAndTheRetention) {
    TemporaryStore store;
    const JobId job = clear_one(store, "1");
    EXPECT_TRUE(must(store.jobs.purge_candidates(store.database, 10'000, 10)).empty());
    EXPECT_EQ(fault_of(store.jobs.purge(store.database, job, 10'000)), Fault::kRefuse);
    const auto claimed = must(store.deliveries.claim(store.database, "archive", 400, 10));
    must(store.deliveries.complete(
        store.database, lease_of(claimed.at(0)), {.outcome = DeliveryOutcome::kDelivered, .now = 500}
    ));

    EXPECT_TRUE(must(store.jobs.purge_candidates(store.database, 499, 10)).empty());
    EXPECT_EQ(fault_of(store.jobs.purge(store.database, job, 499)), Fault::kRefuse);
    EXPECT_EQ(fault_of(store.jobs.forget_files(store.database, job)), Fault::kRefuse);
    const auto due = must(store.jobs.purge_candidates(store.database, 500, 10));
    ASSERT_EQ(due.size(), 1u);
    EXPECT_EQ(due[0].spool_file, synthetic_job("1").spool_file);
    EXPECT_EQ(due[0].output_file, "o1");

    must(store.jobs.purge(store.database, job, 500));
    EXPECT_EQ(state_of(store, job), JobState::kPurged);
    // A crash before the files went leaves it a candidate.
    EXPECT_EQ(must(store.jobs.purge_candidates(store.database, 0, 10)).size(), 1u);
    must(store.jobs.forget_files(store.database, job));
    EXPECT_TRUE(must(store.jobs.purge_candidates(store.database, 10'000, 10)).empty());
    EXPECT_TRUE(must(find_job(store.database, job))->received.work_order.reveal().empty());
}

TEST(Purge, DiscardedFilesGoAfterTheRetentionAndTheJobStaysDiscarded) {
    TemporaryStore store;
    const JobId job = quarantine_one(store, "1");
    must(discard_job(store.database, job, "not wanted", "tester (1)", 500));

    EXPECT_EQ(must(store.jobs.purge_candidates(store.database, 600, 10)).size(), 1u);
    EXPECT_TRUE(must(store.jobs.purge(store.database, job, 600)));
    // Killed before the files are forgotten: it comes up again, and is not audited once more.
    EXPECT_EQ(must(store.jobs.purge_candidates(store.database, 600, 10)).size(), 1u);
    EXPECT_FALSE(must(store.jobs.purge(store.database, job, 600)));
    must(store.jobs.forget_files(store.database, job));

    EXPECT_EQ(state_of(store, job), JobState::kDiscarded);
    EXPECT_TRUE(must(store.jobs.purge_candidates(store.database, 10'000, 10)).empty());
}

TEST(Purge, SameBytesAfterAPurgeAreNewWorkWithTheSameOutput) {
    TemporaryStore store;
    const JobId job = clear_one(store, "1");
    const auto claimed = must(store.deliveries.claim(store.database, "archive", 400, 10));
    must(store.deliveries.complete(
        store.database, lease_of(claimed.at(0)), {.outcome = DeliveryOutcome::kDelivered, .now = 500}
    ));
    must(store.jobs.purge(store.database, job, 500));
    must(store.jobs.forget_files(store.database, job));

    const ClaimedLease again = work_on(store, synthetic_job("1"), 600);

    EXPECT_NE(again.job, job);
    EXPECT_EQ(
        fault_of(store.jobs.clear(store.database, again, synthetic_output("1", {"archive"}, "x"), 700)),
        Fault::kQuarantine
    );
    must(store.jobs.clear(store.database, again, synthetic_output("1"), 700));
    const auto second = must(store.deliveries.claim(store.database, "archive", 800, 10));
    EXPECT_TRUE(second.at(0).sent_before);  // By the job that was purged: 0111 means delivered.
}

}  // namespace
}  // namespace efface::db
