// Inside db/audit only: the canonical encoding of a row, and reading one.
#pragma once

#include "db/audit/audit_log.h"

// One list for every SELECT that read_audit_row() reads.
#define EFFACE_AUDIT_COLUMNS                                                                 \
    "seq, at, event, outcome, project, peer, job, instance_hash, study_hash, patient_hash, " \
    "new_instance_uid, new_study_uid, rule, reason, detail, hash"

namespace efface::db {

AuditRow read_audit_row(const Rows& rows);

/// SHA-256 over the previous row's hash and this row's encoding.
Digest chain_hash(const Digest& previous, const AuditRow& row);

}  // namespace efface::db
