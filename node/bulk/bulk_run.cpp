#include "node/bulk/bulk_run.h"

#include "config/json.h"
#include "node/bulk/bulk_flow.h"
#include "rules/profile/profile.h"

#include <unistd.h>

namespace efface::node {

namespace {

Json start_detail(const BulkOptions& options) {
    return {
        {"software_version", options.software_version},
        {"table_edition", rules::table_edition()},
        {"table_digest", rules::table_digest()},
        {"rule_digest", to_hex(options.rules.digest())},
        {"key_fingerprint", options.key.fingerprint()},
        {"audit_key", options.identity.fingerprint()},
        {"uid", ::getuid()},
    };
}

Json end_detail(const tl::expected<BulkSummary, std::string>& outcome) {
    if (!outcome) {
        return {{"ended", "could not go on"}};
    }
    const BulkSummary& summary = *outcome;
    return {
        {"ended", summary.interrupted ? "interrupted" : "complete"},
        {"files", summary.files},
        {"cleaned", summary.cleaned},
        {"quarantined", summary.quarantined},
        {"refused", summary.refused},
        {"not_dicom", summary.not_dicom},
    };
}

}  // namespace

tl::expected<BulkSummary, std::string> run_bulk(
    Environment& environment, const BulkOptions& options, const BulkHooks& hooks
) {
    auto walk = FolderWalk::open(options.in);
    if (!walk) {
        return tl::unexpected(walk.error());
    }
    if (auto separate = check_bulk_paths(options); !separate) {
        return tl::unexpected(separate.error());
    }
    for (const std::string& directory : {options.out, options.scratch}) {
        if (const Status made = environment.files.make_directory(directory); !made) {
            return tl::unexpected(directory + ": " + made.error().message());
        }
    }
    auto audit = BulkAudit::open(environment.files, options.audit_file);
    if (!audit) {
        return tl::unexpected(options.audit_file + ": " + audit.error().message());
    }
    db::AuditEntry entry{
        .event = db::AuditEvent::kRunStarted,
        .at = environment.clock.now(),
        .project = options.project,
        .detail = dump_json(start_detail(options))};
    if (const Status written = (*audit)->append_now(entry); !written) {
        return tl::unexpected(options.audit_file + ": " + written.error().message());
    }
    auto outcome = BulkFlow{environment, options, hooks, **audit}.all(std::move(*walk));
    entry.event = db::AuditEvent::kRunFinished;
    entry.outcome =
        outcome && outcome->all_cleaned() ? db::AuditOutcome::kSuccess : db::AuditOutcome::kWarning;
    entry.at = environment.clock.now();
    entry.detail = dump_json(end_detail(outcome));
    if (const Status written = (*audit)->append_now(entry); !written && outcome) {
        return tl::unexpected(options.audit_file + ": " + written.error().message());
    }
    return outcome;
}

}  // namespace efface::node
