// Goal: one new SOP Instance UID never stands for two contents that left (promise P4), and an operator
// decides which of two contents it stands for. Method: whole nodes; every change through the control socket.
#include "config/json.h"
#include "node/control/key_file.h"
#include "tests/scenarios/scenario_rules.h"
#include "tests/support/running_node.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace efface::testing {
namespace {

using db::AuditEvent;
using db::JobState;

const std::string kFirstSamples(32, '\x2A');
const std::string kSecondSamples(32, '\x55');

bool holds(const std::string& bytes, const std::string& what) {
    return bytes.find(what) != std::string::npos;
}

/// The first content is delivered, the second waits as a conflict.
db::Job delivered_then_conflict(RunningNode& node) {
    EXPECT_EQ(node.store(ct_instance()), 0x0000);
    node.wait_for(kInstanceUid, JobState::kDelivered);
    EXPECT_EQ(node.store(ct_with_other_samples()), 0x0000) << "kept, and for an operator to decide";
    db::Job second = node.wait_for(kInstanceUid, JobState::kQuarantined);
    EXPECT_TRUE(second.conflict);
    EXPECT_EQ(node.audit_count(AuditEvent::kConflict, second.id), 1U);
    return second;
}

TEST(Conflict, IsKeptInQuarantineAndDiscardKeepsTheFirst) {
    RunningNode node;
    const db::Job second = delivered_then_conflict(node);

    ASSERT_EQ(node.change_job("quarantine.discard", second.id), "");

    EXPECT_EQ(node.job(second.id)->state, JobState::kDiscarded);
    EXPECT_EQ(node.job(1)->state, JobState::kDelivered);
    EXPECT_EQ(node.archive_files().size(), 1U);
    EXPECT_TRUE(holds(node.archive_bytes(), kFirstSamples));
}

TEST(Conflict, ASecondCopyOfTheConflictIsADuplicate) {
    RunningNode node;
    delivered_then_conflict(node);

    EXPECT_EQ(node.store(ct_with_other_samples()), 0x0000);

    EXPECT_EQ(node.jobs().size(), 2U);
    EXPECT_EQ(node.audit_count(AuditEvent::kDuplicate), 1U);
}

TEST(Conflict, IsNotReleasedWithoutADecision) {
    RunningNode node;
    const db::Job second = delivered_then_conflict(node);

    EXPECT_NE(node.change_job("quarantine.release", second.id), "");
    EXPECT_EQ(node.job(second.id)->state, JobState::kQuarantined);
}

TEST(Conflict, ReplacementIsRefusedOnceTheFirstWasSent) {
    RunningNode node;
    const db::Job second = delivered_then_conflict(node);

    const std::string refusal = node.change_job("quarantine.release", second.id, {{"as", "replacement"}});

    EXPECT_NE(refusal.find("sent already"), std::string::npos) << refusal;
    EXPECT_EQ(node.job(second.id)->state, JobState::kQuarantined);
    EXPECT_TRUE(holds(node.archive_bytes(), kFirstSamples));
}

TEST(Conflict, ANewInstanceGetsADeterministicUidOfItsOwn) {
    RunningNode node;
    const db::Job second = delivered_then_conflict(node);

    ASSERT_EQ(node.change_job("quarantine.release", second.id, {{"as", "new-instance"}}), "");
    const db::Job delivered = node.wait_for(second.id, JobState::kDelivered);

    const auto key = node::read_key_file(node.settings().projects.front().key_file);
    ASSERT_TRUE(key) << key.error();
    EXPECT_EQ(
        delivered.new_instance_uid,
        key->map_uid_of_content(std::string{kInstanceUid}, sha256(ct_with_other_samples().data_set))
    );
    EXPECT_EQ(node.archive_files().size(), 2U);
    EXPECT_TRUE(holds(node.archive_bytes(), kFirstSamples));
    EXPECT_TRUE(holds(node.archive_bytes(), kSecondSamples));
}

TEST(Conflict, AReplacementTakesTheUidOfAFirstThatWasNotSent) {
    RunningNode node;
    ASSERT_TRUE(node.control("destination.hold", {{"destination", "archive"}, {"reason", "a test"}}));
    ASSERT_EQ(node.store(ct_instance()), 0x0000);
    const db::Job first = node.wait_for(kInstanceUid, JobState::kDelivering);
    ASSERT_EQ(node.store(ct_with_other_samples()), 0x0000);
    const db::Job second = node.wait_for(kInstanceUid, JobState::kQuarantined);

    ASSERT_EQ(node.change_job("quarantine.release", second.id, {{"as", "replacement"}}), "");
    ASSERT_TRUE(node.control("destination.release", {{"destination", "archive"}, {"reason", "a test"}}));
    const db::Job delivered = node.wait_for(second.id, JobState::kDelivered);

    EXPECT_EQ(node.job(first.id)->state, JobState::kDiscarded);
    EXPECT_EQ(delivered.new_instance_uid, first.new_instance_uid);
    EXPECT_EQ(node.archive_files().size(), 1U);
    EXPECT_TRUE(holds(node.archive_bytes(), kSecondSamples));
    EXPECT_EQ(node.audit_count(AuditEvent::kDelivered, first.id), 0U);
}

TEST(Conflict, ChangedRulesMakeAConflictOfWhatWasSent) {
    Elements ct = ct_elements();
    ct.put(0x00100040, rules::Vr::CS, "F");
    const Instance instance = ct_of(ct);
    RunningNode node{{.rules = one_rule(R"("archive")")}};
    ASSERT_EQ(node.store(instance), 0x0000);
    const db::Job before = node.wait_for(kInstanceUid, JobState::kDelivered);
    const std::string file = node.archive_bytes();

    node.stop();
    ASSERT_TRUE(std::filesystem::remove(node.spool_path("outputs", before.output_file)));
    node.change_rules(one_rule(R"("archive")", "[rule.overrides]\nPatientSex = \"K\"\n"));
    ASSERT_EQ(node.start(), "");
    ASSERT_EQ(node.store(instance), 0x0000) << "sent again by its peer: to be delivered again";

    const db::Job after = node.wait_for(kInstanceUid, JobState::kQuarantined);
    EXPECT_TRUE(after.conflict) << after.reason;
    EXPECT_EQ(node.audit_count(AuditEvent::kConflict, after.id), 1U);
    EXPECT_EQ(node.archive_bytes(), file);
    EXPECT_NE(node.change_job("quarantine.release", after.id, {{"as", "replacement"}}), "");

    ASSERT_EQ(node.change_job("quarantine.release", after.id, {{"as", "new-instance"}}), "");

    const db::Job anew = node.wait_for(kInstanceUid, JobState::kDelivered);
    EXPECT_NE(anew.new_instance_uid, before.new_instance_uid);
    EXPECT_EQ(node.archive_files().size(), 2U);
}

}  // namespace
}  // namespace efface::testing
