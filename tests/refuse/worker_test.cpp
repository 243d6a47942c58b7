// Goal: what a worker or the spool gets wrong ends in quarantine too, and no command sends it from there.
// Method: a worker that is careless on purpose, files and rules that are not what they were.
#include "config/json.h"
#include "tests/refuse/refuse_fixture.h"

#include <filesystem>
#include <fstream>

namespace efface::testing {
namespace {

using db::AuditEvent;
using db::JobState;

constexpr std::string_view kSpoolName = "0123456789abcdef0123456789abcdef";

struct Carelessness {
    const char* calling_ae;  ///< Tells careless_worker what to do.
    const char* reason;
};

void PrintTo(const Carelessness& carelessness, std::ostream* out) {
    *out << carelessness.calling_ae;
}

class CarelessWorker : public ::testing::TestWithParam<Carelessness> {};

TEST_P(CarelessWorker, EndsInQuarantineAndNoCommandSendsIt) {
    RunningNode node{{.worker_path = EFFACE_CARELESS_WORKER}};

    ASSERT_EQ(node.store(ct_instance(), GetParam().calling_ae), 0x0000);

    const db::Job job = node.wait_for(kInstanceUid, JobState::kQuarantined);
    EXPECT_EQ(job.reason, GetParam().reason);
    EXPECT_TRUE(eventually([&] { return node.spool_files("outputs").empty(); }))
        << "what was written is gone";
    expect_no_way_out(node, job.id);
    EXPECT_TRUE(node.answers());
}

constexpr Carelessness kCarelessness[]{
    {"COPIES", "gate: the original stands there as it was"},
    {"NORULE", "the cleaner names a rule that is not in force"},
    {"NOUID", "the gate names no SOP Instance UID for what it passed"},
    {"OTHERUID", "the cleaner reports other UIDs than stand in its file"},
};

INSTANTIATE_TEST_SUITE_P(Worker, CarelessWorker, ::testing::ValuesIn(kCarelessness), [](const auto& one) {
    return std::string{one.param.calling_ae};
});

class DyingWorker : public ::testing::TestWithParam<const char*> {};

TEST_P(DyingWorker, IsTriedThreeTimesAndNoCommandSendsWhatItDiedOf) {
    RunningNode node{{.worker_path = EFFACE_CARELESS_WORKER}};
    ASSERT_EQ(node.store(ct_instance(), GetParam()), 0x0000);

    const db::Job job = node.wait_for(kInstanceUid, JobState::kQuarantined);

    EXPECT_EQ(job.attempts, db::kAttemptsMax);
    EXPECT_EQ(node.audit_count(AuditEvent::kAttemptFailed, job.id), db::kAttemptsMax);
    EXPECT_EQ(node.change_job("delivery.again", job.id).empty(), false);
    EXPECT_EQ(node.change_job("quarantine.discard", job.id), "");
    EXPECT_EQ(node.audit_count(AuditEvent::kDelivered), 0U);
    EXPECT_TRUE(node.archive_files().empty());
    EXPECT_TRUE(node.answers());
}

INSTANTIATE_TEST_SUITE_P(Worker, DyingWorker, ::testing::Values("DIES", "GATEDIES"), [](const auto& one) {
    return std::string{one.param};
});

TEST(RefuseWorker, InstanceThatNoRuleTakes) {
    RunningNode node{
        {.rules = "[[rule]]\nname = \"mr-only\"\nmatch.modality = \"MR\"\nprofile = \"basic\"\n"
                  "pixel_policy = \"require-clean\"\ndestinations = [\"archive\"]\n"}};
    ASSERT_EQ(node.store(ct_instance()), 0x0000);

    const db::Job job = node.wait_for(kInstanceUid, JobState::kQuarantined);

    EXPECT_EQ(job.reason.find("no rule matches"), 0U) << job.reason;
    expect_no_way_out(node, job.id);
}

TEST(RefuseWorker, OriginalThatChangedOnDisk) {
    RunningNode node;
    ASSERT_TRUE(node.control("destination.hold", {{"destination", "archive"}, {"reason", "a test"}}));
    ASSERT_EQ(node.store(ct_instance()), 0x0000);
    const db::Job held = node.wait_for(kInstanceUid, JobState::kDelivering);
    std::filesystem::resize_file(node.spool_path("originals", held.received.spool_file), 700);
    ASSERT_TRUE(std::filesystem::remove(node.spool_path("outputs", held.output_file)));

    ASSERT_TRUE(node.control("destination.release", {{"destination", "archive"}, {"reason", "a test"}}));

    const db::Job job = node.wait_for(kInstanceUid, JobState::kQuarantined);
    EXPECT_EQ(job.reason, "original has not the length it was received with: check the disk");
    EXPECT_TRUE(node.archive_files().empty());
}

TEST(RefuseWorker, OutputThatChangedAfterTheGate) {
    RunningNode node;
    ASSERT_TRUE(node.control("destination.hold", {{"destination", "archive"}, {"reason", "a test"}}));
    ASSERT_EQ(node.store(ct_instance()), 0x0000);
    const db::Job held = node.wait_for(kInstanceUid, JobState::kDelivering);
    const std::string path = node.spool_path("outputs", held.output_file);
    std::string bytes = read_file(path);
    bytes.replace(bytes.size() - 16, 16, kPatientName.substr(0, 16));
    std::ofstream{path, std::ios::binary} << bytes;

    ASSERT_TRUE(node.control("destination.release", {{"destination", "archive"}, {"reason", "a test"}}));
    node.wait_for(kInstanceUid, JobState::kDelivered);

    EXPECT_EQ(sha256(node.archive_bytes()), held.output_digest) << "made again, not sent as it was";
    EXPECT_EQ(node.spool_files("outputs").size(), 1U) << "the changed one is gone";
    EXPECT_EQ(node.archive_bytes().find("Mustermann"), std::string::npos);
}

TEST(RefuseWorker, OrphanThatIsNoDicomFile) {
    RunningNode node;
    node.stop();
    const std::filesystem::path orphan = node.spool_path("originals", kSpoolName);
    std::filesystem::create_directory(orphan.parent_path());
    std::ofstream{orphan} << "not a DICOM file of " << kPatientName;

    ASSERT_EQ(node.start(), "");

    ASSERT_EQ(node.audit_count(AuditEvent::kOrphanQuarantined), 1U);
    const db::Job job = node.wait_for(1, JobState::kQuarantined);
    EXPECT_NE(job.reason, "");
    expect_no_way_out(node, job.id);
    EXPECT_TRUE(node.answers());
}

}  // namespace
}  // namespace efface::testing
