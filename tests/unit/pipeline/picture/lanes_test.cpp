// Goal: every job is done once, no lane does two at a time, and nobody waits for ever.
#include "pipeline/picture/lanes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <vector>

namespace efface::testing {
namespace {

using pipeline::Lanes;

TEST(Lanes, DoEveryJobOnceAndNeverTwoInOneLane) {
    for (const std::size_t count : {1U, 2U, 5U}) {
        Lanes lanes{count};
        ASSERT_EQ(lanes.count(), count);
        std::array<std::atomic<int>, pipeline::kLanesMax> busy{};
        for (const std::size_t jobs : {0U, 1U, 3U, 200U}) {
            std::vector<int> done(jobs);
            std::atomic<bool> together{false};

            lanes.run(jobs, [&](std::size_t job, std::size_t lane) {
                together = together || lane >= count || ++busy.at(lane) != 1;
                ++done[job];
                --busy.at(lane);
            });

            EXPECT_EQ(std::count(done.begin(), done.end(), 1), static_cast<std::ptrdiff_t>(jobs));
            EXPECT_FALSE(together);
        }
    }
}

// Two jobs that wait for each other end only where two lanes run at the same time.
TEST(Lanes, RunAtTheSameTime) {
    Lanes lanes{2};
    std::atomic<int> arrived{0};

    lanes.run(2, [&](std::size_t, std::size_t) {
        ++arrived;
        arrived.notify_all();
        for (int seen = arrived; seen < 2; seen = arrived) {
            arrived.wait(seen);
        }
    });

    EXPECT_EQ(arrived, 2);
}

}  // namespace
}  // namespace efface::testing
