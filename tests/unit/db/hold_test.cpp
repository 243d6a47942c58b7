// hold = series | study: nothing is sent until every member received is cleared and none came for a while.
#include "tests/unit/db/temporary_store.h"

namespace efface::db {
namespace {

using namespace testing;

constexpr UnixMicros kQuietUs = 1000;
/// Later than every synthetic accepted_at plus the quiet time, and than every second look.
constexpr UnixMicros kLater = 100'000'000;

ClearedOutput held_output(const std::string& instance, HoldKind hold) {
    ClearedOutput output = synthetic_output(instance);
    output.hold = hold;
    return output;
}

JobId clear_held(TemporaryStore& store, const ReceivedJob& job, const std::string& name, HoldKind hold) {
    const ClaimedLease lease = work_on(store, job);
    EXPECT_EQ(must(store.jobs.clear(store.database, lease, held_output(name, hold), 300)), JobState::kHeld);
    return lease.job;
}

std::size_t release(TemporaryStore& store, UnixMicros now, std::size_t count = 100) {
    return must(store.jobs.release_holds(store.database, now, kQuietUs, count)).size();
}

TEST(Hold, WaitsForTheQuietTimeThenDelivers) {
    TemporaryStore store;
    const JobId job = clear_held(store, synthetic_job("1"), "1", HoldKind::kStudy);
    EXPECT_TRUE(must(store.deliveries.claim(store.database, "archive", kLater, 10)).empty());

    EXPECT_EQ(release(store, 300), 0u);
    EXPECT_EQ(release(store, 100 + kQuietUs - 1), 0u);
    EXPECT_EQ(release(store, 100 + kQuietUs), 1u);

    EXPECT_EQ(state_of(store, job), JobState::kDelivering);
    EXPECT_EQ(must(store.deliveries.claim(store.database, "archive", kLater, 10)).size(), 1u);
    EXPECT_EQ(release(store, kLater), 0u);
}

TEST(Hold, MemberStillInWorkOrInQuarantineBlocks) {
    TemporaryStore store;
    clear_held(store, synthetic_job("1"), "1", HoldKind::kStudy);
    const ClaimedLease second = work_on(store, synthetic_job("2"));

    EXPECT_EQ(release(store, kLater), 0u);
    must(store.jobs.quarantine(store.database, second, "ct", "no proof"));
    EXPECT_EQ(release(store, 2 * kLater), 0u);

    must(discard_job(store.database, second.job, "not wanted", "tester (1)", 2 * kLater));
    EXPECT_EQ(release(store, 3 * kLater), 1u);
}

TEST(Hold, SeriesDoesNotWaitForAnotherSeriesOfItsStudy) {
    TemporaryStore store;
    clear_held(store, synthetic_job("1"), "1", HoldKind::kSeries);
    ReceivedJob other = synthetic_job("2");
    other.series_uid = Phi{std::string{"1.2.99"}};
    must(store.jobs.receive(store.database, other));

    EXPECT_EQ(release(store, kLater), 1u);
}

TEST(Hold, StudyWaitsForEverySeries) {
    TemporaryStore store;
    clear_held(store, synthetic_job("1"), "1", HoldKind::kStudy);
    ReceivedJob other = synthetic_job("2");
    other.series_uid = Phi{std::string{"1.2.99"}};
    must(store.jobs.receive(store.database, other));

    EXPECT_EQ(release(store, kLater), 0u);
}

TEST(Hold, JobOfAnUnknownStudyMayBeAMemberAndBlocks) {
    TemporaryStore store;
    clear_held(store, synthetic_job("1"), "1", HoldKind::kStudy);
    ReceivedJob unknown = synthetic_job("2");
    unknown.study_uid = Phi{std::string{}};
    const ClaimedLease lease = work_on(store, unknown);

    EXPECT_EQ(release(store, kLater), 0u);
    must(store.jobs.quarantine(store.database, lease, "ct", "it names no study"));
    EXPECT_EQ(release(store, 2 * kLater), 1u);
}

TEST(Hold, SameStudyOfAnotherProjectDoesNotBlock) {
    TemporaryStore store;
    clear_held(store, synthetic_job("1"), "1", HoldKind::kStudy);
    ReceivedJob other = synthetic_job("2");
    other.project = "registry";
    must(store.jobs.receive(store.database, other));

    EXPECT_EQ(release(store, kLater), 1u);
}

TEST(Hold, LateMemberIsHeldAndReleasedByItself) {
    TemporaryStore store;
    clear_held(store, synthetic_job("1"), "1", HoldKind::kStudy);
    ASSERT_EQ(release(store, 5000), 1u);
    ReceivedJob late = synthetic_job("2");
    late.accepted_at = 6000;
    const ClaimedLease lease = work_on(store, late, 6000);
    must(store.jobs.clear(store.database, lease, held_output("2", HoldKind::kStudy), 6100));

    EXPECT_EQ(release(store, 6100), 0u);
    EXPECT_EQ(release(store, kLater), 1u);
}

TEST(Hold, LargeGroupIsReleasedInPortions) {
    TemporaryStore store;
    for (int i = 0; i < 5; ++i) {
        const std::string name = std::to_string(i);
        clear_held(store, synthetic_job(name), name, HoldKind::kStudy);
    }

    EXPECT_EQ(release(store, kLater, 2), 2u);
    EXPECT_EQ(release(store, kLater, 2), 2u);
    EXPECT_EQ(release(store, kLater, 2), 1u);
    EXPECT_EQ(release(store, kLater, 2), 0u);
}

TEST(Hold, InstanceWithoutAStudyCannotBeHeldForOne) {
    TemporaryStore store;
    ReceivedJob job = synthetic_job("1");
    job.study_uid = Phi{std::string{}};
    const ClaimedLease lease = work_on(store, job);

    EXPECT_EQ(
        fault_of(store.jobs.clear(store.database, lease, held_output("1", HoldKind::kStudy), 300)),
        Fault::kQuarantine
    );
}

}  // namespace
}  // namespace efface::db
