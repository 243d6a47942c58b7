// Goal: a stop, or a crash between any two steps, loses nothing and sends nothing uncleaned; nodes of one
// process share nothing. Method: the state that a crash leaves is written into the stopped node's database
// and spool with the stores themselves.
#include "config/json.h"
#include "db/jobs/operator_store.h"
#include "db/store/store.h"
#include "tests/scenarios/scenario_rules.h"
#include "tests/support/running_node.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace efface::testing {
namespace {

using db::AuditEvent;
using db::JobState;

constexpr UnixMicros kFarAway = 4'000'000'000'000'000;  // 2096: no lease that ends by itself.
constexpr UnixMicros kLeaseUs = 1'000'000'000;
constexpr std::string_view kSpoolName = "0123456789abcdef0123456789abcdef";

TEST(Restart, LeasesOfJobsAndDeliveriesAreTakenUpAgain) {
    RunningNode node;
    ASSERT_TRUE(node.control("destination.hold", {{"destination", "archive"}, {"reason", "a test"}}));
    ASSERT_EQ(node.store(ct_instance("1.2.3.1")), 0x0000);
    ASSERT_EQ(node.store(ct_instance("1.2.3.2")), 0x0000);
    const db::Job being_cleaned = node.wait_for("1.2.3.1", JobState::kDelivering);
    const db::Job being_sent = node.wait_for("1.2.3.2", JobState::kDelivering);
    ASSERT_EQ(node.stop(), 0);
    {
        auto database = db::open_store(node.settings().node.database_path);
        ASSERT_TRUE(database) << database.error().message();
        const db::JobStore jobs;
        const db::DeliveryStore deliveries;
        ASSERT_TRUE(jobs.output_lost(*database, being_cleaned.id, 1));
        ASSERT_EQ(jobs.claim(*database, kFarAway, kLeaseUs, 10)->size(), 1U);
        ASSERT_TRUE(deliveries.release_destination(*database, "archive"));
        ASSERT_EQ(deliveries.claim(*database, "archive", kFarAway, 10)->size(), 1U);
    }
    ASSERT_EQ(node.job(being_cleaned.id)->state, JobState::kWorking);

    ASSERT_EQ(node.start(), "");

    node.wait_for("1.2.3.1", JobState::kDelivered);
    node.wait_for("1.2.3.2", JobState::kDelivered);
    EXPECT_EQ(node.archive_files().size(), 2U);
    EXPECT_EQ(node.job(being_cleaned.id)->output_digest, being_cleaned.output_digest);
    EXPECT_EQ(node.job(being_sent.id)->output_digest, being_sent.output_digest);
}

TEST(Restart, AFileThatNoJobNamesIsAdoptedAndGoesItsWay) {
    RunningNode node;
    ASSERT_EQ(node.store(ct_instance("1.2.3.1")), 0x0000);
    node.wait_for("1.2.3.1", JobState::kDelivered);
    ASSERT_EQ(node.stop(), 0);
    // A crash came between the name of a file and its job: the same instance under another UID.
    std::string file = read_file(node.spool_files("originals").front());
    for (std::size_t at = file.find("1.2.3.1"); at != std::string::npos; at = file.find("1.2.3.1", at + 7)) {
        if (file[at + 7] == '\0') {
            file[at + 6] = '9';
        }
    }
    const std::filesystem::path orphan = node.spool_path("originals", kSpoolName);
    std::filesystem::create_directory(orphan.parent_path());
    std::ofstream{orphan, std::ios::binary} << file;

    ASSERT_EQ(node.start(), "");

    node.wait_for("1.2.3.9", JobState::kDelivered);
    EXPECT_EQ(node.audit_count(AuditEvent::kOrphanAdopted), 1U);
    EXPECT_EQ(node.archive_files().size(), 2U);
}

TEST(Restart, AnOriginalThatIsMissingIsForAPersonToKnow) {
    RunningNode node;
    ASSERT_TRUE(node.control("destination.hold", {{"destination", "archive"}, {"reason", "a test"}}));
    ASSERT_EQ(node.store(ct_instance()), 0x0000);
    const db::Job job = node.wait_for(kInstanceUid, JobState::kDelivering);
    ASSERT_TRUE(std::filesystem::remove(node.spool_path("originals", job.received.spool_file)));
    ASSERT_TRUE(std::filesystem::remove(node.spool_path("outputs", job.output_file)));

    ASSERT_TRUE(node.control("destination.release", {{"destination", "archive"}, {"reason", "a test"}}));

    const db::Job lost = node.wait_for(kInstanceUid, JobState::kQuarantined);
    EXPECT_NE(lost.reason.find("missing from the spool"), std::string::npos) << lost.reason;
    EXPECT_TRUE(node.archive_files().empty());
}

/// The node has an original open that has no name yet: it is in the middle of a message.
bool is_receiving(const RunningNode& node) {
    const std::filesystem::path one = node.spool_path("originals", kSpoolName);
    const std::string spool = one.parent_path().parent_path();
    std::error_code ignored;
    for (const auto& open : std::filesystem::directory_iterator{"/proc/self/fd"}) {
        // Another thread may close it meanwhile.
        if (std::filesystem::read_symlink(open.path(), ignored).string().starts_with(spool + "/")) {
            return true;
        }
    }
    return false;
}

TEST(Restart, StoppingFinishesTheMessageUnderWay) {
    RunningNode node;
    RawScu scu{node.port()};
    ASSERT_TRUE(scu.associate().is(node::PduType::kAssociateAc));
    const Instance instance = ct_instance();
    ASSERT_TRUE(scu.send_store_command(instance, 1));
    ASSERT_TRUE(scu.send(data_pdu(1, false, false, bytes_from(instance.data_set.substr(0, 100)))));
    ASSERT_TRUE(eventually([&] { return is_receiving(node); }));

    std::thread stopping{[&] { EXPECT_EQ(node.stop(), 0); }};
    // Once the node has stopped listening nobody can come in any more, and the message may still end.
    EXPECT_TRUE(eventually([&] { return !node.answers(); }));
    EXPECT_TRUE(scu.send(data_pdu(1, false, true, bytes_from(instance.data_set.substr(100)))));
    EXPECT_EQ(scu.receive_status(), 0x0000);
    EXPECT_TRUE(scu.receive().is(node::PduType::kAbort)) << "the node is stopping";
    scu.close();
    stopping.join();

    ASSERT_EQ(node.start(), "");
    node.wait_for(kInstanceUid, JobState::kDelivered);
}

TEST(TwoNodes, OfOneProcessShareNothing) {
    RunningNode here;
    RunningNode there;
    ASSERT_EQ(here.store(ct_instance()), 0x0000);
    ASSERT_EQ(there.store(ct_instance()), 0x0000);

    const db::Job one = here.wait_for(kInstanceUid, JobState::kDelivered);
    const db::Job other = there.wait_for(kInstanceUid, JobState::kDelivered);

    EXPECT_NE(one.new_instance_uid, other.new_instance_uid) << "each under its own key";
    EXPECT_EQ(here.stop(), 0);
    EXPECT_TRUE(there.answers());
    EXPECT_EQ(there.archive_files().size(), 1U);
}

TEST(TwoNodes, CannotWriteOneDatabase) {
    RunningNode here;
    RunningNode there{{.start = false}};
    there.settings().node.database_path = here.settings().node.database_path;

    EXPECT_NE(there.start(), "");
    EXPECT_TRUE(here.answers());
}

}  // namespace
}  // namespace efface::testing
