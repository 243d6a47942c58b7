// Goal: every answer of a destination leads to the delivery state, the audit row and the next step that
// the tables promise; nothing is lost when the association breaks or the node drains.
// Method: a real store, a scripted carrier, and a queue instead of the forwarding thread.
#include "tests/unit/node/forward/lane_fixture.h"

namespace efface::node {
namespace {

using db::testing::must;
using Result = Carried::Result;

TEST_F(LaneTest, WhatIsDueIsDeliveredAndAudited) {
    const db::JobId a = cleared("a");
    const db::JobId b = cleared("b");

    lane_->wake();
    settle();

    EXPECT_EQ(state_of(a), db::DeliveryState::kDelivered);
    EXPECT_EQ(state_of(b), db::DeliveryState::kDelivered);
    EXPECT_EQ(rows_of(db::AuditEvent::kDelivered), 2U);
    EXPECT_EQ(metrics_.value(Counter::kInstancesDelivered), 2U);
    EXPECT_TRUE(lane_->idle());
}

TEST_F(LaneTest, AWarningIsDeliveredAndSaid) {
    const db::JobId job = cleared("a");
    script_.sends.push_back({.result = Result::kWarning, .status = 0xB006, .alarm = true});

    lane_->wake();
    settle();

    EXPECT_EQ(state_of(job), db::DeliveryState::kDeliveredWarning);
    EXPECT_EQ(rows_of(db::AuditEvent::kDeliveryWarning), 1U);
}

TEST_F(LaneTest, APermanentRefusalStopsThatInstanceOnly) {
    const db::JobId bad = cleared("a");
    const db::JobId good = cleared("b");
    script_.sends.push_back({.result = Result::kPermanent, .status = 0xA900, .reason = "no"});

    lane_->wake();
    settle();

    EXPECT_EQ(state_of(bad), db::DeliveryState::kFailedPermanent);
    EXPECT_EQ(state_of(good), db::DeliveryState::kDelivered);
    EXPECT_EQ(must(db::find_job(store_.database, bad))->state, db::JobState::kUndelivered);
}

TEST_F(LaneTest, ARetryWaitsForItsTimeAndThenGoes) {
    const db::JobId job = cleared("a");
    script_.sends.push_back({.result = Result::kRetry, .status = 0xA700, .reason = "out of resources"});

    lane_->wake();
    settle();
    EXPECT_EQ(state_of(job), db::DeliveryState::kPending);
    lane_->wake();
    settle();
    EXPECT_EQ(script_.sent.size(), 1U) << "sent again before its time";
    clock_.at += 120'000'000;
    lane_->wake();
    settle();

    EXPECT_EQ(state_of(job), db::DeliveryState::kDelivered);
    EXPECT_EQ(rows_of(db::AuditEvent::kDeliveryRetry), 1U);
}

TEST_F(LaneTest, AnUnreachableDestinationGivesEverythingBackWithOneRow) {
    const db::JobId a = cleared("a");
    const db::JobId b = cleared("b");
    script_.prepares.push_back(
        {.result = Result::kRetry, .reason = "connect refused", .sent = db::Sent::kNothing, .usable = false}
    );

    lane_->wake();
    settle();

    EXPECT_EQ(state_of(a), db::DeliveryState::kPending);
    EXPECT_EQ(state_of(b), db::DeliveryState::kPending);
    EXPECT_EQ(rows_of(db::AuditEvent::kDeliveryRetry), 1U);
    EXPECT_TRUE(script_.sent.empty());
    clock_.at += 120'000'000;
    lane_->wake();
    settle();
    EXPECT_EQ(state_of(a), db::DeliveryState::kDelivered);
    EXPECT_EQ(state_of(b), db::DeliveryState::kDelivered);
}

TEST_F(LaneTest, ABrokenAssociationGivesTheRestBack) {
    cleared("a");
    const db::JobId b = cleared("b");
    script_.sends.push_back({.result = Result::kRetry, .reason = "connection lost", .usable = false});

    lane_->wake();
    settle();

    EXPECT_EQ(script_.sent.size(), 1U);
    EXPECT_EQ(state_of(b), db::DeliveryState::kPending);
    EXPECT_TRUE(lane_->idle());
}

TEST_F(LaneTest, ALostOutputIsMadeAgain) {
    const db::JobId job = cleared("a");
    script_.sends.push_back({.result = Result::kOutputGone, .reason = "gone", .sent = db::Sent::kNothing});

    lane_->wake();
    settle();

    EXPECT_EQ(must(db::find_job(store_.database, job))->state, db::JobState::kReceived);
    EXPECT_EQ(rows_of(db::AuditEvent::kOutputLost), 1U);
    EXPECT_EQ(jobs_changed_, 1);
    EXPECT_EQ(dropped_, std::vector<std::string>{"oa"});
}

TEST_F(LaneTest, AnOutputThatTwoDestinationsMissIsMadeAgainOnce) {
    const db::JobId job = cleared("a", {"archive", "folder"});
    const auto other = must(store_.deliveries.claim(store_.database, "folder", clock_.at, 1)).front();
    script_.sends.push_back({.result = Result::kOutputGone, .reason = "gone", .sent = db::Sent::kNothing});
    lane_->wake();
    writer_.run_once();  // Claimed, and not yet missed, when the other destination misses it.
    must(store_.deliveries.give_back(store_.database, db::testing::lease_of(other), clock_.at));
    must(store_.jobs.output_lost(store_.database, job, clock_.at));

    settle();

    for (const auto& delivery : must(db::find_deliveries(store_.database, job))) {
        EXPECT_EQ(delivery.state, db::DeliveryState::kHeld) << delivery.destination;
    }
}

TEST_F(LaneTest, ARefusedSyntaxAsksForATranscoding) {
    const db::JobId job = cleared("a");
    script_.sends.push_back(
        {.result = Result::kUnsupported,
         .reason = "no",
         .transcode_to = "1.2.840.10008.1.2",
         .sent = db::Sent::kNothing}
    );

    lane_->wake();
    settle();

    EXPECT_EQ(state_of(job), db::DeliveryState::kTranscodeWanted);
    EXPECT_EQ(jobs_changed_, 1);
}

TEST_F(LaneTest, ARefusedSyntaxWithoutAnotherIsPermanent) {
    const db::JobId job = cleared("a");
    script_.sends.push_back({.result = Result::kUnsupported, .reason = "no", .sent = db::Sent::kNothing});

    lane_->wake();
    settle();

    EXPECT_EQ(state_of(job), db::DeliveryState::kFailedPermanent);
}

TEST_F(LaneTest, AHeldDestinationGetsNothing) {
    const db::JobId job = cleared("a");
    must(store_.deliveries.hold_destination(store_.database, "archive", "op", clock_.at));

    lane_->wake();
    settle();

    EXPECT_EQ(state_of(job), db::DeliveryState::kPending);
    EXPECT_TRUE(script_.sent.empty());
}

TEST_F(LaneTest, DrainingGivesBackWhatIsNotUnderWay) {
    const db::JobId a = cleared("a");
    const db::JobId b = cleared("b");
    bool drained = false;
    lane_->wake();
    writer_.run_once();  // The claim is committed; its batch is not looked at yet.

    lane_->drain([&] { drained = true; });
    settle();

    EXPECT_TRUE(drained);
    EXPECT_EQ(state_of(a), db::DeliveryState::kPending);
    EXPECT_EQ(state_of(b), db::DeliveryState::kPending);
    EXPECT_EQ(script_.closed, 1);
}

TEST(BackOff, GrowsToItsMostAndForgetsAfterSuccess) {
    HandClock clock;
    Environment environment{clock, system_environment().entropy, system_environment().files};
    BackOff back_off{environment, std::chrono::seconds{1}, std::chrono::seconds{60}};

    for (std::uint32_t n = 1; n < 40; ++n) {
        const std::int64_t delay = back_off.delay(n);
        EXPECT_GE(delay, 500'000);
        EXPECT_LE(delay, 60'000'000);
    }
    EXPECT_GE(back_off.delay(30), 30'000'000);
    EXPECT_GT(back_off.failed(), clock.at);
    back_off.succeeded();
    EXPECT_EQ(back_off.not_before(), 0);
}

}  // namespace
}  // namespace efface::node
