#include "node/runtime/admission.h"

#include "config/json.h"

#include <utility>

namespace efface::node {

namespace {

const PeerSettings* find_peer(const Settings& settings, const AssociationFacts& facts) {
    const auto address = IpAddress::parse(facts.peer_address);
    return address ? settings.find_peer(facts.calling_ae, *address) : nullptr;
}

db::AuditEvent event_of(AssociationEventKind kind) {
    switch (kind) {
        case AssociationEventKind::kAccepted:
            return db::AuditEvent::kAssociationAccepted;
        case AssociationEventKind::kRejected:
            return db::AuditEvent::kAssociationRejected;
        case AssociationEventKind::kReleased:
            return db::AuditEvent::kAssociationReleased;
        case AssociationEventKind::kAborted:
        case AssociationEventKind::kDropped:
            return db::AuditEvent::kAssociationAborted;
    }
    return db::AuditEvent::kAssociationAborted;
}

db::AuditOutcome outcome_of(AssociationEventKind kind) {
    switch (kind) {
        case AssociationEventKind::kAccepted:
        case AssociationEventKind::kReleased:
            return db::AuditOutcome::kSuccess;
        case AssociationEventKind::kRejected:
            return db::AuditOutcome::kFailure;
        case AssociationEventKind::kAborted:
        case AssociationEventKind::kDropped:
            return db::AuditOutcome::kWarning;
    }
    return db::AuditOutcome::kWarning;
}

Json detail_of(const AssociationEvent& event) {
    const AssociationFacts& facts = *event.facts;
    Json detail{
        {"association", facts.id},
        {"calling_ae", facts.calling_ae},
        {"called_ae", facts.called_ae},
        {"address", facts.peer_address}};
    switch (event.kind) {
        case AssociationEventKind::kAccepted:
            detail["implementation_uid"] = facts.implementation_uid;
            detail["implementation_version"] = facts.implementation_version;
            detail["contexts_accepted"] = event.contexts_accepted;
            detail["contexts_refused"] = event.contexts_refused;
            break;
        case AssociationEventKind::kRejected:
            detail["result"] = event.rejection.result;
            detail["source"] = event.rejection.source;
            detail["reason"] = event.rejection.reason;
            break;
        default:
            detail["bytes_received"] = event.bytes_received;
            detail["echoes"] = event.echoes;
            detail["stores_succeeded"] = event.stores_succeeded;
            detail["stores_failed"] = event.stores_failed;
            detail["instance_abandoned"] = event.instance_abandoned;
            detail["milliseconds"] = event.duration.count();
            break;
    }
    return detail;
}

}  // namespace

Admission::Admission(AdmissionParts parts)
    : parts_{std::move(parts)}, aggregator_{parts_.environment.clock} {}

AssociationDecision Admission::decide(const AssociationFacts& facts, const AssociationLoad& load) {
    const Settings& settings = parts_.settings;
    const PeerSettings* peer = find_peer(settings, facts);
    if (peer == nullptr) {
        return AssociationDecision::reject(
            kRejectCallingAe, "no [[peer]] with this calling AE title may connect from this address"
        );
    }
    const ProjectSettings* project = settings.find_project_by_called_ae(facts.called_ae);
    if (project == nullptr) {
        return AssociationDecision::reject(kRejectCalledAe, "no [[project]] answers to this called AE title");
    }
    if (!peer->may_send_to(project->name)) {
        return AssociationDecision::reject(kRejectCalledAe, "this peer may not send to this project");
    }
    if (congested_.load()) {
        return AssociationDecision::reject(
            kRejectTemporaryCongestion, "the node is not ready: spool below its soft watermark, or draining"
        );
    }
    if (load.open_total >= settings.listen.associations_max) {
        return AssociationDecision::reject(kRejectLocalLimit, "[listen] associations_max is reached");
    }
    const std::uint32_t per_peer =
        peer->associations_max != 0
            ? std::min(peer->associations_max, settings.listen.associations_per_peer_max)
            : settings.listen.associations_per_peer_max;
    if (load.open_from_calling_ae >= per_peer) {
        return AssociationDecision::reject(kRejectLocalLimit, "the peer's associations_max is reached");
    }
    return AssociationDecision::accept(project->name);
}

std::string Admission::peer_name(const AssociationFacts& facts) const {
    const PeerSettings* peer = find_peer(parts_.settings, facts);
    return peer == nullptr ? std::string{} : peer->name;
}

void Admission::notify(const AssociationEvent& event) noexcept {
    db::AuditEntry entry{
        .event = event_of(event.kind),
        .outcome = outcome_of(event.kind),
        .at = parts_.environment.clock.now(),
        .project = event.facts->project,
        .peer = peer_name(*event.facts),
        .reason = std::string{event.reason.view()},
        .detail = dump_json(detail_of(event)),
    };
    switch (event.kind) {
        case AssociationEventKind::kAccepted:
            ++open_;
            parts_.metrics.add(Counter::kAssociationsAccepted);
            append(std::move(entry));
            return;
        case AssociationEventKind::kReleased:
            --open_;
            append_echo(event, entry);
            append(std::move(entry));
            return;
        case AssociationEventKind::kAborted:
            --open_;
            parts_.metrics.add(Counter::kAssociationsAborted);
            append_echo(event, entry);
            append(std::move(entry));
            return;
        case AssociationEventKind::kRejected:
            parts_.metrics.add(Counter::kAssociationsRejected);
            parts_.log.warning(
                "association rejected",
                {LogField::configured("address", event.facts->peer_address),
                 LogField::configured("calling_ae", event.facts->calling_ae),
                 LogField::configured("called_ae", event.facts->called_ae), LogField{"reason", event.reason}}
            );
            break;
        case AssociationEventKind::kDropped:
            break;
    }
    // Equal rejections of one address: one row a minute with a count.
    const std::string key = event.facts->peer_address + "|" + event.facts->calling_ae + "|" +
                            event.facts->called_ae + "|" + entry.reason;
    std::optional<db::AuditEntry> now;
    {
        const std::lock_guard lock{mutex_};
        now = aggregator_.note(key, std::move(entry));
    }
    if (now) {
        append(std::move(*now));
    }
}

/// One row for all C-ECHO of an association: a peer that asks every second must not fill the audit.
void Admission::append_echo(const AssociationEvent& event, const db::AuditEntry& ended) {
    if (event.echoes == 0) {
        return;
    }
    append(
        {.event = db::AuditEvent::kEcho,
         .at = ended.at,
         .project = ended.project,
         .peer = ended.peer,
         .detail = dump_json(Json{{"association", event.facts->id}, {"count", event.echoes}})}
    );
}

void Admission::append(db::AuditEntry entry) {
    parts_.run_blocking([this, entry = std::move(entry)] {
        const Status queued = parts_.writer.submit(
            {.work = [this, entry](db::Database& database) -> Status {
                 EFFACE_TRY([[maybe_unused]] const std::uint64_t seq, parts_.audit.append(database, entry));
                 return {};
             },
             .done = [](const Status&) {}}
        );
        if (!queued) {
            parts_.log.error("an association's audit row was not written", {LogField::error(queued.error())});
        }
    });
}

void Admission::flush(bool all) {
    std::vector<db::AuditEntry> due;
    {
        const std::lock_guard lock{mutex_};
        due = all ? aggregator_.flush_all() : aggregator_.flush();
    }
    for (db::AuditEntry& entry : due) {
        append(std::move(entry));
    }
}

}  // namespace efface::node
