#include "node/control/rows_json.h"

#include "config/json.h"
#include "node/control/time_text.h"
#include "rules/vocabulary/sop_class.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <array>
#include <cstdio>

namespace efface::node {

namespace {

std::string sop_class_name(std::string_view uid) {
    const rules::SopClass* row = rules::find_storage_sop_class(uid);
    return row == nullptr ? std::string{} : std::string{row->name};
}

std::string syntax_name(std::string_view uid) {
    const rules::TransferSyntax* row = rules::find_transfer_syntax(uid);
    return row == nullptr ? std::string{} : std::string{row->name};
}

std::string status_text(std::uint32_t status) {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%04X", status);
    return text.data();
}

std::string digest_text(const Digest& digest) {
    return digest == Digest{} ? std::string{} : to_hex(digest);
}

/// Null where there is none.
Json companion_json(const db::Companion& companion) {
    if (!companion.exists()) {
        return nullptr;
    }
    return {
        {"sop_instance_uid", companion.instance_uid},
        {"digest", digest_text(companion.digest)},
        {"bytes", companion.bytes},
    };
}

}  // namespace

Json time_json(UnixMicros at) {
    return at == 0 ? Json(nullptr) : Json(iso_text(at));
}

Json job_json(const db::Job& job, const AuditIdentity* identity) {
    const db::ReceivedJob& received = job.received;
    Json out{
        {"job", job.id},
        {"state", db::state_name(job.state)},
        {"reason", job.reason},
        {"conflict", job.conflict},
        {"attempts", job.attempts},
        {"accepted_at", time_json(received.accepted_at)},
        {"due_at", time_json(job.due_at)},
        {"project", received.project},
        {"peer", received.peer},
        {"calling_ae", received.calling_ae},
        {"called_ae", received.called_ae},
        {"sop_class_uid", received.sop_class_uid},
        {"sop_class", sop_class_name(received.sop_class_uid)},
        {"transfer_syntax_uid", received.transfer_syntax_uid},
        {"transfer_syntax", syntax_name(received.transfer_syntax_uid)},
        {"original_bytes", received.original_bytes},
        {"spool_file", received.spool_file},
        {"instance_hash", ""},
        {"study_hash", ""},
        {"rule", job.rule},
        {"new_instance_uid", job.new_instance_uid},
        {"new_series_uid", job.new_series_uid},
        {"new_study_uid", job.new_study_uid},
        {"output_bytes", job.output_bytes},
        {"output_digest", digest_text(job.output_digest)},
        {"mask_segmentation", companion_json(job.companion)},
        {"hold", db::hold_name(job.hold)},
        {"verdict", db::verdict_name(job.verdict)},
        {"forced_rule", job.forced_rule},
        {"decided_by", job.decided_by},
    };
    if (identity != nullptr) {
        out["instance_hash"] = identity->instance(received.sop_instance_uid.reveal());
        out["study_hash"] = identity->study(received.study_uid.reveal());
    }
    return out;
}

Json delivery_json(const db::Delivery& delivery) {
    return {
        {"destination", delivery.destination},
        {"state", db::state_name(delivery.state)},
        {"attempts", delivery.attempts},
        {"due_at", time_json(delivery.due_at)},
        {"delivered_at", time_json(delivery.delivered_at)},
        {"last_status", status_text(delivery.last_status)},
        {"reason", delivery.reason},
        {"output_digest", digest_text(delivery.output_digest)},
        {"mask_segmentation", companion_json(delivery.companion)},
    };
}

Json audit_row_json(const db::AuditRow& row) {
    const db::AuditEntry& entry = row.entry;
    Json detail = nullptr;
    if (!entry.detail.empty()) {
        detail = parse_json(entry.detail).value_or(Json(entry.detail));
    }
    return {
        {"seq", row.seq},
        {"at", iso_text(entry.at)},
        {"event", row.event_text},
        {"outcome", row.outcome_text},
        {"project", entry.project},
        {"peer", entry.peer},
        {"job", entry.job},
        {"instance_hash", entry.instance_hash},
        {"study_hash", entry.study_hash},
        {"patient_hash", entry.patient_hash},
        {"new_instance_uid", entry.new_instance_uid},
        {"new_study_uid", entry.new_study_uid},
        {"rule", entry.rule},
        {"reason", entry.reason},
        {"detail", std::move(detail)},
        {"hash", to_hex(row.hash)},
    };
}

Json counts_json(const std::array<std::uint64_t, db::kJobStateCount>& counts) {
    Json out = Json::object();
    for (std::size_t i = 1; i < counts.size(); ++i) {
        const auto state = static_cast<db::JobState>(i);
        if (state != db::JobState::kCleared) {  // Never at rest.
            out[std::string{db::state_name(state)}] = counts[i];
        }
    }
    return out;
}

Json study_json(const db::StudySummary& summary) {
    const std::string delivered = std::to_string(summary.delivered);
    const std::string received = std::to_string(summary.received);
    return {
        {"new_study_uid", summary.new_study_uid},
        {"received", summary.received},
        {"delivered", summary.delivered},
        {"complete", summary.complete()},
        {"text", summary.complete() ? "complete: " + received + " of " + received
                                    : "incomplete: " + delivered + " of " + received},
        {"first_accepted_at", time_json(summary.first_accepted_at)},
        {"last_accepted_at", time_json(summary.last_accepted_at)},
        {"states", counts_json(summary.jobs)},
    };
}

Json backlog_json(const db::DestinationBacklog& backlog) {
    return {
        {"destination", backlog.destination},
        {"open", backlog.open},
        {"failed", backlog.failed},
        {"oldest_accepted_at", time_json(backlog.oldest_accepted_at)},
        {"held", backlog.held},
    };
}

}  // namespace efface::node
