// The events of the audit log as one table: name, about what, and what a row with it means.
// A new event is one enumerator and one row in event.cpp. Names are stored: never rename one.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace efface::db {

enum class AuditEvent : std::uint8_t {
    // An instance.
    kReceived,
    kDuplicate,
    kConflict,
    kRefused,
    kCleaned,
    kGateRefused,
    kQuarantined,
    kAttemptFailed,
    kHeld,
    kHoldReleased,
    kTranscoded,
    kDelivered,
    kDeliveryWarning,
    kDeliveryRetry,
    kDeliveryFailed,
    kOutputLost,
    kPurged,
    kOrphanAdopted,
    kOrphanQuarantined,
    // An association.
    kAssociationAccepted,
    kAssociationRejected,
    kAssociationReleased,
    kAssociationAborted,
    kEcho,
    // An operator.
    kOperatorRelease,
    kOperatorDiscard,
    kOperatorRedeliver,
    kDestinationHeld,
    kDestinationReleased,
    kAuditExported,
    kOriginalShown,
    // The node and its configuration.
    kNodeStarted,
    kNodeStopped,
    kConfigurationChanged,
    kRulesChanged,
    kKeyUsed,
    kRunStarted,
    kRunFinished,
};

enum class AuditSubject : std::uint8_t { kInstance, kAssociation, kOperator, kNode };

struct AuditEventRow {
    AuditEvent event;
    std::string_view name;
    AuditSubject subject;
    std::string_view meaning;
};

std::span<const AuditEventRow> audit_events();
std::string_view event_name(AuditEvent event);
std::optional<AuditEvent> find_event(std::string_view name);

/// How it ended, seen by whoever asked.
enum class AuditOutcome : std::uint8_t { kSuccess, kWarning, kFailure };

std::string_view outcome_name(AuditOutcome outcome);
std::optional<AuditOutcome> find_outcome(std::string_view name);

}  // namespace efface::db
