// Who is let in, and with which result, source and reason the others are not (PS3.8 Table 9-21).
#include "node/runtime/admission.h"

#include "db/audit/audit_query.h"
#include "tests/unit/db/temporary_store.h"

#include <gtest/gtest.h>

namespace efface::node {
namespace {

using db::testing::must;

class AdmissionTest : public ::testing::Test {
protected:
    AdmissionTest() {
        settings_ = Settings::embedded(store_.directory.path());
        settings_.peers.front().calling_ae = "CT1";
        settings_.listen.associations_max = 2;
        settings_.listen.associations_per_peer_max = 1;
        admission_.emplace(AdmissionParts{
            .environment = system_environment(),
            .settings = settings_,
            .writer = writer_,
            .audit = audit_,
            .metrics = metrics_,
            .log = log_,
            .run_blocking = [](const std::function<void()>& work) { work(); }});
    }

    AssociationDecision decide(
        const std::string& calling, const std::string& called, const std::string& address = "127.0.0.1",
        AssociationLoad load = {}
    ) {
        return admission_->decide(
            {.calling_ae = calling, .called_ae = called, .peer_address = address}, load
        );
    }

    std::vector<db::AuditRow> rows() {
        while (writer_.run_once() > 0) {
        }
        return must(db::query_audit(store_.database, {}));
    }

    db::testing::TemporaryStore store_;
    db::Writer writer_{store_.database, system_environment().files};
    db::AuditLog audit_;
    Metrics metrics_;
    Log log_{system_environment().clock, LogLevel::kError, LogFormat::kText};
    Settings settings_;
    std::optional<Admission> admission_;
};

TEST_F(AdmissionTest, AKnownPeerEntersTheProjectThatItCalls) {
    const AssociationDecision decision = decide("CT1", "EFFACE");

    EXPECT_TRUE(decision.accepted);
    EXPECT_EQ(decision.project, "demo");
}

TEST_F(AdmissionTest, StrangersAreRejectedForTheRightReason) {
    EXPECT_EQ(decide("CT2", "EFFACE").rejection, kRejectCallingAe);
    EXPECT_EQ(decide("CT1", "OTHER").rejection, kRejectCalledAe);
    EXPECT_EQ(decide("CT1", "EFFACE", "192.0.2.7").rejection, kRejectCallingAe);
    EXPECT_EQ(decide("CT1", "EFFACE", "not an address").rejection, kRejectCallingAe);
}

TEST_F(AdmissionTest, TooManyAssociationsAreRejectedAsTransient) {
    EXPECT_EQ(decide("CT1", "EFFACE", "127.0.0.1", {.open_total = 2}).rejection, kRejectLocalLimit);
    EXPECT_EQ(
        decide("CT1", "EFFACE", "127.0.0.1", {.open_total = 1, .open_from_calling_ae = 1}).rejection,
        kRejectLocalLimit
    );
    EXPECT_TRUE(kRejectLocalLimit.is_transient());
}

TEST_F(AdmissionTest, ACongestedNodeRejectsAsTransient) {
    admission_->set_congested(true);

    EXPECT_EQ(decide("CT1", "EFFACE").rejection, kRejectTemporaryCongestion);
}

TEST_F(AdmissionTest, EqualRejectionsOfOneAddressAreOneRow) {
    auto facts = std::make_shared<AssociationFacts>();
    facts->peer_address = "192.0.2.7";
    for (int i = 0; i < 50; ++i) {
        admission_->notify(
            {.kind = AssociationEventKind::kRejected,
             .facts = facts,
             .reason = "stranger",
             .rejection = kRejectCallingAe}
        );
    }
    EXPECT_EQ(rows().size(), 1U);

    admission_->flush(/*all=*/true);

    const auto all = rows();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_NE(all.back().entry.detail.find("49"), std::string::npos) << all.back().entry.detail;
    EXPECT_EQ(metrics_.value(Counter::kAssociationsRejected), 50U);
}

TEST_F(AdmissionTest, AcceptedAndReleasedAreCounted) {
    auto facts = std::make_shared<AssociationFacts>();
    facts->calling_ae = "CT1";
    facts->peer_address = "127.0.0.1";

    admission_->notify({.kind = AssociationEventKind::kAccepted, .facts = facts});
    EXPECT_EQ(admission_->open_associations(), 1);
    admission_->notify({.kind = AssociationEventKind::kReleased, .facts = facts});

    EXPECT_EQ(admission_->open_associations(), 0);
    EXPECT_EQ(rows().size(), 2U);
}

TEST_F(AdmissionTest, TheEchoesOfAnAssociationAreOneRowWithACount) {
    auto facts = std::make_shared<AssociationFacts>();
    facts->id = 12;
    facts->calling_ae = "CT1";
    facts->peer_address = "127.0.0.1";
    facts->project = "demo";

    admission_->notify({.kind = AssociationEventKind::kReleased, .facts = facts});
    EXPECT_EQ(rows().size(), 1U);
    admission_->notify({.kind = AssociationEventKind::kReleased, .facts = facts, .echoes = 3});

    const auto all = rows();
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[1].entry.event, db::AuditEvent::kEcho);
    EXPECT_EQ(all[1].entry.project, "demo");
    EXPECT_EQ(all[1].entry.peer, settings_.peers.front().name);
    EXPECT_EQ(all[1].entry.detail, R"({"association":12,"count":3})");
}

}  // namespace
}  // namespace efface::node
