// The states of a job and of a delivery, the events that move them, and the two tables that say
// which event is allowed where (transition_table.cpp). docs/architecture.md draws from the tables.
// Names are stored: never rename one.
#pragma once

#include "config/result.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace efface::db {

enum class JobState : std::uint8_t {
    kNone,         ///< Before the first event.
    kReceived,     ///< Durable and acknowledged; waits for a worker.
    kWorking,      ///< Leased to a worker.
    kCleared,      ///< Passed the gate. Never at rest: the same transaction holds or delivers.
    kHeld,         ///< Cleared; waits for its series or study.
    kDelivering,   ///< Deliveries are under way.
    kDelivered,    ///< Every destination confirmed.
    kUndelivered,  ///< A destination refused for good: quarantined for that destination.
    kQuarantined,  ///< Not proven clean, or a conflict; waits for an operator.
    kDiscarded,    ///< An operator threw it away, or another content replaced it.
    kPurged,       ///< Delivered, and its files removed after the retention.
};
inline constexpr std::size_t kJobStateCount = 11;

enum class JobEvent : std::uint8_t {
    kAccept,
    kConflict,
    kClaim,
    kGatePassed,
    kQuarantine,
    kRetry,
    kAttemptsSpent,
    kRequeue,
    kHold,
    kDeliver,
    kHoldRelease,
    kAllConfirmed,
    kDeliveryFailed,
    kRedeliver,
    kOutputLost,
    kRelease,
    kDiscard,
    kReplaced,
    kPurge,
};

enum class DeliveryState : std::uint8_t {
    kNone,
    kHeld,             ///< Waits for the series or study, or for its output to be made again.
    kPending,          ///< Waits for a forwarder, not before due_at.
    kSending,          ///< Claimed by a forwarder.
    kTranscodeWanted,  ///< The peer refused the syntax; waits for a worker.
    kTranscoding,      ///< Claimed by a worker.
    kDelivered,
    kDeliveredWarning,
    kFailedPermanent,
    kCancelled,  ///< Not sent: the job was discarded, or its rule names this destination no more.
};
inline constexpr std::size_t kDeliveryStateCount = 10;

enum class DeliveryEvent : std::uint8_t {
    kCreate,
    kCreateHeld,
    kReleaseHold,
    kClaim,
    kConfirm,
    kWarn,
    kRetry,
    kFail,
    kRequeue,
    kWantTranscode,
    kClaimTranscode,
    kTranscoded,
    kSuspend,
    kRedeliver,
    kCancel,
};

struct JobTransition {
    JobState from;
    JobEvent event;
    JobState to;
    std::string_view why;
};

struct DeliveryTransition {
    DeliveryState from;
    DeliveryEvent event;
    DeliveryState to;
    std::string_view why;
};

std::span<const JobTransition> job_transitions();
std::span<const DeliveryTransition> delivery_transitions();

/// Where an event leads. Fault::kRefuse where the table has no such row.
Result<JobState> next_state(JobState from, JobEvent event);
Result<DeliveryState> next_state(DeliveryState from, DeliveryEvent event);

std::string_view state_name(JobState state);
std::string_view state_name(DeliveryState state);
std::string_view event_name(JobEvent event);
std::string_view event_name(DeliveryEvent event);
std::optional<JobState> find_job_state(std::string_view name);
std::optional<DeliveryState> find_delivery_state(std::string_view name);

/// The tables as Mermaid state diagrams, for docs/architecture.md.
std::string job_state_diagram();
std::string delivery_state_diagram();

}  // namespace efface::db
