// Goal: under hold = series or study nothing leaves before every member received is cleared.
// Method: a group that is blocked is compared with a later one that is not: when the later one has
// left, the earlier one's quiet time has passed too.
#include "config/json.h"
#include "tests/scenarios/scenario_rules.h"
#include "tests/support/running_node.h"

#include <gtest/gtest.h>

namespace efface::testing {
namespace {

using db::AuditEvent;
using db::JobState;

constexpr std::chrono::milliseconds kQuiet{200};

/// What cannot be proven clean: an attribute stands twice.
Instance doubtful_slice(std::string_view uid, std::string_view series_uid, std::string_view study_uid) {
    Elements ct = ct_elements(uid, series_uid, study_uid);
    ct.put_bytes(0x00280010, ct.bytes_at(0x00280010) + ct.bytes_at(0x00280010));
    return ct_of(ct, uid);
}

RunningNodeOptions holding(std::string_view hold) {
    return {
        .rules = one_rule(R"("archive")", "hold = \"" + std::string{hold} + "\"\n"), .hold_quiet = kQuiet};
}

TEST(Hold, ASeriesLeavesWhenNothingMoreCame) {
    RunningNode node{holding("series")};

    ASSERT_EQ(node.store(ct_instance("1.2.3.1")), 0x0000);
    ASSERT_EQ(node.store(ct_instance("1.2.3.2")), 0x0000);
    node.wait_for("1.2.3.1", JobState::kDelivered);
    node.wait_for("1.2.3.2", JobState::kDelivered);

    EXPECT_EQ(node.archive_files().size(), 2U);
    EXPECT_EQ(node.audit_count(AuditEvent::kHoldReleased), 2U);
}

class HoldTest : public ::testing::TestWithParam<const char*> {};

TEST_P(HoldTest, AMemberInQuarantineKeepsTheOthersBack) {
    RunningNode node{holding(GetParam())};
    ASSERT_EQ(node.store(ct_instance("1.2.3.1", "1.2.4", "1.2.5")), 0x0000);
    ASSERT_EQ(node.store(doubtful_slice("1.2.3.2", "1.2.4", "1.2.5")), 0x0000);
    const db::Job doubtful = node.wait_for("1.2.3.2", JobState::kQuarantined);
    ASSERT_EQ(node.store(ct_instance("1.2.3.3", "1.2.6", "1.2.7")), 0x0000);
    node.wait_for("1.2.3.3", JobState::kDelivered);

    EXPECT_EQ(node.job_of("1.2.3.1")->state, JobState::kHeld);
    EXPECT_EQ(node.archive_files().size(), 1U);

    ASSERT_EQ(node.change_job("quarantine.discard", doubtful.id), "");

    node.wait_for("1.2.3.1", JobState::kDelivered);
    EXPECT_EQ(node.archive_files().size(), 2U);
}

TEST_P(HoldTest, AHoldOutlastsARestart) {
    RunningNodeOptions options = holding(GetParam());
    options.hold_quiet = std::chrono::minutes{10};
    RunningNode node{options};
    ASSERT_EQ(node.store(ct_instance()), 0x0000);
    node.wait_for(kInstanceUid, JobState::kHeld);

    node.stop();
    ASSERT_EQ(node.start(), "");

    EXPECT_TRUE(node.answers());
    EXPECT_EQ(node.job_of(kInstanceUid)->state, JobState::kHeld);
    EXPECT_TRUE(node.archive_files().empty());
}

INSTANTIATE_TEST_SUITE_P(Kinds, HoldTest, ::testing::Values("series", "study"), [](const auto& hold) {
    return std::string{hold.param};
});

}  // namespace
}  // namespace efface::testing
