// The tables of states: complete names, no row twice, every state reachable and with a way out.
#include "db/jobs/state.h"
#include "tests/unit/db/temporary_store.h"

#include <set>

namespace efface::db {
namespace {

using testing::fault_of;
using testing::must;

template <class Transition, class State>
std::set<State> reachable(std::span<const Transition> rows, State start) {
    std::set<State> seen{start};
    for (std::size_t round = 0; round <= rows.size(); ++round) {
        for (const Transition& row : rows) {
            if (seen.contains(row.from)) {
                seen.insert(row.to);
            }
        }
    }
    return seen;
}

TEST(TransitionTable, EveryStateIsReachableAndNoRowStandsTwice) {
    EXPECT_EQ(reachable(job_transitions(), JobState::kNone).size(), kJobStateCount);
    EXPECT_EQ(reachable(delivery_transitions(), DeliveryState::kNone).size(), kDeliveryStateCount);

    std::set<std::pair<JobState, JobEvent>> jobs;
    for (const JobTransition& row : job_transitions()) {
        EXPECT_TRUE(jobs.insert({row.from, row.event}).second) << event_name(row.event);
        EXPECT_FALSE(row.why.empty());
    }
    std::set<std::pair<DeliveryState, DeliveryEvent>> deliveries;
    for (const DeliveryTransition& row : delivery_transitions()) {
        EXPECT_TRUE(deliveries.insert({row.from, row.event}).second) << event_name(row.event);
        EXPECT_FALSE(row.why.empty());
    }
}

TEST(TransitionTable, OnlyTheGateMakesAJobClearedAndOnlyFromWorking) {
    for (const JobTransition& row : job_transitions()) {
        if (row.to == JobState::kCleared) {
            EXPECT_EQ(row.event, JobEvent::kGatePassed);
            EXPECT_EQ(row.from, JobState::kWorking);
        }
        if (row.to == JobState::kDelivering) {
            // Nothing that was not cleared is ever delivered (promise P2).
            const std::set<JobState> cleared{
                JobState::kCleared, JobState::kHeld, JobState::kDelivering, JobState::kUndelivered,
                JobState::kDelivered};
            EXPECT_TRUE(cleared.contains(row.from)) << state_name(row.from);
        }
    }
}

TEST(TransitionTable, EveryStateButTheLastHasAWayOutUnlessItIsAnEnd) {
    for (std::size_t i = 0; i < kJobStateCount; ++i) {
        const auto state = static_cast<JobState>(i);
        bool leaves = false;
        for (const JobTransition& row : job_transitions()) {
            leaves = leaves || (row.from == state && row.to != state);
        }
        const bool end = state == JobState::kPurged || state == JobState::kDiscarded;
        EXPECT_EQ(leaves, !end) << state_name(state);
    }
}

TEST(TransitionTable, WhatTheTableDoesNotNameIsRefused) {
    EXPECT_EQ(fault_of(next_state(JobState::kReceived, JobEvent::kGatePassed)), Fault::kRefuse);
    EXPECT_EQ(fault_of(next_state(JobState::kQuarantined, JobEvent::kDeliver)), Fault::kRefuse);
    EXPECT_EQ(fault_of(next_state(JobState::kPurged, JobEvent::kRedeliver)), Fault::kRefuse);
    EXPECT_EQ(fault_of(next_state(DeliveryState::kPending, DeliveryEvent::kConfirm)), Fault::kRefuse);
    EXPECT_EQ(fault_of(next_state(DeliveryState::kSending, DeliveryEvent::kCancel)), Fault::kRefuse);
}

TEST(TransitionTable, NamesAreReadBack) {
    for (std::size_t i = 0; i < kJobStateCount; ++i) {
        const auto state = static_cast<JobState>(i);
        EXPECT_EQ(find_job_state(state_name(state)), state);
    }
    for (std::size_t i = 0; i < kDeliveryStateCount; ++i) {
        const auto state = static_cast<DeliveryState>(i);
        EXPECT_EQ(find_delivery_state(state_name(state)), state);
    }
    EXPECT_FALSE(find_job_state("sent"));
    EXPECT_EQ(find_hold("study"), HoldKind::kStudy);
    EXPECT_FALSE(find_hold("patient"));
    EXPECT_EQ(find_verdict("as-replacement"), Verdict::kAsReplacement);
}

TEST(TransitionTable, DiagramHasOneLinePerRow) {
    const std::string diagram = job_state_diagram();

    EXPECT_TRUE(diagram.starts_with("stateDiagram-v2\n    [*] --> received: accept\n"));
    EXPECT_EQ(
        static_cast<std::size_t>(std::count(diagram.begin(), diagram.end(), '\n')),
        job_transitions().size() + 1
    );
    EXPECT_NE(delivery_state_diagram().find("sending --> delivered: confirm"), std::string::npos);
}

}  // namespace
}  // namespace efface::db
