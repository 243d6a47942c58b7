// Goal: what was accepted arrives clean where its rule sends it, and what is asked for twice is the same.
// Method: whole nodes in this process, real workers, real sockets, a folder as archive.
#include "config/json.h"
#include "tests/scenarios/scenario_rules.h"
#include "tests/support/reserved_port.h"
#include "tests/support/running_node.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace efface::testing {
namespace {

using db::AuditEvent;
using db::JobState;

TEST(Delivery, AnInstanceLeavesCleanAndTheAuditTellsItsWay) {
    RunningNode node;

    ASSERT_EQ(node.store(ct_instance()), 0x0000);
    const db::Job job = node.wait_for(kInstanceUid, JobState::kDelivered);

    ASSERT_EQ(node.archive_files().size(), 1U);
    const std::string file = node.archive_bytes();
    EXPECT_EQ(file.find(kPatientName), std::string::npos);
    EXPECT_EQ(file.find(kPatientId), std::string::npos);
    EXPECT_EQ(file.find(kInstanceUid), std::string::npos);
    EXPECT_NE(file.find(std::string(32, '\x2A')), std::string::npos) << "the samples stay";
    EXPECT_EQ(sha256(file), job.output_digest);
    for (const AuditEvent event : {AuditEvent::kReceived, AuditEvent::kCleaned, AuditEvent::kDelivered}) {
        EXPECT_EQ(node.audit_count(event, job.id), 1U) << db::event_name(event);
    }
    EXPECT_EQ(node.stop(), 0);
}

TEST(Delivery, ADeadDestinationKeepsNothingFromTheOthers) {
    const ReservedPort reserved;
    const std::uint16_t port = reserved.port();
    RunningNode research{
        {.edit_settings = [port](Settings& settings) { settings.listen.addresses.front().port = port; }}};
    research.stop();
    RunningNode node{
        {.rules = one_rule(R"("archive", "research")"), .edit_settings = [port](Settings& settings) {
             DestinationSettings dicom = settings.destinations.front();
             dicom.name = "research";
             dicom.kind = DestinationKind::kDicom;
             dicom.host = "127.0.0.1";
             dicom.port = port;
             dicom.called_ae = "EFFACE";
             dicom.calling_ae = "EFFACE";
             settings.destinations.push_back(dicom);
             settings.retention.originals_days = 0;
         }}};

    ASSERT_EQ(node.store(ct_instance("1.2.3.1")), 0x0000);
    ASSERT_EQ(node.store(ct_instance("1.2.3.2")), 0x0000);
    ASSERT_TRUE(eventually([&] { return node.archive_files().size() == 2; }));
    ASSERT_TRUE(node.wait_for_audit(AuditEvent::kDeliveryRetry));

    EXPECT_EQ(node.job_of("1.2.3.1")->state, JobState::kDelivering);
    EXPECT_EQ(node.audit_count(AuditEvent::kPurged), 0U) << "one destination has not confirmed";
    EXPECT_EQ(node.spool_files("originals").size(), 2U);

    ASSERT_EQ(research.start(), "");

    EXPECT_TRUE(eventually([&] { return research.archive_files().size() == 2; }));
    ASSERT_TRUE(node.wait_for_audit(AuditEvent::kPurged, 2)) << "the retention is no day";
    EXPECT_TRUE(eventually([&] { return node.spool_files("originals").empty(); }));
    EXPECT_TRUE(eventually([&] { return node.spool_files("outputs").empty(); }));
    EXPECT_EQ(node.archive_files().size(), 2U) << "the archive's own files stay";
}

TEST(Delivery, ADuplicateInWorkIsAcknowledgedAndNothingElse) {
    RunningNode node;
    ASSERT_TRUE(node.control("destination.hold", {{"destination", "archive"}, {"reason", "a test"}}));
    ASSERT_EQ(node.store(ct_instance()), 0x0000);
    node.wait_for(kInstanceUid, JobState::kDelivering);

    EXPECT_EQ(node.store(ct_instance()), 0x0000);

    EXPECT_EQ(node.audit_count(AuditEvent::kDuplicate), 1U);
    EXPECT_EQ(node.jobs().size(), 1U);
    EXPECT_TRUE(eventually([&] { return node.spool_files("originals").size() == 1; }));
    EXPECT_TRUE(node.archive_files().empty());
}

TEST(Delivery, ADuplicateOfADeliveredInstanceBringsTheSameOutputAgain) {
    RunningNode node;
    ASSERT_EQ(node.store(ct_instance()), 0x0000);
    const db::Job first = node.wait_for(kInstanceUid, JobState::kDelivered);
    const std::string file = node.archive_bytes();

    EXPECT_EQ(node.store(ct_instance()), 0x0000);

    ASSERT_TRUE(node.wait_for_audit(AuditEvent::kDelivered, 2, first.id));
    EXPECT_EQ(node.archive_bytes(), file);
    EXPECT_EQ(node.jobs().size(), 1U);
    EXPECT_EQ(node.audit_count(AuditEvent::kCleaned), 1U) << "nothing was made again";
}

TEST(Delivery, ALostOutputIsMadeAgainToTheSameBytes) {
    RunningNode node;
    ASSERT_TRUE(node.control("destination.hold", {{"destination", "archive"}, {"reason", "a test"}}));
    ASSERT_EQ(node.store(ct_instance()), 0x0000);
    const db::Job before = node.wait_for(kInstanceUid, JobState::kDelivering);
    ASSERT_TRUE(std::filesystem::remove(node.spool_path("outputs", before.output_file)));

    ASSERT_TRUE(node.control("destination.release", {{"destination", "archive"}, {"reason", "a test"}}));
    const db::Job after = node.wait_for(kInstanceUid, JobState::kDelivered);

    EXPECT_EQ(node.audit_count(AuditEvent::kOutputLost, before.id), 1U);
    EXPECT_EQ(node.audit_count(AuditEvent::kCleaned, before.id), 2U);
    EXPECT_NE(after.output_file, before.output_file);
    EXPECT_EQ(after.output_digest, before.output_digest);
    EXPECT_EQ(sha256(node.archive_bytes()), before.output_digest);
}

TEST(Delivery, APurgedInstanceThatComesAgainGivesTheSameBytes) {
    RunningNode node{{.edit_settings = [](Settings& settings) { settings.retention.originals_days = 0; }}};
    ASSERT_EQ(node.store(ct_instance()), 0x0000);
    const db::Job first = node.wait_for(kInstanceUid, JobState::kPurged);

    ASSERT_EQ(node.store(ct_instance()), 0x0000);

    ASSERT_TRUE(node.wait_for_audit(AuditEvent::kDelivered, 2));
    const db::Job second = *node.job_of(kInstanceUid);
    EXPECT_NE(second.id, first.id);
    EXPECT_EQ(second.new_instance_uid, first.new_instance_uid);
    EXPECT_EQ(node.archive_files().size(), 1U);
}

TEST(Delivery, ADestinationThatHoldsOtherBytesQuarantinesTheInstanceForItself) {
    RunningNode node;
    ASSERT_EQ(node.store(ct_instance()), 0x0000);
    const db::Job job = node.wait_for(kInstanceUid, JobState::kDelivered);
    const std::string path = node.archive_files().front();
    std::filesystem::resize_file(path, 200);

    ASSERT_EQ(node.change_job("delivery.again", job.id), "");

    node.wait_for(kInstanceUid, JobState::kUndelivered);
    EXPECT_EQ(std::filesystem::file_size(path), 200U) << "never overwritten";
    EXPECT_EQ(node.audit_count(AuditEvent::kDeliveryFailed, job.id), 1U);
}

}  // namespace
}  // namespace efface::testing
