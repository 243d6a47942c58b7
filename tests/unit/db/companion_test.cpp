// A companion (the Segmentation of a mask) is a second file of its job: it goes with each delivery of the
// output, is lost and made again with it, and no file of one stands without a row or is left behind.
#include "db/audit/audit_log.h"
#include "db/crosswalk/crosswalk.h"
#include "db/sqlite/migration.h"
#include "tests/unit/db/temporary_store.h"

namespace efface::db {
namespace {

using namespace testing;

ClearedOutput output_with_companion(
    const std::string& uid, std::vector<std::string> destinations = {"archive"}
) {
    ClearedOutput output = synthetic_output("1", std::move(destinations));
    output.companion = {.instance_uid = uid, .file = "c" + uid, .digest = sha256(uid), .bytes = 70};
    return output;
}

JobId clear_with_companion(TemporaryStore& store, std::vector<std::string> destinations = {"archive"}) {
    const ClaimedLease lease = work_on(store, synthetic_job("1"));
    must(
        store.jobs.clear(store.database, lease, output_with_companion("2.25.7", std::move(destinations)), 300)
    );
    return lease.job;
}

Delivery claim_one(TemporaryStore& store, const std::string& destination, UnixMicros now = 400) {
    return must(store.deliveries.claim(store.database, destination, now, 1)).at(0);
}

void finish(TemporaryStore& store, const Delivery& delivery, DeliveryOutcome outcome) {
    must(store.deliveries.complete(store.database, lease_of(delivery), {.outcome = outcome, .now = 500}));
}

ClaimedLease claim_again(TemporaryStore& store, JobId job) {
    const auto claimed = must(store.jobs.claim(store.database, 5000, kLeaseUs, 1));
    EXPECT_EQ(claimed.at(0).id, job);
    return {job, claimed.at(0).fence};
}

TEST(Companion, GoesWithEveryDeliveryOfTheOutputAlsoOfASecondOne) {
    TemporaryStore store;
    const JobId job = clear_with_companion(store, {"archive", "folder"});
    must(store.deliveries.want_transcode(
        store.database, lease_of(claim_one(store, "archive")), "1.2.840.10008.1.2", 450
    ));
    const auto wanted = must(store.deliveries.claim_transcodes(store.database, 460, 1));
    must(store.deliveries.transcoded(
        store.database, lease_of(wanted.at(0)), {"second", sha256("second"), 10}, 470
    ));

    for (const Delivery& delivery : {claim_one(store, "archive", 480), claim_one(store, "folder")}) {
        EXPECT_EQ(delivery.output_file, delivery.destination == "archive" ? "second" : "o1");
        EXPECT_EQ(delivery.companion.instance_uid, "2.25.7") << delivery.destination;
        EXPECT_EQ(delivery.companion.file, "c2.25.7");
        EXPECT_EQ(delivery.companion.digest, sha256("2.25.7"));
        EXPECT_EQ(delivery.companion.bytes, 70U);
    }
    EXPECT_EQ(must(find_job(store.database, job))->companion.instance_uid, "2.25.7");
}

TEST(Companion, AJobWithoutAMaskHasNone) {
    TemporaryStore store;
    const JobId job = clear_one(store, "1");

    EXPECT_FALSE(must(find_job(store.database, job))->companion.exists());
    EXPECT_FALSE(claim_one(store, "archive").companion.exists());
}

TEST(Companion, WithoutAFileClearsNothing) {
    TemporaryStore store;
    const ClaimedLease lease = work_on(store, synthetic_job("1"));
    ClearedOutput output = output_with_companion("2.25.7");
    output.companion.file.clear();

    EXPECT_EQ(fault_of(store.jobs.clear(store.database, lease, output, 300)), Fault::kQuarantine);
    EXPECT_EQ(state_of(store, lease.job), JobState::kWorking);
}

TEST(Companion, IsLostWithTheOutputAndWhatWasConfirmedStays) {
    TemporaryStore store;
    const JobId job = clear_with_companion(store, {"archive", "folder"});
    finish(store, claim_one(store, "folder"), DeliveryOutcome::kDelivered);

    must(store.jobs.output_lost(store.database, job, 600));

    EXPECT_EQ(must(find_job(store.database, job))->companion.file, "");
    EXPECT_EQ(must(find_job(store.database, job))->companion.instance_uid, "2.25.7");
    must(store.jobs.clear(
        store.database, claim_again(store, job), output_with_companion("2.25.7", {"archive", "folder"}), 700
    ));
    EXPECT_TRUE(must(store.deliveries.claim(store.database, "folder", 9000, 1)).empty());
    EXPECT_EQ(claim_one(store, "archive", 9000).companion.file, "c2.25.7");
}

TEST(Companion, ThatADestinationDoesNotHaveYetIsOwedToIt) {
    TemporaryStore store;
    const ClaimedLease lease = work_on(store, synthetic_job("1"));
    must(store.jobs.clear(store.database, lease, synthetic_output("1", {"archive", "folder"}), 300));
    finish(store, claim_one(store, "folder"), DeliveryOutcome::kDelivered);
    must(store.jobs.output_lost(store.database, lease.job, 600));

    // The rule asks for the Segmentation since.
    must(store.jobs.clear(
        store.database, claim_again(store, lease.job), output_with_companion("2.25.7", {"archive", "folder"}),
        700
    ));

    const Delivery again = claim_one(store, "folder", 9000);
    EXPECT_EQ(again.companion.instance_uid, "2.25.7");
    EXPECT_TRUE(again.sent_before) << "the instance itself is there already";
}

TEST(Companion, IsGoneWhereTheRuleAsksForItNoMore) {
    TemporaryStore store;
    const JobId job = clear_with_companion(store);
    must(store.jobs.output_lost(store.database, job, 600));

    must(store.jobs.clear(store.database, claim_again(store, job), synthetic_output("1"), 700));

    EXPECT_FALSE(must(find_job(store.database, job))->companion.exists());
    EXPECT_FALSE(claim_one(store, "archive", 9000).companion.exists());
}

TEST(Companion, FileIsKnownUntilThePurgeHasRemovedIt) {
    TemporaryStore store;
    const JobId job = clear_with_companion(store);
    EXPECT_EQ(must(known_files(store.database, "", 10)).at(0).companion_file, "c2.25.7");
    finish(store, claim_one(store, "archive"), DeliveryOutcome::kDelivered);

    EXPECT_EQ(must(store.jobs.purge_candidates(store.database, 500, 10)).at(0).companion_file, "c2.25.7");
    must(store.jobs.purge(store.database, job, 500));
    EXPECT_EQ(must(store.jobs.purge_candidates(store.database, 0, 10)).at(0).companion_file, "c2.25.7");
    must(store.jobs.forget_files(store.database, job));

    EXPECT_EQ(must(find_job(store.database, job))->companion.file, "");
    EXPECT_EQ(must(find_job(store.database, job))->companion.instance_uid, "2.25.7")
        << "what was sent stays known";
}

TEST(Companion, OfADiscardedJobGoesWithItsFiles) {
    TemporaryStore store;
    const JobId job = clear_with_companion(store);
    finish(store, claim_one(store, "archive"), DeliveryOutcome::kPermanent);
    must(discard_job(store.database, job, "not wanted", "tester (1)", 500));

    EXPECT_EQ(must(store.jobs.purge_candidates(store.database, 600, 10)).at(0).companion_file, "c2.25.7");
    EXPECT_TRUE(must(store.jobs.purge(store.database, job, 600)));
    must(store.jobs.forget_files(store.database, job));
    EXPECT_EQ(must(find_job(store.database, job))->companion.file, "");
}

Status create_version_1(Database& database) {
    EFFACE_CHECK(create_jobs_schema(database));
    EFFACE_CHECK(create_audit_schema(database));
    return create_crosswalk_schema(database);
}

TEST(Migration, AStoreFromBeforeCompanionsOpensAndItsJobsHaveNone) {
    TemporaryDirectory directory;
    const std::string path = directory.file("efface.db");
    {
        Database old = must(Database::open_writer(path));
        const std::array first{Migration{"jobs, audit, crosswalk", &create_version_1}};
        must(migrate(old, first));
        must(JobStore{}.receive(old, synthetic_job("1")));
        must(old.run(
            "UPDATE jobs SET state = 'delivering', new_instance_uid = '2.25.1', output_file = 'o1' WHERE id "
            "= ?",
            {1}
        ));
        must(old.run(
            "INSERT INTO deliveries (job, destination, state, due_at) VALUES (?, 'archive', 'pending', 1)",
            {1}
        ));
    }
    EXPECT_EQ(fault_of(open_store_reader(path)), Fault::kHalt) << "a reader cannot bring it up to date";

    Database database = must(open_store(path));

    must(require_version(database, kSchemaVersion));
    EXPECT_FALSE(must(find_job(database, 1))->companion.exists());
    const auto claimed = must(DeliveryStore{}.claim(database, "archive", 400, 1));
    EXPECT_EQ(claimed.at(0).output_file, "o1");
    EXPECT_FALSE(claimed.at(0).companion.exists());
    must(database.quick_check());
}

}  // namespace
}  // namespace efface::db
