#include "db/audit/event.h"

#include "config/assert.h"

#include <array>

namespace efface::db {

namespace {

using E = AuditEvent;
using S = AuditSubject;

// In the order of the enumerators: event_name() indexes by it.
constexpr std::array kAuditEvents{
    AuditEventRow{E::kReceived, "received", S::kInstance, "durable, and acknowledged with Success"},
    AuditEventRow{
        E::kDuplicate, "duplicate", S::kInstance, "the same bytes again; acknowledged, no new work"},
    AuditEventRow{
        E::kConflict, "conflict", S::kInstance,
        "other bytes under a known SOP Instance UID; kept, quarantined"},
    AuditEventRow{E::kRefused, "refused", S::kInstance, "not accepted; the status says why"},
    AuditEventRow{
        E::kCleaned, "cleaned", S::kInstance, "de-identified, and passed the gate; detail is the receipt"},
    AuditEventRow{E::kGateRefused, "gate_refused", S::kInstance, "the gate refused the cleaned file"},
    AuditEventRow{E::kQuarantined, "quarantined", S::kInstance, "held for an operator, never forwarded"},
    AuditEventRow{
        E::kAttemptFailed, "attempt_failed", S::kInstance,
        "a worker died, hung or passed a limit; tried again"},
    AuditEventRow{E::kHeld, "held", S::kInstance, "cleared; waits for its series or study"},
    AuditEventRow{E::kHoldReleased, "hold_released", S::kInstance, "its series or study is complete"},
    AuditEventRow{
        E::kTranscoded, "transcoded", S::kInstance, "a second output in a syntax that the peer takes; gated"},
    AuditEventRow{E::kDelivered, "delivered", S::kInstance, "a destination confirmed it"},
    AuditEventRow{E::kDeliveryWarning, "delivery_warning", S::kInstance, "confirmed with a warning status"},
    AuditEventRow{E::kDeliveryRetry, "delivery_retry", S::kInstance, "not delivered yet; tried again later"},
    AuditEventRow{E::kDeliveryFailed, "delivery_failed", S::kInstance, "a destination refused it for good"},
    AuditEventRow{
        E::kOutputLost, "output_lost", S::kInstance, "the output was missing or damaged; made again"},
    AuditEventRow{E::kPurged, "purged", S::kInstance, "original and output removed after the retention"},
    AuditEventRow{
        E::kOrphanAdopted, "orphan_adopted", S::kInstance,
        "a spool file without a row became a job at start-up"},
    AuditEventRow{
        E::kOrphanQuarantined, "orphan_quarantined", S::kInstance, "a spool file that could not be adopted"},
    AuditEventRow{E::kAssociationAccepted, "association_accepted", S::kAssociation, "a peer was let in"},
    AuditEventRow{
        E::kAssociationRejected, "association_rejected", S::kAssociation,
        "a peer was turned away; count says how often"},
    AuditEventRow{E::kAssociationReleased, "association_released", S::kAssociation, "ended in order"},
    AuditEventRow{
        E::kAssociationAborted, "association_aborted", S::kAssociation,
        "ended by an abort, a time-out or a lost connection"},
    AuditEventRow{E::kEcho, "echo", S::kAssociation, "the association asked C-ECHO; count says how often"},
    AuditEventRow{
        E::kOperatorRelease, "operator_release", S::kOperator, "put back into work; it needs the gate again"},
    AuditEventRow{E::kOperatorDiscard, "operator_discard", S::kOperator, "thrown away"},
    AuditEventRow{E::kOperatorRedeliver, "operator_redeliver", S::kOperator, "to be sent again"},
    AuditEventRow{E::kDestinationHeld, "destination_held", S::kOperator, "a destination was stopped"},
    AuditEventRow{
        E::kDestinationReleased, "destination_released", S::kOperator, "a destination was started again"},
    AuditEventRow{E::kAuditExported, "audit_exported", S::kOperator, "audit rows were exported"},
    AuditEventRow{
        E::kOriginalShown, "original_shown", S::kOperator, "a picture of an original was made for a person"},
    AuditEventRow{E::kNodeStarted, "node_started", S::kNode, "with this version, configuration and rules"},
    AuditEventRow{E::kNodeStopped, "node_stopped", S::kNode, "in order"},
    AuditEventRow{
        E::kConfigurationChanged, "configuration_changed", S::kNode,
        "the settings have another digest than at the last start"},
    AuditEventRow{
        E::kRulesChanged, "rules_changed", S::kNode,
        "a project's rules have another digest than at the last start"},
    AuditEventRow{
        E::kKeyUsed, "key_used", S::kNode,
        "a project or audit key that the last start did not use, by its fingerprint"},
    AuditEventRow{E::kRunStarted, "run_started", S::kNode, "a bulk run over a folder began"},
    AuditEventRow{E::kRunFinished, "run_finished", S::kNode, "a bulk run ended"},
};

constexpr bool in_order() {
    for (std::size_t i = 0; i < kAuditEvents.size(); ++i) {
        if (static_cast<std::size_t>(kAuditEvents[i].event) != i) {
            return false;
        }
    }
    return kAuditEvents.size() == static_cast<std::size_t>(E::kRunFinished) + 1;
}

static_assert(in_order(), "one row per event, in the order of the enumerators");

constexpr std::array<std::string_view, 3> kOutcomeNames{"success", "warning", "failure"};

}  // namespace

std::span<const AuditEventRow> audit_events() {
    return kAuditEvents;
}

std::string_view event_name(AuditEvent event) {
    return kAuditEvents.at(static_cast<std::size_t>(event)).name;
}

std::optional<AuditEvent> find_event(std::string_view name) {
    for (const AuditEventRow& row : kAuditEvents) {
        if (row.name == name) {
            return row.event;
        }
    }
    return std::nullopt;
}

std::string_view outcome_name(AuditOutcome outcome) {
    return kOutcomeNames.at(static_cast<std::size_t>(outcome));
}

std::optional<AuditOutcome> find_outcome(std::string_view name) {
    for (std::size_t i = 0; i < kOutcomeNames.size(); ++i) {
        if (kOutcomeNames[i] == name) {
            return static_cast<AuditOutcome>(i);
        }
    }
    return std::nullopt;
}

}  // namespace efface::db
