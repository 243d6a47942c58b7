#include "node/runtime/start_audit.h"

#include "config/json.h"
#include "db/audit/audit_query.h"

#include <optional>
#include <utility>

namespace efface::node {

namespace {

constexpr std::string_view kOtherProjectKey =
    "not the key of the last start: the same patient gets other pseudonyms and UIDs from now on";
constexpr std::string_view kOtherAuditKey =
    "not the audit key of the last start: studies received before are not found by their original UID";

Json start_detail(const StartFacts& facts) {
    Json projects = Json::array();
    for (const StartedProject& project : facts.projects) {
        projects.push_back(
            {{"name", project.name},
             {"key_fingerprint", project.key_fingerprint},
             {"rules", project.rules_file_name},
             {"rule_digest", to_hex(project.rule_digest)}}
        );
    }
    return {{"software_version", facts.software_version},
            {"table_edition", facts.table_edition},
            {"table_digest", facts.table_digest},
            {"configuration_digest", to_hex(facts.configuration_digest)},
            {"audit_key", facts.audit_key_fingerprint},
            {"projects", std::move(projects)}};
}

std::string text_of(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

/// What the last start wrote; null where there was none, or none that can be read.
Result<Json> last_start(db::Database& database) {
    EFFACE_TRY(const auto row, db::last_row_of(database, db::AuditEvent::kNodeStarted));
    if (!row) {
        return Json{};
    }
    auto detail = parse_json(row->entry.detail);
    return detail && detail->is_object() ? std::move(*detail) : Json{};
}

Json project_before(const Json& before, std::string_view name) {
    const auto projects = before.find("projects");
    if (projects != before.end() && projects->is_array()) {
        for (const Json& project : *projects) {
            if (project.is_object() && text_of(project, "name") == name) {
                return project;
            }
        }
    }
    return Json::object();
}

/// Collects the rows of one start.
struct Changes {
    UnixMicros at;
    std::vector<db::AuditEntry> rows;

    void note_digest(db::AuditEvent event, std::string project, Json detail) {
        rows.push_back({.event = event, .at = at, .project = std::move(project), .detail = dump_json(detail)}
        );
    }

    void note_key(
        std::string project, const std::string& was, const std::string& is, std::string_view other
    ) {
        if (was == is) {
            return;
        }
        Json detail{{"key", project.empty() ? "audit" : "project"}, {"fingerprint", is}};
        if (!was.empty()) {
            detail["before"] = was;
        }
        rows.push_back(
            {.event = db::AuditEvent::kKeyUsed,
             .outcome = was.empty() ? db::AuditOutcome::kSuccess : db::AuditOutcome::kWarning,
             .at = at,
             .project = std::move(project),
             .reason = std::string{was.empty() ? std::string_view{} : other},
             .detail = dump_json(detail)}
        );
    }
};

std::vector<db::AuditEntry> changes_since(const Json& before, const StartFacts& facts, UnixMicros at) {
    Changes changes{at, {}};
    const bool first = before.is_null();
    const Json last = first ? Json::object() : before;
    const std::string configuration = to_hex(facts.configuration_digest);
    if (const std::string was = text_of(last, "configuration_digest"); !first && was != configuration) {
        changes.note_digest(
            db::AuditEvent::kConfigurationChanged, {}, {{"before", was}, {"digest", configuration}}
        );
    }
    changes.note_key({}, text_of(last, "audit_key"), facts.audit_key_fingerprint, kOtherAuditKey);
    for (const StartedProject& project : facts.projects) {
        const Json known = project_before(last, project.name);
        const std::string digest = to_hex(project.rule_digest);
        if (const std::string was = text_of(known, "rule_digest"); !first && was != digest) {
            // An empty "before": the project is new.
            changes.note_digest(
                db::AuditEvent::kRulesChanged, project.name,
                {{"before", was}, {"digest", digest}, {"rules", project.rules_file_name}}
            );
        }
        changes.note_key(
            project.name, text_of(known, "key_fingerprint"), project.key_fingerprint, kOtherProjectKey
        );
    }
    return std::move(changes.rows);
}

}  // namespace

Status append_start(db::Database& database, db::AuditLog& audit, const StartFacts& facts, UnixMicros at) {
    EFFACE_TRY(const Json before, last_start(database));
    const db::AuditEntry started{
        .event = db::AuditEvent::kNodeStarted, .at = at, .detail = dump_json(start_detail(facts))};
    EFFACE_TRY([[maybe_unused]] const std::uint64_t seq, audit.append(database, started));
    for (const db::AuditEntry& change : changes_since(before, facts, at)) {
        EFFACE_TRY([[maybe_unused]] const std::uint64_t next, audit.append(database, change));
    }
    return {};
}

}  // namespace efface::node
