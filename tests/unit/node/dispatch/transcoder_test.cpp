// Goal: a second output is made, gated and kept like the first, or its delivery fails for good with a
// reason; never does it say something else than the first. Method: as dispatcher_test.
#include "tests/unit/node/dispatch/dispatch_fixture.h"

namespace efface::node {
namespace {

using db::AuditEvent;
using db::DeliveryState;
using db::JobState;

constexpr std::string_view kWantedSyntax = "1.2.840.10008.1.2";

class TranscoderTest : public DispatchTest {
protected:
    /// A cleared job whose destination refused the syntax of the first output.
    db::JobId refused_by_its_peer(const std::string& behaviour) {
        const db::JobId id = receive("1", behaviour);
        wait_for(id, JobState::kDelivering);
        EXPECT_TRUE(eventually([&] { return due_ == 1U; }));
        want_transcode(id);
        return id;
    }

    void want_transcode(db::JobId id) {
        write([&](db::Database& database) -> Status {
            const UnixMicros now = environment_.clock.now();
            EFFACE_TRY(const auto claimed, store_.deliveries.claim(database, "archive", now, 1));
            EXPECT_EQ(claimed.at(0).job, id);
            return store_.deliveries.want_transcode(
                database, db::testing::lease_of(claimed.at(0)), kWantedSyntax, now
            );
        });
    }

    bool delivery_becomes(db::JobId id, DeliveryState state) {
        return eventually([&] { return delivery(id).state == state; });
    }
};

TEST_F(TranscoderTest, ASecondOutputWaitsToBeSentInTheWantedSyntax) {
    const db::JobId id = refused_by_its_peer("");

    ASSERT_TRUE(delivery_becomes(id, DeliveryState::kPending));

    const db::Delivery second = delivery(id);
    EXPECT_EQ(second.output_syntax_uid, kWantedSyntax);
    EXPECT_NE(second.output_file, job(id).output_file);
    EXPECT_EQ(output_count(), 2U);
    ASSERT_EQ(rows(AuditEvent::kTranscoded).size(), 1U);
    EXPECT_EQ(rows(AuditEvent::kTranscoded).front().entry.outcome, db::AuditOutcome::kSuccess);
    EXPECT_TRUE(eventually([&] { return due_ == 2U; }));
}

TEST_F(TranscoderTest, AWorkerThatDiesThreeTimesFailsTheDeliveryForGood) {
    const db::JobId id = refused_by_its_peer("transcode-die");

    ASSERT_TRUE(delivery_becomes(id, DeliveryState::kFailedPermanent));

    EXPECT_EQ(job(id).state, JobState::kUndelivered);
    EXPECT_EQ(delivery(id).reason, "a worker process died");
    EXPECT_EQ(rows(AuditEvent::kTranscoded).size(), db::kAttemptsMax);
    ASSERT_EQ(rows(AuditEvent::kDeliveryFailed).size(), 1U);
    EXPECT_EQ(rows(AuditEvent::kDeliveryFailed).front().entry.reason, "a worker process died");
    EXPECT_EQ(rows(AuditEvent::kDeliveryFailed).front().entry.peer, "archive");
    EXPECT_EQ(output_count(), 1U) << "the first output stays";
}

TEST_F(TranscoderTest, AGateRefusalOfTheSecondOutputSendsNothing) {
    const db::JobId id = refused_by_its_peer("transcode-gate-refuse");

    ASSERT_TRUE(delivery_becomes(id, DeliveryState::kFailedPermanent));

    EXPECT_EQ(delivery(id).reason, "gate: told to");
    EXPECT_EQ(rows(AuditEvent::kDeliveryFailed).size(), 1U);
    EXPECT_EQ(output_count(), 1U);
}

TEST_F(TranscoderTest, ASecondOutputOfAnotherInstanceIsThrownAway) {
    const db::JobId id = refused_by_its_peer("transcode-other-uid");

    ASSERT_TRUE(delivery_becomes(id, DeliveryState::kFailedPermanent));

    EXPECT_EQ(delivery(id).reason, "the second output names another instance or rule than the first");
    EXPECT_EQ(job(id).state, JobState::kUndelivered);
    EXPECT_EQ(output_count(), 1U);
    EXPECT_EQ(rows(AuditEvent::kTranscoded).size(), 1U) << "another attempt would end the same";
    EXPECT_EQ(due_, 1U);
}

TEST_F(TranscoderTest, AnotherKeyThanTheFirstOutputsMakesNoSecond) {
    const db::JobId id = receive("1", "");
    wait_for(id, JobState::kDelivering);
    stop();
    fingerprint_ = "another key";
    start();
    want_transcode(id);

    ASSERT_TRUE(delivery_becomes(id, DeliveryState::kFailedPermanent));

    EXPECT_EQ(delivery(id).reason.find("the rules, the key or the program"), 0U) << delivery(id).reason;
    EXPECT_EQ(output_count(), 1U);
}

TEST_F(TranscoderTest, OtherRulesThanTheFirstOutputsMakeNoSecond) {
    const db::JobId id = receive("1", "");
    wait_for(id, JobState::kDelivering);
    stop();
    start(std::string{kRulesInForce} + "# changed since\n");
    want_transcode(id);

    ASSERT_TRUE(delivery_becomes(id, DeliveryState::kFailedPermanent));

    EXPECT_EQ(delivery(id).reason.find("the rules, the key or the program changed"), 0U)
        << delivery(id).reason;
    EXPECT_EQ(job(id).state, JobState::kUndelivered);
    EXPECT_EQ(output_count(), 1U);
}

}  // namespace
}  // namespace efface::node
