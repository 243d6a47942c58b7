// Deliveries: claiming, what each outcome makes of the job, transcoding, holding a destination.
#include "tests/unit/db/temporary_store.h"

namespace efface::db {
namespace {

using namespace testing;

Delivery claim_one(TemporaryStore& store, const std::string& destination, UnixMicros now = 400) {
    const auto claimed = must(store.deliveries.claim(store.database, destination, now, 1));
    EFFACE_ASSERT(claimed.size() == 1);
    return claimed[0];
}

JobState finish(TemporaryStore& store, const Delivery& delivery, DeliveryOutcome outcome) {
    return must(store.deliveries.complete(
        store.database, lease_of(delivery),
        {.outcome = outcome, .status = 0xA700, .reason = "status", .now = 500, .due_at = 1000}
    ));
}

TEST(Delivery, JobIsDeliveredOnceEveryDestinationConfirmed) {
    TemporaryStore store;
    const JobId job = clear_one(store, "1", {"archive", "folder"});

    EXPECT_EQ(finish(store, claim_one(store, "archive"), DeliveryOutcome::kDelivered), JobState::kDelivering);
    EXPECT_EQ(finish(store, claim_one(store, "folder"), DeliveryOutcome::kWarning), JobState::kDelivered);

    EXPECT_EQ(must(find_job(store.database, job))->retention_from, 500);
    const auto deliveries = must(find_deliveries(store.database, job));
    EXPECT_EQ(deliveries.at(0).state, DeliveryState::kDelivered);
    EXPECT_EQ(deliveries.at(0).delivered_at, 500);
    EXPECT_EQ(deliveries.at(1).state, DeliveryState::kDeliveredWarning);
    EXPECT_EQ(deliveries.at(1).last_status, 0xA700u);
}

TEST(Delivery, RetryWaitsUntilItIsDue) {
    TemporaryStore store;
    clear_one(store, "1");
    const Delivery first = claim_one(store, "archive");
    EXPECT_FALSE(first.sent_before);

    EXPECT_EQ(finish(store, first, DeliveryOutcome::kRetry), JobState::kDelivering);

    EXPECT_TRUE(must(store.deliveries.claim(store.database, "archive", 999, 10)).empty());
    const Delivery second = claim_one(store, "archive", 1000);
    EXPECT_EQ(second.attempts, 2u);
    EXPECT_TRUE(second.sent_before);
}

TEST(Delivery, AttemptThatSentNothingLeavesNoTrace) {
    TemporaryStore store;
    clear_one(store, "1");
    const Delivery first = claim_one(store, "archive");
    EXPECT_TRUE(must(was_sent(store.database, "2.25.1")));

    must(store.deliveries.complete(
        store.database, lease_of(first),
        {.outcome = DeliveryOutcome::kRetry, .now = 500, .due_at = 500, .sent = Sent::kNothing}
    ));

    EXPECT_FALSE(must(was_sent(store.database, "2.25.1")));
    const Delivery second = claim_one(store, "archive", 600);
    EXPECT_FALSE(second.sent_before);
    must(store.deliveries.give_back(store.database, lease_of(second), 700));
    EXPECT_FALSE(must(was_sent(store.database, "2.25.1")));
    EXPECT_EQ(claim_one(store, "archive", 800).attempts, 2u);
}

TEST(Delivery, APartThatLeftKeepsItsUidButIsNotWhatAPeerHolds) {
    TemporaryStore store;
    const JobId job = clear_one(store, "1");
    const Delivery first = claim_one(store, "archive");

    must(store.deliveries.complete(
        store.database, lease_of(first),
        {.outcome = DeliveryOutcome::kRetry, .now = 500, .due_at = 500, .sent = Sent::kPart}
    ));

    EXPECT_TRUE(must(was_sent(store.database, "2.25.1")));
    const Delivery second = claim_one(store, "archive", 600);
    EXPECT_FALSE(second.sent_before) << "0111 would speak of something else";
    // A file that became unreadable on the way: nothing else may take its UID now.
    must(store.deliveries.give_back(store.database, lease_of(second), 700, Sent::kPart));
    must(store.jobs.output_lost(store.database, job, 700));
    const auto claimed = must(store.jobs.claim(store.database, 700, kLeaseUs, 1));
    EXPECT_EQ(
        fault_of(store.jobs.clear(
            store.database, {job, claimed.at(0).fence}, synthetic_output("1", {"archive"}, "other"), 700
        )),
        Fault::kQuarantine
    );
}

TEST(Delivery, APartOfALaterAttemptDoesNotUndoTheWholeOfAnEarlierOne) {
    TemporaryStore store;
    clear_one(store, "1");
    finish(store, claim_one(store, "archive"), DeliveryOutcome::kRetry);
    const Delivery second = claim_one(store, "archive", 1000);
    must(store.deliveries.complete(
        store.database, lease_of(second),
        {.outcome = DeliveryOutcome::kRetry, .now = 1000, .due_at = 1000, .sent = Sent::kPart}
    ));

    EXPECT_TRUE(claim_one(store, "archive", 2000).sent_before);
}

TEST(Delivery, OneDestinationThatRefusesForGoodDoesNotStopTheOthers) {
    TemporaryStore store;
    const JobId job = clear_one(store, "1", {"archive", "folder"});

    EXPECT_EQ(
        finish(store, claim_one(store, "archive"), DeliveryOutcome::kPermanent), JobState::kUndelivered
    );
    EXPECT_EQ(finish(store, claim_one(store, "folder"), DeliveryOutcome::kDelivered), JobState::kUndelivered);

    const auto listed = must(list_quarantine(store.database, "", 0, 10));
    ASSERT_EQ(listed.size(), 1u);
    EXPECT_EQ(listed[0].id, job);
    EXPECT_EQ(listed[0].reason, "status");
    EXPECT_EQ(must(find_job(store.database, job))->retention_from, 0);
}

TEST(Delivery, RedeliveryOfOneDestinationKeepsTheFailureOfTheOther) {
    TemporaryStore store;
    const JobId job = clear_one(store, "1", {"archive", "folder"});
    finish(store, claim_one(store, "archive"), DeliveryOutcome::kPermanent);
    finish(store, claim_one(store, "folder"), DeliveryOutcome::kDelivered);

    EXPECT_EQ(must(store.deliveries.redeliver(store.database, job, "folder", 600)), 1u);
    EXPECT_EQ(state_of(store, job), JobState::kDelivering);
    EXPECT_EQ(
        finish(store, claim_one(store, "folder", 600), DeliveryOutcome::kDelivered), JobState::kUndelivered
    );

    EXPECT_EQ(must(store.deliveries.redeliver(store.database, job, "archive", 700)), 1u);
    EXPECT_EQ(
        finish(store, claim_one(store, "archive", 700), DeliveryOutcome::kDelivered), JobState::kDelivered
    );
}

TEST(Delivery, RedeliveryToAnUnknownDestinationIsRefused) {
    TemporaryStore store;
    const JobId job = clear_one(store, "1");
    finish(store, claim_one(store, "archive"), DeliveryOutcome::kDelivered);

    EXPECT_EQ(fault_of(store.deliveries.redeliver(store.database, job, "nowhere", 600)), Fault::kRefuse);
    EXPECT_EQ(state_of(store, job), JobState::kDelivered);
}

TEST(Delivery, ResultUnderALostLeaseIsRefused) {
    TemporaryStore store;
    clear_one(store, "1");
    const Delivery first = claim_one(store, "archive");
    must(store.jobs.requeue_all(store.database, 450));
    claim_one(store, "archive", 460);

    EXPECT_EQ(
        fault_of(store.deliveries.complete(
            store.database, lease_of(first), {.outcome = DeliveryOutcome::kDelivered, .now = 500}
        )),
        Fault::kRefuse
    );
}

TEST(Delivery, ClaimIsOrderedByClassAndSyntax) {
    TemporaryStore store;
    for (int i = 0; i < 6; ++i) {
        ReceivedJob job = synthetic_job(std::to_string(i));
        job.sop_class_uid = i % 2 == 0 ? "1.2.840.10008.5.1.4.1.1.4" : "1.2.840.10008.5.1.4.1.1.2";
        const ClaimedLease lease = work_on(store, job);
        must(store.jobs.clear(store.database, lease, synthetic_output(std::to_string(i)), 300));
    }

    const auto claimed = must(store.deliveries.claim(store.database, "archive", 400, 10));

    ASSERT_EQ(claimed.size(), 6u);
    for (std::size_t i = 0; i < 6; ++i) {
        EXPECT_EQ(claimed[i].sop_class_uid.back(), i < 3 ? '2' : '4');
    }
}

TEST(Delivery, ClaimHasNoMoreGroupsThanAnAssociationHasContexts) {
    TemporaryStore store;
    const std::size_t kinds = kClaimedGroupsMax + 5;
    for (std::size_t i = 0; i < kinds; ++i) {
        ReceivedJob job = synthetic_job(std::to_string(i));
        job.sop_class_uid = "1.2." + std::to_string(i);
        const ClaimedLease lease = work_on(store, job);
        must(store.jobs.clear(store.database, lease, synthetic_output(std::to_string(i)), 300));
    }

    EXPECT_EQ(must(store.deliveries.claim(store.database, "archive", 400, 200)).size(), kClaimedGroupsMax);
    EXPECT_EQ(must(store.deliveries.claim(store.database, "archive", 400, 200)).size(), 5u);
}

TEST(Delivery, HeldDestinationGivesNothingAndOthersGoOn) {
    TemporaryStore store;
    clear_one(store, "1", {"archive", "folder"});
    must(store.deliveries.hold_destination(store.database, "archive", "tester (1)", 350));

    EXPECT_TRUE(must(store.deliveries.claim(store.database, "archive", 400, 10)).empty());
    EXPECT_EQ(must(store.deliveries.claim(store.database, "folder", 400, 10)).size(), 1u);
    EXPECT_EQ(must(held_destinations(store.database)).at(0).held_by, "tester (1)");

    must(store.deliveries.release_destination(store.database, "archive"));
    EXPECT_EQ(must(store.deliveries.claim(store.database, "archive", 400, 10)).size(), 1u);
}

TEST(Delivery, DestinationsThatWaitAreEachNamedOnce) {
    TemporaryStore store;
    clear_one(store, "1", {"archive", "folder"});
    clear_one(store, "2", {"archive", "teaching"});
    claim_one(store, "teaching");

    EXPECT_EQ(must(waiting_destinations(store.database)), (std::vector<std::string>{"archive", "folder"}));
}

TEST(Transcode, SecondOutputBelongsToItsDestinationAlone) {
    TemporaryStore store;
    const JobId job = clear_one(store, "1", {"archive", "folder"});
    const Delivery refused = claim_one(store, "archive");
    must(store.deliveries.want_transcode(store.database, lease_of(refused), "1.2.840.10008.1.2", 450));
    EXPECT_FALSE(must(was_sent(store.database, "2.25.1")));
    EXPECT_TRUE(must(store.deliveries.claim(store.database, "archive", 460, 10)).empty());

    const auto wanted = must(store.deliveries.claim_transcodes(store.database, 460, 10));
    ASSERT_EQ(wanted.size(), 1u);
    EXPECT_EQ(wanted[0].output_file, "o1");
    EXPECT_EQ(wanted[0].output_syntax_uid, "1.2.840.10008.1.2");
    must(store.deliveries.transcoded(
        store.database, lease_of(wanted[0]), {"o1-second", sha256("second"), 1800}, 470
    ));

    const Delivery sent = claim_one(store, "archive", 480);
    EXPECT_EQ(sent.output_file, "o1-second");
    EXPECT_EQ(sent.output_digest, sha256("second"));
    EXPECT_EQ(sent.output_syntax_uid, "1.2.840.10008.1.2");
    EXPECT_EQ(claim_one(store, "folder", 480).output_file, "o1");
    EXPECT_EQ(finish(store, sent, DeliveryOutcome::kDelivered), JobState::kDelivering);
    EXPECT_EQ(state_of(store, job), JobState::kDelivering);
}

TEST(Transcode, ThirdFailureIsPermanentForThatDestination) {
    TemporaryStore store;
    const JobId job = clear_one(store, "1");
    must(store.deliveries.want_transcode(
        store.database, lease_of(claim_one(store, "archive")), "1.2.840.10008.1.2", 450
    ));
    DeliveryState state = DeliveryState::kNone;
    for (int i = 0; i < 3; ++i) {
        const auto wanted = must(store.deliveries.claim_transcodes(store.database, 500, 10));
        ASSERT_EQ(wanted.size(), 1u);
        state = must(store.deliveries.transcode_failed(store.database, lease_of(wanted[0]), "cannot", 500));
    }

    EXPECT_EQ(state, DeliveryState::kFailedPermanent);
    EXPECT_EQ(state_of(store, job), JobState::kUndelivered);
}

TEST(Transcode, AFailureThatWouldRepeatItselfIsPermanentAtOnce) {
    TemporaryStore store;
    const JobId job = clear_one(store, "1");
    must(store.deliveries.want_transcode(
        store.database, lease_of(claim_one(store, "archive")), "1.2.840.10008.1.2", 450
    ));
    const auto wanted = must(store.deliveries.claim_transcodes(store.database, 500, 10));

    const DeliveryState state = must(store.deliveries.transcode_failed(
        store.database, lease_of(wanted.at(0)), "the gate refused it", 500, /*for_good=*/true
    ));

    EXPECT_EQ(state, DeliveryState::kFailedPermanent);
    EXPECT_EQ(state_of(store, job), JobState::kUndelivered);
}

TEST(Transcode, AStopCostsNoAttempt) {
    TemporaryStore store;
    clear_one(store, "1");
    must(store.deliveries.want_transcode(
        store.database, lease_of(claim_one(store, "archive")), "1.2.840.10008.1.2", 450
    ));
    for (std::uint32_t i = 0; i < kAttemptsMax; ++i) {
        ASSERT_EQ(must(store.deliveries.claim_transcodes(store.database, 500, 10)).size(), 1u);
        must(store.jobs.requeue_all(store.database, 500));
    }
    const auto wanted = must(store.deliveries.claim_transcodes(store.database, 500, 10));
    EXPECT_EQ(
        must(store.deliveries.transcode_failed(store.database, lease_of(wanted.at(0)), "died", 500)),
        DeliveryState::kTranscodeWanted
    );
}

TEST(Transcode, SecondOutputsAreKnownUntilTheyArePurged) {
    TemporaryStore store;
    const JobId job = clear_one(store, "1", {"archive", "folder", "teaching"});
    for (const char* destination : {"archive", "teaching"}) {
        must(store.deliveries.want_transcode(
            store.database, lease_of(claim_one(store, destination)), "1.2.840.10008.1.2", 450
        ));
    }
    for (const Delivery& wanted : must(store.deliveries.claim_transcodes(store.database, 460, 10))) {
        must(store.deliveries.transcoded(
            store.database, lease_of(wanted), {"second-" + wanted.destination, sha256("second"), 1800}, 470
        ));
    }

    const auto first = must(known_second_outputs(store.database, {}, 1));
    ASSERT_EQ(first.size(), 1u);
    EXPECT_EQ(first[0].output_file, "second-archive");
    const auto rest = must(known_second_outputs(store.database, first[0], 10));
    ASSERT_EQ(rest.size(), 1u);
    EXPECT_EQ(rest[0].output_file, "second-teaching");

    for (const char* destination : {"archive", "folder", "teaching"}) {
        finish(store, claim_one(store, destination, 480), DeliveryOutcome::kDelivered);
    }
    const auto due = must(store.jobs.purge_candidates(store.database, 10'000, 10));
    ASSERT_EQ(due.size(), 1u);
    EXPECT_EQ(due[0].second_outputs, (std::vector<std::string>{"second-archive", "second-teaching"}));
    must(store.jobs.purge(store.database, job, 10'000));
    must(store.jobs.forget_files(store.database, job));
    EXPECT_TRUE(must(known_second_outputs(store.database, {}, 10)).empty());
}

TEST(OutputLost, NothingIsSentUntilItIsMadeAgainAndWhatWasConfirmedStays) {
    TemporaryStore store;
    const JobId job = clear_one(store, "1", {"archive", "folder"});
    finish(store, claim_one(store, "folder"), DeliveryOutcome::kDelivered);

    must(store.jobs.output_lost(store.database, job, 500));

    EXPECT_TRUE(must(store.deliveries.claim(store.database, "archive", 600, 10)).empty());
    const auto claimed = must(store.jobs.claim(store.database, 600, kLeaseUs, 1));
    ASSERT_EQ(claimed.size(), 1u);
    must(store.jobs.clear(
        store.database, {claimed[0].id, claimed[0].fence}, synthetic_output("1", {"archive", "folder"}), 700
    ));
    EXPECT_TRUE(must(store.deliveries.claim(store.database, "folder", 800, 10)).empty());
    EXPECT_EQ(
        finish(store, claim_one(store, "archive", 800), DeliveryOutcome::kDelivered), JobState::kDelivered
    );
}

TEST(OutputLost, IsFoundByEveryDestinationInTurn) {
    TemporaryStore store;
    const JobId job = clear_one(store, "1", {"archive", "folder"});
    const Delivery first = claim_one(store, "archive");
    const Delivery second = claim_one(store, "folder");
    must(store.deliveries.give_back(store.database, lease_of(first), 500));
    must(store.jobs.output_lost(store.database, job, 500));

    must(store.deliveries.give_back(store.database, lease_of(second), 500));
    must(store.jobs.output_lost(store.database, job, 500));

    EXPECT_EQ(state_of(store, job), JobState::kReceived);
    for (const Delivery& delivery : must(find_deliveries(store.database, job))) {
        EXPECT_EQ(delivery.state, DeliveryState::kHeld) << delivery.destination;
    }
}

TEST(OutputLost, DeliveryThatTheNodesEndCutOffWaitsForTheNewOutput) {
    TemporaryStore store;
    const JobId job = clear_one(store, "1", {"archive", "folder"});
    claim_one(store, "archive");
    must(store.deliveries.give_back(store.database, lease_of(claim_one(store, "folder")), 500));
    must(store.jobs.output_lost(store.database, job, 500));

    must(store.jobs.requeue_all(store.database, 600));

    EXPECT_TRUE(must(store.deliveries.claim(store.database, "archive", 700, 10)).empty());
    const auto claimed = must(store.jobs.claim(store.database, 700, kLeaseUs, 1));
    ASSERT_EQ(claimed.size(), 1u);
    const ClearedOutput again = synthetic_output("1", {"archive", "folder"});
    must(store.jobs.clear(store.database, {job, claimed[0].fence}, again, 800));
    EXPECT_EQ(claim_one(store, "archive", 900).output_file, again.output_file);
    EXPECT_EQ(claim_one(store, "folder", 900).output_file, again.output_file);
}

TEST(OutputLost, DeliveryThatWasUnderWayMayStillConfirm) {
    TemporaryStore store;
    const JobId job = clear_one(store, "1");
    const Delivery under_way = claim_one(store, "archive");
    must(store.jobs.output_lost(store.database, job, 450));

    EXPECT_EQ(finish(store, under_way, DeliveryOutcome::kDelivered), JobState::kReceived);

    const auto claimed = must(store.jobs.claim(store.database, 600, kLeaseUs, 1));
    EXPECT_EQ(
        must(store.jobs.clear(
            store.database, {claimed.at(0).id, claimed.at(0).fence}, synthetic_output("1"), 700
        )),
        JobState::kDelivered
    );
}

TEST(OutputLost, DeliveryThatWasUnderWayAndFailsWaitsForTheNewOutput) {
    TemporaryStore store;
    const JobId job = clear_one(store, "1");
    const Delivery under_way = claim_one(store, "archive");
    must(store.jobs.output_lost(store.database, job, 450));

    EXPECT_EQ(finish(store, under_way, DeliveryOutcome::kRetry), JobState::kReceived);

    EXPECT_TRUE(must(store.deliveries.claim(store.database, "archive", 5000, 10)).empty());
    EXPECT_EQ(must(find_deliveries(store.database, job)).at(0).state, DeliveryState::kHeld);
}

}  // namespace
}  // namespace efface::db
