// Goal: a destination that takes Segmentations gets an instance and the one of its mask; one that does not
// gets neither. Method: a real association to our own SCP, both on the test's thread.
#include "node/forward/dicom_carrier.h"

#include "node/forward/companion.h"
#include "rules/vocabulary/sop_class.h"
#include "tests/unit/node/dimse/dimse_fixtures.h"
#include "tests/unit/node/forward/spooled_delivery.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <chrono>

namespace efface::node {
namespace {

using Result = Carried::Result;

constexpr std::chrono::seconds kPatience{30};

class DicomCarrierTest : public ::testing::Test {
protected:
    void TearDown() override { carrier_.reset(); }

    void associate_with_scp_of(std::vector<std::string> classes) {
        const std::vector<std::string> syntaxes{std::string{kExplicit}, std::string{kImplicit}};
        AcceptorOptions options;
        options.endpoints = {{.address = "127.0.0.1", .port = 0}};
        acceptor_.emplace(io_, options, Offer{classes, syntaxes, syntaxes}, policy_, sink_, observer_);
        db::testing::must(acceptor_->listen());
        carrier_.emplace(
            io_, environment_, spool_,
            DicomCarrierOptions{
                .remote = {"127.0.0.1", acceptor_->ports().at(0), "ARCHIVE", "EFFACE"},
                .limits = {},
                .resolve = {}}
        );
        EXPECT_EQ(prepare().result, Result::kDelivered);
    }

    Carried outcome_of(const std::function<void(Carrier::Done)>& operation) {
        std::optional<Carried> outcome;
        operation([&](Carried carried) { outcome = std::move(carried); });
        const auto until = std::chrono::steady_clock::now() + kPatience;
        while (!outcome && std::chrono::steady_clock::now() < until) {
            io_.restart();
            io_.run_one_for(std::chrono::seconds{1});
        }
        EXPECT_TRUE(outcome.has_value());
        return outcome.value_or(Carried{});
    }

    Carried prepare() {
        return outcome_of([&](auto done) { carrier_->prepare({delivery_}, done); });
    }

    Carried send(const db::Delivery& delivery) {
        return outcome_of([&](auto done) { carrier_->send(delivery, done); });
    }

    boost::asio::io_context io_;
    Environment& environment_ = system_environment();
    db::testing::TemporaryDirectory directory_;
    pipeline::Spool spool_ = db::testing::must(pipeline::Spool::open(environment_, directory_.file("spool")));
    db::Delivery delivery_ = spooled_delivery(spool_);
    TestPolicy policy_;
    TestSink sink_;
    TestObserver observer_;
    std::optional<Acceptor> acceptor_;
    std::optional<DicomCarrier> carrier_;
};

TEST_F(DicomCarrierTest, SendsAnInstanceAndTheSegmentationOfItsMask) {
    associate_with_scp_of({std::string{kCt}, std::string{rules::kSegmentationSopClass}});

    const Carried output = send(delivery_);
    const Carried companion = send(companion_of(delivery_));

    EXPECT_EQ(output.result, Result::kDelivered) << output.reason;
    EXPECT_EQ(companion.result, Result::kDelivered) << companion.reason;
    ASSERT_EQ(sink_.records.size(), 2U);
    EXPECT_EQ(sink_.records[0]->request.sop_class_uid, kCt);
    EXPECT_EQ(sink_.records[1]->request.sop_class_uid, rules::kSegmentationSopClass);
    EXPECT_EQ(sink_.records[1]->request.transfer_syntax_uid, kExplicit);
    EXPECT_EQ(sink_.records[1]->request.sop_instance_uid.reveal(), kCompanionUid);
    EXPECT_NE(sink_.records[1]->bytes.find(kCompanionUid), std::string::npos);
}

TEST_F(DicomCarrierTest, SendsNothingWhereSegmentationsAreRefused) {
    associate_with_scp_of({std::string{kCt}});

    const Carried carried = send(delivery_);

    EXPECT_EQ(carried.result, Result::kPermanent);
    EXPECT_TRUE(carried.reason.starts_with("the destination does not accept Segmentation Storage"));
    EXPECT_EQ(carried.sent, db::Sent::kNothing);
    EXPECT_TRUE(carried.usable) << "others of the batch may go";
    EXPECT_TRUE(sink_.records.empty());
}

TEST_F(DicomCarrierTest, AnInstanceWithoutAMaskNeedsNoSegmentationStorage) {
    delivery_.companion = {};
    associate_with_scp_of({std::string{kCt}});

    EXPECT_EQ(send(delivery_).result, Result::kDelivered);
}

TEST_F(DicomCarrierTest, AnAssociationWithoutTheContextIsReplacedByOneThatHasIt) {
    const db::Companion companion = std::exchange(delivery_.companion, {});
    associate_with_scp_of({std::string{kCt}, std::string{rules::kSegmentationSopClass}});
    delivery_.companion = companion;

    EXPECT_EQ(prepare().result, Result::kDelivered);

    EXPECT_EQ(send(delivery_).result, Result::kDelivered);
    EXPECT_EQ(send(companion_of(delivery_)).result, Result::kDelivered);
}

TEST_F(DicomCarrierTest, ACompanionThatIsNotWhatTheGateJudgedIsNotSent) {
    associate_with_scp_of({std::string{kCt}, std::string{rules::kSegmentationSopClass}});
    delivery_.companion.digest = sha256("other bytes");

    const Carried carried = send(companion_of(delivery_));

    EXPECT_EQ(carried.result, Result::kOutputGone);
    EXPECT_TRUE(sink_.records.empty());
}

}  // namespace
}  // namespace efface::node
