// Recovery: what start-up does before the node listens. Checks the database and the audit's tail,
// gives every lease back, drops outputs that a reboot may have damaged (they are made again), and
// adopts originals that a crash left without a job.
// Thread rule: runs alone, before any other thread exists.
#pragma once

#include "config/environment.h"
#include "config/settings/settings.h"
#include "db/audit/audit_log.h"
#include "db/sqlite/database.h"
#include "db/sqlite/writer.h"
#include "node/log/log.h"
#include "node/runtime/project_set.h"
#include "pipeline/spool/spool.h"

#include <cstdint>
#include <string>

namespace efface::node {

struct RecoveryParts {
    Environment& environment;
    const Settings& settings;
    const ProjectSet& projects;
    db::Database& database;
    db::Writer& writer;
    db::AuditLog& audit;
    pipeline::Spool& spool;
    Log& log;
    std::string software_version;
};

struct RecoveryReport {
    std::uint64_t leases = 0;
    std::uint64_t adopted = 0;
    std::uint64_t orphans_quarantined = 0;
    std::uint64_t outputs_removed = 0;
};

/// Fault::kHalt: the database or the audit is damaged; the text says what to do.
Result<RecoveryReport> recover(const RecoveryParts& parts);

}  // namespace efface::node
