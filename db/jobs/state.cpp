// Names of states and events, and the diagrams drawn from the transition tables.
#include "db/jobs/state.h"

#include "db/jobs/job.h"

#include <array>

namespace efface::db {

namespace {

constexpr std::array<std::string_view, kJobStateCount> kJobStateNames{
    "none",      "received",    "working",     "cleared",   "held",   "delivering",
    "delivered", "undelivered", "quarantined", "discarded", "purged",
};

constexpr std::array<std::string_view, 19> kJobEventNames{
    "accept",       "conflict",       "claim",           "gate_passed", "quarantine",
    "retry",        "attempts_spent", "requeue",         "hold",        "deliver",
    "hold_release", "all_confirmed",  "delivery_failed", "redeliver",   "output_lost",
    "release",      "discard",        "replaced",        "purge",
};

constexpr std::array<std::string_view, kDeliveryStateCount> kDeliveryStateNames{
    "none",        "held",      "pending",           "sending",          "transcode_wanted",
    "transcoding", "delivered", "delivered_warning", "failed_permanent", "cancelled",
};

constexpr std::array<std::string_view, 15> kDeliveryEventNames{
    "create",  "create_held",    "release_hold",    "claim",      "confirm", "warn",      "retry",  "fail",
    "requeue", "want_transcode", "claim_transcode", "transcoded", "suspend", "redeliver", "cancel",
};

constexpr std::array<std::string_view, 3> kHoldNames{"none", "series", "study"};
constexpr std::array<std::string_view, 4> kVerdictNames{
    "none", "release", "as-replacement", "as-new-instance"};

template <class Enum, std::size_t N>
std::optional<Enum> find_name(const std::array<std::string_view, N>& names, std::string_view name) {
    for (std::size_t i = 0; i < N; ++i) {
        if (names[i] == name) {
            return static_cast<Enum>(i);
        }
    }
    return std::nullopt;
}

/// Mermaid writes the start as [*].
template <class State>
std::string node_name(State state) {
    return state == State::kNone ? "[*]" : std::string{state_name(state)};
}

template <class Transition>
std::string diagram(std::span<const Transition> transitions) {
    std::string out = "stateDiagram-v2\n";
    for (const Transition& row : transitions) {
        out += "    " + node_name(row.from) + " --> " + node_name(row.to) + ": " +
               std::string{event_name(row.event)} + "\n";
    }
    return out;
}

}  // namespace

std::string_view state_name(JobState state) {
    return kJobStateNames.at(static_cast<std::size_t>(state));
}

std::string_view state_name(DeliveryState state) {
    return kDeliveryStateNames.at(static_cast<std::size_t>(state));
}

std::string_view event_name(JobEvent event) {
    return kJobEventNames.at(static_cast<std::size_t>(event));
}

std::string_view event_name(DeliveryEvent event) {
    return kDeliveryEventNames.at(static_cast<std::size_t>(event));
}

std::optional<JobState> find_job_state(std::string_view name) {
    return find_name<JobState>(kJobStateNames, name);
}

std::optional<DeliveryState> find_delivery_state(std::string_view name) {
    return find_name<DeliveryState>(kDeliveryStateNames, name);
}

std::string_view hold_name(HoldKind hold) {
    return kHoldNames.at(static_cast<std::size_t>(hold));
}

std::optional<HoldKind> find_hold(std::string_view name) {
    return find_name<HoldKind>(kHoldNames, name);
}

std::string_view verdict_name(Verdict verdict) {
    return kVerdictNames.at(static_cast<std::size_t>(verdict));
}

std::optional<Verdict> find_verdict(std::string_view name) {
    return find_name<Verdict>(kVerdictNames, name);
}

std::string job_state_diagram() {
    return diagram(job_transitions());
}

std::string delivery_state_diagram() {
    return diagram(delivery_transitions());
}

}  // namespace efface::db
