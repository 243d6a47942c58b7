// Goal: where a rule asks for it, what is blackened arrives as a Segmentation behind its instance, once and
// always the same. Method: as delivery_scenarios.
#include "config/json.h"
#include "rules/vocabulary/sop_class.h"
#include "tests/support/reserved_port.h"
#include "tests/support/running_node.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace efface::testing {
namespace {

using db::AuditEvent;
using db::JobState;

std::string mask_rule(std::string_view destination = "archive", bool asks = true) {
    return "[[rule]]\nname = \"masks\"\nprofile = \"basic\"\npixel_policy = \"header-only\"\ndestinations = "
           "[\"" +
           std::string{destination} +
           "\"]\n[rule.pixels]\nblacken = [[0, 0, 2, 2]]\nmask_segmentation = " + (asks ? "true" : "false") +
           "\n";
}

/// Digests of the files under ARCHIVE, sorted.
std::vector<std::string> arrived(RunningNode& node) {
    std::vector<std::string> digests;
    for (const std::string& path : node.archive_files()) {
        digests.push_back(to_hex(sha256(read_file(path))));
    }
    std::sort(digests.begin(), digests.end());
    return digests;
}

std::vector<std::string> both_of(const db::Job& job) {
    std::vector<std::string> digests{to_hex(job.output_digest), to_hex(job.companion.digest)};
    std::sort(digests.begin(), digests.end());
    return digests;
}

TEST(Mask, ArrivesAsASegmentationBesideItsInstance) {
    RunningNode node{{.rules = mask_rule()}};

    ASSERT_EQ(node.store(ct_instance()), 0x0000);
    const db::Job job = node.wait_for(kInstanceUid, JobState::kDelivered);

    ASSERT_TRUE(job.companion.exists());
    EXPECT_EQ(arrived(node), both_of(job));
    EXPECT_NE(node.archive_bytes().find(rules::kSegmentationSopClass), std::string::npos);
    EXPECT_EQ(node.archive_bytes().find(kPatientName), std::string::npos);
    for (const AuditEvent event : {AuditEvent::kCleaned, AuditEvent::kDelivered}) {
        const auto rows = node.audit(event, job.id);
        ASSERT_EQ(rows.size(), 1U) << db::event_name(event);
        const auto detail = parse_json(rows.front().entry.detail);
        EXPECT_EQ(detail->at("mask_segmentation").at("sop_instance_uid"), job.companion.instance_uid);
        EXPECT_EQ(detail->at("mask_segmentation").at("digest"), to_hex(job.companion.digest));
    }
}

TEST(Mask, OfARuleThatDoesNotAskStaysWithTheNode) {
    RunningNode node{{.rules = mask_rule("archive", false)}};

    ASSERT_EQ(node.store(ct_instance()), 0x0000);
    const db::Job job = node.wait_for(kInstanceUid, JobState::kDelivered);

    EXPECT_FALSE(job.companion.exists());
    EXPECT_EQ(node.archive_files().size(), 1U);
}

TEST(Mask, WhoseFileIsLostIsMadeAgainToTheSameBytes) {
    RunningNode node{{.rules = mask_rule()}};
    ASSERT_TRUE(node.control("destination.hold", {{"destination", "archive"}, {"reason", "a test"}}));
    ASSERT_EQ(node.store(ct_instance()), 0x0000);
    const db::Job before = node.wait_for(kInstanceUid, JobState::kDelivering);
    ASSERT_TRUE(std::filesystem::remove(node.spool_path("outputs", before.companion.file)));

    ASSERT_TRUE(node.control("destination.release", {{"destination", "archive"}, {"reason", "a test"}}));
    const db::Job after = node.wait_for(kInstanceUid, JobState::kDelivered);

    EXPECT_EQ(node.audit_count(AuditEvent::kOutputLost, before.id), 1U);
    EXPECT_EQ(after.companion.instance_uid, before.companion.instance_uid);
    EXPECT_EQ(after.companion.digest, before.companion.digest);
    EXPECT_NE(after.companion.file, before.companion.file);
    EXPECT_EQ(arrived(node), both_of(before));
    EXPECT_TRUE(eventually([&] { return node.spool_files("outputs").size() == 2; }))
        << "and nothing is left over";
}

TEST(Mask, IsPurgedWithItsInstanceAndComesAgainTheSame) {
    RunningNode node{{.rules = mask_rule(), .edit_settings = [](Settings& settings) {
                          settings.retention.originals_days = 0;
                      }}};
    ASSERT_EQ(node.store(ct_instance()), 0x0000);
    const db::Job first = node.wait_for(kInstanceUid, JobState::kPurged);
    EXPECT_TRUE(eventually([&] { return node.spool_files("outputs").empty(); }));

    ASSERT_EQ(node.store(ct_instance()), 0x0000);

    ASSERT_TRUE(node.wait_for_audit(AuditEvent::kDelivered, 2));
    const db::Job second = *node.job_of(kInstanceUid);
    EXPECT_NE(second.id, first.id);
    EXPECT_EQ(second.companion.instance_uid, first.companion.instance_uid);
    EXPECT_EQ(arrived(node), both_of(first));
}

TEST(Mask, SurvivesAStopAndWaitsForItsDestination) {
    const ReservedPort reserved;
    const std::uint16_t port = reserved.port();
    RunningNode research{
        {.edit_settings = [port](Settings& settings) { settings.listen.addresses.front().port = port; }}};
    research.stop();
    RunningNode node{{.rules = mask_rule("research"), .edit_settings = [port](Settings& settings) {
                          DestinationSettings dicom = settings.destinations.front();
                          dicom.name = "research";
                          dicom.kind = DestinationKind::kDicom;
                          dicom.host = "127.0.0.1";
                          dicom.port = port;
                          dicom.called_ae = "EFFACE";
                          dicom.calling_ae = "EFFACE";
                          settings.destinations.push_back(dicom);
                      }}};
    ASSERT_EQ(node.store(ct_instance()), 0x0000);
    ASSERT_TRUE(node.wait_for_audit(AuditEvent::kDeliveryRetry));
    const db::Companion before = node.wait_for(kInstanceUid, JobState::kDelivering).companion;
    node.stop();
    ASSERT_EQ(node.start(), "");
    ASSERT_EQ(research.start(), "");

    node.wait_for(kInstanceUid, JobState::kDelivered);

    EXPECT_EQ(node.audit_count(AuditEvent::kOutputLost), 0U) << "both files were still there";
    const auto received = research.job_of(before.instance_uid);
    ASSERT_TRUE(received);
    EXPECT_EQ(received->received.sop_class_uid, rules::kSegmentationSopClass);
    EXPECT_EQ(received->received.transfer_syntax_uid, kExplicitLittle);
}

}  // namespace
}  // namespace efface::testing
