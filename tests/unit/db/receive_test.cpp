// What a set of bytes is to what is known of its SOP Instance UID already.
#include "tests/unit/db/temporary_store.h"

namespace efface::db {
namespace {

using namespace testing;

TEST(Receive, NewInstanceBecomesAJobThatKeepsEverything) {
    TemporaryStore store;
    const ReceivedJob sent = synthetic_job("1");

    const Reception reception = must(store.jobs.receive(store.database, sent));

    EXPECT_EQ(reception.outcome, ReceiveOutcome::kNew);
    const Job job = *must(find_job(store.database, reception.job));
    EXPECT_EQ(job.state, JobState::kReceived);
    EXPECT_EQ(job.received.project, sent.project);
    EXPECT_EQ(job.received.peer, sent.peer);
    EXPECT_EQ(job.received.calling_ae, sent.calling_ae);
    EXPECT_EQ(job.received.called_ae, sent.called_ae);
    EXPECT_EQ(job.received.association, sent.association);
    EXPECT_EQ(job.received.sop_class_uid, sent.sop_class_uid);
    EXPECT_EQ(job.received.transfer_syntax_uid, sent.transfer_syntax_uid);
    EXPECT_EQ(job.received.sop_instance_uid.reveal(), sent.sop_instance_uid.reveal());
    EXPECT_EQ(job.received.study_uid.reveal(), sent.study_uid.reveal());
    EXPECT_EQ(job.received.series_uid.reveal(), sent.series_uid.reveal());
    EXPECT_EQ(job.received.original_digest, sent.original_digest);
    EXPECT_EQ(job.received.original_bytes, sent.original_bytes);
    EXPECT_EQ(job.received.spool_file, sent.spool_file);
    EXPECT_EQ(job.received.accepted_at, sent.accepted_at);
    EXPECT_EQ(job.received.work_order.reveal(), sent.work_order.reveal());
}

TEST(Receive, SameBytesInWorkMakeNothing) {
    TemporaryStore store;
    const JobId first = must(store.jobs.receive(store.database, synthetic_job("1"))).job;

    const Reception again = must(store.jobs.receive(store.database, synthetic_job("1")));

    EXPECT_EQ(again.outcome, ReceiveOutcome::kDuplicateInWork);
    EXPECT_EQ(again.job, first);
    EXPECT_EQ(must(count_jobs(store.database))[JobState::kReceived], 1u);
}

TEST(Receive, SameBytesInQuarantineMakeNothing) {
    TemporaryStore store;
    const ClaimedLease lease = work_on(store, synthetic_job("1"));
    must(store.jobs.quarantine(store.database, lease, "ct", "no proof"));

    EXPECT_EQ(
        must(store.jobs.receive(store.database, synthetic_job("1"))).outcome, ReceiveOutcome::kDuplicateInWork
    );
}

TEST(Receive, SameBytesAlreadyDeliveredAreDeliveredAgain) {
    TemporaryStore store;
    const JobId job = clear_one(store, "1");
    const auto claimed = must(store.deliveries.claim(store.database, "archive", 400, 10));
    must(store.deliveries.complete(
        store.database, lease_of(claimed.at(0)), {.outcome = DeliveryOutcome::kDelivered, .now = 500}
    ));
    ASSERT_EQ(state_of(store, job), JobState::kDelivered);

    const Reception again = must(store.jobs.receive(store.database, synthetic_job("1")));

    EXPECT_EQ(again.outcome, ReceiveOutcome::kRedelivery);
    EXPECT_EQ(again.job, job);
    EXPECT_EQ(state_of(store, job), JobState::kDelivering);
    const auto second = must(store.deliveries.claim(store.database, "archive", 600, 10));
    ASSERT_EQ(second.size(), 1u);
    EXPECT_EQ(second[0].output_digest, claimed[0].output_digest);
    EXPECT_TRUE(second[0].sent_before);
}

TEST(Receive, OtherBytesUnderTheSameUidAreAConflict) {
    TemporaryStore store;
    must(store.jobs.receive(store.database, synthetic_job("1", "first")));

    const Reception second = must(store.jobs.receive(store.database, synthetic_job("1", "second")));

    EXPECT_EQ(second.outcome, ReceiveOutcome::kConflict);
    const Job job = *must(find_job(store.database, second.job));
    EXPECT_EQ(job.state, JobState::kQuarantined);
    EXPECT_TRUE(job.conflict);
    // And sent once more, the second's bytes are a duplicate of the one in quarantine.
    EXPECT_EQ(
        must(store.jobs.receive(store.database, synthetic_job("1", "second"))).outcome,
        ReceiveOutcome::kDuplicateInWork
    );
}

TEST(Receive, AnotherProjectIsAnotherInstance) {
    TemporaryStore store;
    must(store.jobs.receive(store.database, synthetic_job("1", "first")));
    ReceivedJob other = synthetic_job("1", "second");
    other.project = "registry";

    EXPECT_EQ(must(store.jobs.receive(store.database, other)).outcome, ReceiveOutcome::kNew);
}

TEST(Receive, DiscardedContentCountsForNothing) {
    TemporaryStore store;
    const ClaimedLease lease = work_on(store, synthetic_job("1"));
    must(store.jobs.quarantine(store.database, lease, "ct", "no proof"));
    must(discard_job(store.database, lease.job, "not wanted", "tester (1)", 500));

    EXPECT_EQ(
        must(store.jobs.receive(store.database, synthetic_job("1", "second"))).outcome, ReceiveOutcome::kNew
    );
}

TEST(Receive, TwoJobsNeverOwnOneSpoolFile) {
    TemporaryStore store;
    must(store.jobs.receive(store.database, synthetic_job("1")));
    ReceivedJob other = synthetic_job("2");
    other.spool_file = synthetic_job("1").spool_file;

    EXPECT_EQ(fault_of(store.jobs.receive(store.database, other)), Fault::kRefuse);
}

TEST(Receive, OrphanIsToldFromAFileThatARowNames) {
    TemporaryStore store;
    const JobId job = must(store.jobs.receive(store.database, synthetic_job("1"))).job;

    EXPECT_EQ(must(find_spool_file(store.database, synthetic_job("1").spool_file)), job);
    EXPECT_EQ(must(find_spool_file(store.database, "stray")), std::nullopt);

    const JobId orphan =
        must(store.jobs.receive_quarantined(store.database, synthetic_job("9"), "orphan without a header"));
    EXPECT_EQ(state_of(store, orphan), JobState::kQuarantined);
    const auto files = must(known_files(store.database, "", 10));
    ASSERT_EQ(files.size(), 2u);
    EXPECT_EQ(files[0].job, job);
    EXPECT_EQ(must(known_files(store.database, files[0].spool_file, 10)).size(), 1u);
}

}  // namespace
}  // namespace efface::db
