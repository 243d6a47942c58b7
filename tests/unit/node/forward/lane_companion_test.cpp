// Goal: an instance and the Segmentation of its mask are one delivery: confirmed when both are, sent again,
// failed or made again together. Method: as lane_test.
#include "config/json.h"
#include "tests/unit/node/forward/lane_fixture.h"

namespace efface::node {
namespace {

using db::testing::must;
using Result = Carried::Result;

TEST_F(LaneTest, ACompanionGoesBehindItsOutputAndBothAreOneDelivery) {
    const db::JobId job = cleared_with_companion("a");

    lane_->wake();
    settle();

    EXPECT_EQ(script_.uids, (std::vector<std::string>{"2.25.1", "2.25.9a"}));
    EXPECT_EQ(state_of(job), db::DeliveryState::kDelivered);
    EXPECT_EQ(rows_of(db::AuditEvent::kDelivered), 1U);
    const auto detail = parse_json(row_of(db::AuditEvent::kDelivered).detail);
    EXPECT_EQ(detail->at("mask_segmentation").at("sop_instance_uid"), "2.25.9a");
    EXPECT_EQ(detail->at("mask_segmentation").at("digest"), to_hex(sha256("ca")));
    EXPECT_EQ(metrics_.value(Counter::kInstancesDelivered), 1U);
    EXPECT_EQ(metrics_.value(Counter::kSegmentationsDelivered), 1U);
    EXPECT_EQ(metrics_.value(Counter::kDeliveredBytes), 15U);
}

TEST_F(LaneTest, ACompanionThatIsRefusedFailsItsDeliveryAndNoOther) {
    const db::JobId bad = cleared_with_companion("a");
    const db::JobId good = cleared_with_companion("b");
    script_.sends.push_back({.result = Result::kDelivered});
    script_.sends.push_back({.result = Result::kPermanent, .status = 0xA900, .reason = "no"});

    lane_->wake();
    settle();

    EXPECT_EQ(state_of(bad), db::DeliveryState::kFailedPermanent);
    EXPECT_EQ(delivery_of(bad).reason, "the instance arrived, the Segmentation of its mask did not: no");
    EXPECT_TRUE(must(db::was_sent(store_.database, "2.25.1"))) << "the instance itself arrived (P4)";
    EXPECT_EQ(state_of(good), db::DeliveryState::kDelivered);
    EXPECT_EQ(metrics_.value(Counter::kSegmentationsDelivered), 1U);
}

TEST_F(LaneTest, ACompanionIsNotSentBehindAnOutputThatDidNotArrive) {
    const db::JobId job = cleared_with_companion("a");
    script_.sends.push_back({.result = Result::kPermanent, .reason = "no", .sent = db::Sent::kNothing});

    lane_->wake();
    settle();

    EXPECT_EQ(script_.uids, (std::vector<std::string>{"2.25.1"}));
    EXPECT_EQ(state_of(job), db::DeliveryState::kFailedPermanent);
    EXPECT_FALSE(must(db::was_sent(store_.database, "2.25.1")));
}

TEST_F(LaneTest, ACompanionThatFailsForNowBringsBothAgain) {
    const db::JobId job = cleared_with_companion("a");
    script_.sends.push_back({.result = Result::kDelivered});
    script_.sends.push_back(
        {.result = Result::kRetry, .reason = "connection lost", .sent = db::Sent::kNothing, .usable = false}
    );

    lane_->wake();
    settle();
    EXPECT_EQ(state_of(job), db::DeliveryState::kPending);
    clock_.at += 120'000'000;
    const auto again = must(store_.deliveries.claim(store_.database, "archive", clock_.at, 1)).at(0);
    EXPECT_TRUE(again.sent_before) << "0111 for the instance means delivered";
    must(store_.deliveries.give_back(
        store_.database, db::testing::lease_of(again), clock_.at, db::Sent::kWhole
    ));
    lane_->wake();
    settle();

    EXPECT_EQ(script_.uids, (std::vector<std::string>{"2.25.1", "2.25.9a", "2.25.1", "2.25.9a"}));
    EXPECT_EQ(state_of(job), db::DeliveryState::kDelivered);
}

TEST_F(LaneTest, ACompanionGetsAnAssociationOfItsOwnWhereThePeerEndsTheFirst) {
    const db::JobId job = cleared_with_companion("a");
    script_.sends.push_back({.result = Result::kDelivered, .usable = false});

    lane_->wake();
    settle();

    EXPECT_EQ(script_.prepared, 2);
    EXPECT_EQ(script_.uids, (std::vector<std::string>{"2.25.1", "2.25.9a"}));
    EXPECT_EQ(state_of(job), db::DeliveryState::kDelivered);
}

TEST_F(LaneTest, ACompanionThatCannotGetAnAssociationBringsBothAgain) {
    const db::JobId job = cleared_with_companion("a");
    script_.prepares.push_back({.result = Result::kDelivered});
    script_.prepares.push_back(
        {.result = Result::kRetry, .reason = "connect refused", .sent = db::Sent::kNothing, .usable = false}
    );
    script_.sends.push_back({.result = Result::kDelivered, .usable = false});

    lane_->wake();
    settle();

    EXPECT_EQ(state_of(job), db::DeliveryState::kPending);
    EXPECT_TRUE(must(db::was_sent(store_.database, "2.25.1"))) << "it may not count as unsent (P4)";
}

TEST_F(LaneTest, AWarningForEitherIsOne) {
    const db::JobId output = cleared_with_companion("a");
    const db::JobId companion = cleared_with_companion("b");
    script_.sends.push_back({.result = Result::kWarning, .status = 0xB006, .alarm = true, .reason = "dropped"}
    );
    script_.sends.push_back({.result = Result::kDelivered});
    script_.sends.push_back({.result = Result::kDelivered});
    script_.sends.push_back({.result = Result::kWarning, .status = 0xB000, .reason = "coerced"});

    lane_->wake();
    settle();

    EXPECT_EQ(state_of(output), db::DeliveryState::kDeliveredWarning);
    EXPECT_EQ(delivery_of(output).reason, "dropped");
    EXPECT_EQ(delivery_of(output).last_status, 0xB006U);
    EXPECT_EQ(state_of(companion), db::DeliveryState::kDeliveredWarning);
    EXPECT_EQ(delivery_of(companion).reason, "of the Segmentation of the mask: coerced");
}

TEST_F(LaneTest, ALostCompanionIsMadeAgainWithItsOutput) {
    const db::JobId job = cleared_with_companion("a");
    script_.sends.push_back({.result = Result::kDelivered});
    script_.sends.push_back({.result = Result::kOutputGone, .reason = "gone", .sent = db::Sent::kNothing});

    lane_->wake();
    settle();

    EXPECT_EQ(must(db::find_job(store_.database, job))->state, db::JobState::kReceived);
    EXPECT_EQ(rows_of(db::AuditEvent::kOutputLost), 1U);
    EXPECT_EQ(dropped_, (std::vector<std::string>{"oa", "ca"}));
    EXPECT_TRUE(must(db::was_sent(store_.database, "2.25.1")));
}

TEST_F(LaneTest, ARefusedSyntaxOfACompanionAsksForNoTranscoding) {
    const db::JobId job = cleared_with_companion("a");
    script_.sends.push_back({.result = Result::kDelivered});
    script_.sends.push_back(
        {.result = Result::kUnsupported, .reason = "no", .transcode_to = "1.2.840.10008.1.2"}
    );

    lane_->wake();
    settle();

    EXPECT_EQ(state_of(job), db::DeliveryState::kFailedPermanent);
}

TEST_F(LaneTest, DrainingEndsADeliveryWhoseCompanionIsStillToGo) {
    const db::JobId begun = cleared_with_companion("a");
    const db::JobId next = cleared_with_companion("b");
    bool drained = false;
    lane_->wake();
    while (script_.uids.empty()) {
        writer_.run_once();
        while (!queue_.empty() && script_.uids.empty()) {
            const auto work = std::move(queue_.front());
            queue_.pop_front();
            work();
        }
    }

    lane_->drain([&] { drained = true; });
    settle();

    EXPECT_TRUE(drained);
    EXPECT_EQ(script_.uids, (std::vector<std::string>{"2.25.1", "2.25.9a"}));
    EXPECT_EQ(state_of(begun), db::DeliveryState::kDelivered);
    EXPECT_EQ(state_of(next), db::DeliveryState::kPending);
}

}  // namespace
}  // namespace efface::node
