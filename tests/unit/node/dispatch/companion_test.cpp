// Goal: where a rule asks for the Segmentation of the mask, an instance and its Segmentation are cleared
// together or neither is, and no file is left that nobody owns. Method: as dispatcher_test.
#include "tests/unit/node/dispatch/dispatch_fixture.h"

#include <filesystem>
#include <fstream>

namespace efface::node {
namespace {

using db::AuditEvent;
using db::JobState;

class CompanionTest : public DispatchTest {
protected:
    /// An instance whose Segmentation is held: what is said of it, and that nothing of it is left.
    void expect_quarantined(
        db::JobId id, const std::string& reason, AuditEvent event = AuditEvent::kQuarantined
    ) {
        wait_for(id, JobState::kQuarantined);
        EXPECT_EQ(job(id).reason, reason);
        EXPECT_EQ(job(id).attempts, 1U) << "another attempt would end the same";
        EXPECT_EQ(rows(event).size(), 1U);
        EXPECT_TRUE(rows(AuditEvent::kCleaned).empty());
        EXPECT_TRUE(eventually([&] { return output_count() == 0; }));
        EXPECT_EQ(due_, 0U);
    }

    /// A process that dies three times of one Segmentation.
    void expect_retried(db::JobId id) {
        wait_for(id, JobState::kQuarantined);
        EXPECT_EQ(job(id).reason, "a worker process died");
        EXPECT_EQ(rows(AuditEvent::kAttemptFailed).size(), db::kAttemptsMax);
        EXPECT_TRUE(rows(AuditEvent::kCleaned).empty());
        EXPECT_TRUE(eventually([&] { return output_count() == 0; }));
    }
};

TEST_F(CompanionTest, IsClearedWithItsInstanceAndStandsInTheReceipt) {
    const db::JobId id = receive("1", "mask");

    wait_for(id, JobState::kDelivering);

    const db::Companion companion = delivery(id).companion;
    EXPECT_EQ(companion.instance_uid, "2.25.91");
    EXPECT_EQ(companion.digest, sha256("2.25.91"));
    EXPECT_EQ(companion.bytes, 20U);
    EXPECT_NE(companion.file, job(id).output_file);
    EXPECT_TRUE(spool_.open_output(companion.file));
    EXPECT_EQ(output_count(), 2U);
    ASSERT_EQ(rows(AuditEvent::kCleaned).size(), 1U);
    const auto receipt = parse_json(rows(AuditEvent::kCleaned).front().entry.detail);
    EXPECT_EQ(receipt->at("mask_segmentation").at("sop_instance_uid"), "2.25.91");
    EXPECT_EQ(receipt->at("mask_segmentation").at("digest"), to_hex(companion.digest));
    EXPECT_EQ(receipt->at("mask_segmentation").at("bytes"), 20);
}

TEST_F(CompanionTest, OfAMaskOfNothingOrARuleThatDoesNotAskThereIsNone) {
    const db::JobId nothing_black = receive("1", "no-mask");
    const db::JobId not_asked = receive("2", "mask-unasked");

    for (const db::JobId id : {nothing_black, not_asked}) {
        wait_for(id, JobState::kDelivering);
        EXPECT_FALSE(job(id).companion.exists());
    }
    EXPECT_EQ(output_count(), 2U);
    for (const db::AuditRow& row : rows(AuditEvent::kCleaned)) {
        EXPECT_FALSE(parse_json(row.entry.detail)->contains("mask_segmentation"));
    }
}

TEST_F(CompanionTest, ThatTheGateHoldsKeepsTheInstanceBack) {
    expect_quarantined(receive("1", "mask-refuse"), "the gate holds the Segmentation of the mask: told to");
}

TEST_F(CompanionTest, ThatCannotBeMadeKeepsTheInstanceBack) {
    expect_quarantined(receive("1", "mask-cannot"), "told not to");
}

TEST_F(CompanionTest, ThatTheGateCannotNameKeepsTheInstanceBack) {
    expect_quarantined(
        receive("1", "mask-nameless"),
        "the gate names no SOP Instance UID for the Segmentation that it passed", AuditEvent::kGateRefused
    );
}

TEST_F(CompanionTest, AWriterThatDiesCostsAnAttempt) {
    expect_retried(receive("1", "mask-die"));
}

TEST_F(CompanionTest, AJudgeThatDiesCostsAnAttempt) {
    expect_retried(receive("1", "mask-gate-die"));
}

TEST_F(CompanionTest, IsJudgedOnlyWhenItsWriterCannotWriteAnyMore) {
    const db::JobId clutched = receive("1", "mask-clutch");
    wait_for(clutched, JobState::kDelivering);
    const db::JobId next = receive("2", "mask");

    wait_for(next, JobState::kDelivering);

    EXPECT_TRUE(job(clutched).companion.exists());
    EXPECT_TRUE(job(next).companion.exists()) << "another process took its place";
}

TEST_F(CompanionTest, TimeForASlowSegmentationCostsNoAttempt) {
    const std::string file = store_.directory.file("go-on");
    const UnixMicros lease = std::chrono::microseconds{DispatchOptions{}.lease}.count();
    const db::JobId id = receive("1", "mask-wait-" + file);
    ASSERT_TRUE(eventually([&] { return std::filesystem::exists(file + ".at"); }));

    for (int i = 0; i < 2; ++i) {
        const UnixMicros before = job(id).lease_until;
        clock_.moved += lease * 6 / 10;
        dispatcher_->notify();
        EXPECT_TRUE(eventually([&] { return job(id).lease_until > before; }));
    }
    write([&](db::Database& database) -> Status {
        EFFACE_TRY(const auto lost, store_.jobs.requeue_expired(database, environment_.clock.now(), 10));
        EXPECT_TRUE(lost.empty());
        return {};
    });
    std::ofstream{file} << "go";

    wait_for(id, JobState::kDelivering);
    EXPECT_EQ(job(id).attempts, 1U);
    EXPECT_TRUE(job(id).companion.exists());
}

TEST_F(CompanionTest, OfAnEarlierOutputIsRemovedWithIt) {
    const db::JobId id = receive("1", "mask");
    wait_for(id, JobState::kDelivering);
    const db::Job before = job(id);
    write([&](db::Database& database) -> Status {
        const UnixMicros now = environment_.clock.now();
        EFFACE_TRY(const auto claimed, store_.deliveries.claim(database, "archive", now, 1));
        EFFACE_CHECK(store_.deliveries.complete(
            database, db::testing::lease_of(claimed.at(0)),
            {.outcome = db::DeliveryOutcome::kPermanent, .now = now, .sent = db::Sent::kNothing}
        ));
        EFFACE_CHECK(db::release_job(
            database, {.job = id,
                       .verdict = db::Verdict::kRelease,
                       .forced_rule = {},
                       .decided_by = "tester (1)",
                       .work_order = before.received.work_order,
                       .now = now}
        ));
        return {};
    });
    dispatcher_->notify();

    ASSERT_TRUE(eventually([&] {
        return job(id).state == JobState::kDelivering && job(id).output_file != before.output_file;
    }));
    EXPECT_TRUE(eventually([&] { return output_count() == 2; }));
    EXPECT_TRUE(spool_.open_output(job(id).companion.file));
    EXPECT_FALSE(spool_.open_output(before.companion.file));
}

TEST_F(CompanionTest, IsMadeAgainWithALostOutputUnderTheSameUid) {
    const db::JobId id = receive("1", "mask");
    wait_for(id, JobState::kDelivering);
    const db::Companion before = job(id).companion;
    write([&](db::Database& database) {
        return store_.jobs.output_lost(database, id, environment_.clock.now());
    });
    dispatcher_->notify();

    ASSERT_TRUE(eventually([&] {
        return job(id).state == JobState::kDelivering && !job(id).companion.file.empty();
    }));

    EXPECT_EQ(job(id).companion.instance_uid, before.instance_uid);
    EXPECT_EQ(job(id).companion.digest, before.digest);
    EXPECT_NE(job(id).companion.file, before.file);
}

}  // namespace
}  // namespace efface::node
