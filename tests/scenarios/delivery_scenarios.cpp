// Goal: what was accepted arrives clean where its rule sends it, once per destination, and nothing else.
// Method: a whole node in this process, real workers, real sockets, a folder as archive.
#include "tests/support/running_node.h"

#include <gtest/gtest.h>

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
    EXPECT_NE(file.find(std::string(32, '\x2A')), std::string::npos) << "the samples stay";
    EXPECT_EQ(sha256(file), job.output_digest);
    for (const AuditEvent event : {AuditEvent::kReceived, AuditEvent::kCleaned, AuditEvent::kDelivered}) {
        EXPECT_EQ(node.audit_count(event, job.id), 1U) << db::event_name(event);
    }
    EXPECT_EQ(node.stop(), 0);
}

}  // namespace
}  // namespace efface::testing
