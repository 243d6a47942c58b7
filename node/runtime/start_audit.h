// What the audit says of a start: node_started, and after it, in the same commit, what is not as it was at
// the last start that the audit knows: configuration, rule files, keys. Keys appear by their fingerprint.
// Thread rule: append_start() runs on the writer's thread, inside a Writer's closure.
#pragma once

#include "db/audit/audit_log.h"

#include <string>
#include <vector>

namespace efface::node {

struct StartedProject {
    std::string name;
    std::string key_fingerprint;
    std::string rules_file_name;
    Digest rule_digest{};
};

struct StartFacts {
    std::string software_version;
    std::string table_edition;
    std::string table_digest;
    Digest configuration_digest{};
    std::string audit_key_fingerprint;
    std::vector<StartedProject> projects;
};

/// One row for the start and one for each change. A first start has nothing to compare with: it notes its
/// keys only.
Status append_start(db::Database& database, db::AuditLog& audit, const StartFacts& facts, UnixMicros at);

}  // namespace efface::node
