// Goal: the list runs in its order, and a stage that does not do what it says, or takes too long, ends in
// quarantine.
#include "pipeline/pixel/stage_list.h"

#include <gtest/gtest.h>

namespace efface::pipeline {
namespace {

constexpr std::int64_t kNoLimit = std::numeric_limits<std::int64_t>::max();

bool yes(const StageWork&) {
    return true;
}

bool no(const StageWork&) {
    return false;
}

Status add_a_box(StageWork& work) {
    const auto left = static_cast<std::int64_t>(8 * work.mask.boxes.size());
    work.mask.boxes.push_back({left, 0, left + 8, 8});
    return {};
}

Status doubt(StageWork&) {
    return fail(Fault::kQuarantine, "a doubt");
}

Status take_time(StageWork& work) {
    volatile std::uint64_t sum = 0;
    for (std::uint64_t i = 0; i < 2'000'000; ++i) {
        sum = sum + i;
    }
    work.mask.boxes.clear();
    return {};
}

class Stages : public ::testing::Test {
protected:
    Result<std::vector<StageReport>> run(std::vector<Stage> stages, std::int64_t limit = kNoLimit) {
        return run_stages(stages, work_, limit);
    }

    NativeImage image_{};
    rules::PixelIdentity identity_{};
    Finders finders_{};
    std::vector<Box> declared_{};
    StageWork work_{
        .samples = {},
        .image = image_,
        .identity = identity_,
        .finders = finders_,
        .declared = declared_,
        .snap = {},
        .mask = {},
        .blackened = {},
        .found = {},
        .covered = {}};
};

TEST_F(Stages, RunInOrderAndReportWhatRan) {
    const auto reports =
        run({{"one", yes, add_a_box, yes, ""}, {"two", no, doubt, no, ""}, {"three", yes, add_a_box, yes, ""}}
        );

    ASSERT_TRUE(reports);
    ASSERT_EQ(reports->size(), 2U);
    EXPECT_EQ(reports->at(0).name, "one");
    EXPECT_EQ(reports->at(0).mask_boxes, 1U);
    EXPECT_EQ(reports->at(1).name, "three");
    EXPECT_EQ(reports->at(1).mask_boxes, 2U);
}

TEST_F(Stages, APostconditionThatDoesNotHoldIsQuarantine) {
    const auto reports = run({{"liar", yes, add_a_box, no, ""}, {"never", yes, add_a_box, yes, ""}});

    ASSERT_FALSE(reports);
    EXPECT_EQ(reports.error().fault, Fault::kQuarantine);
    EXPECT_EQ(work_.mask.boxes.size(), 1U) << "nothing runs after it";
}

TEST_F(Stages, ADoubtEndsTheListWithItsReason) {
    const auto reports = run({{"doubter", yes, doubt, yes, ""}});

    ASSERT_FALSE(reports);
    EXPECT_EQ(reports.error().text.view(), "a doubt");
}

TEST_F(Stages, TooMuchProcessorTimeIsQuarantineWithWhatToDo) {
    const auto reports = run({{"slow", yes, take_time, yes, ""}}, 1);

    ASSERT_FALSE(reports);
    EXPECT_EQ(reports.error().fault, Fault::kQuarantine);
    EXPECT_NE(reports.error().text.view().find("cpu_seconds_max"), std::string_view::npos);
}

TEST_F(Stages, TheListNamesEachStageOnceAndSaysWhyItStandsThere) {
    std::set<std::string_view> names;
    for (const Stage& stage : pixel_stages()) {
        EXPECT_TRUE(names.insert(stage.name).second) << stage.name;
        EXPECT_FALSE(stage.why_here.empty()) << stage.name;
    }
    EXPECT_EQ(names.size(), 8U);
}

}  // namespace
}  // namespace efface::pipeline
