// Rows of the store as JSON: what the control socket and `--json` show. Originals appear as keyed
// hashes only. Thread rule: pure functions.
#pragma once

#include "config/json_forward.h"
#include "db/audit/audit_log.h"
#include "db/jobs/delivery_store.h"
#include "db/jobs/listing.h"
#include "node/identity/audit_identity.h"

namespace efface::node {

/// `identity` null: without the hashes.
Json job_json(const db::Job& job, const AuditIdentity* identity);
Json delivery_json(const db::Delivery& delivery);
Json audit_row_json(const db::AuditRow& row);
Json study_json(const db::StudySummary& summary);
Json backlog_json(const db::DestinationBacklog& backlog);
/// {"received": n, ...}: every state that jobs rest in.
Json counts_json(const std::array<std::uint64_t, db::kJobStateCount>& counts);

/// null for 0.
Json time_json(UnixMicros at);

}  // namespace efface::node
