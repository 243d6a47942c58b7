// The audit table. Rows are only ever appended, in order: triggers refuse the rest. Text that does not
// apply is '' (never NULL), so that a row has one encoding only.
//
// Indexes end with seq (the rowid), which ascends with time: "this event between these times" is one
// range of audit_event. There is none on `at`: times are found by bisection over seq. Those of peer and
// outcome, which may hold for millions of rows, also carry what is asked together with them: rows that fall
// out by it are never fetched. Without, ten million rows took half a minute to say that a peer had no such
// event.
//
// The triggers fail before their first row is touched. FAIL, not ABORT, and INSERT OR FAIL with it: a
// statement that may abort half done keeps a journal of its own, which costs as much as the insert.
#include "db/audit/audit_log.h"

namespace efface::db {

Status create_audit_schema(Database& database) {
    return database.run_script(R"sql(
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    outcome TEXT NOT NULL,
    project TEXT NOT NULL,
    peer TEXT NOT NULL,
    job INTEGER NOT NULL,                 -- 0: none
    instance_hash TEXT NOT NULL,
    study_hash TEXT NOT NULL,
    patient_hash TEXT NOT NULL,
    new_instance_uid TEXT NOT NULL,
    new_study_uid TEXT NOT NULL,
    rule TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE INDEX audit_event ON audit (event);
CREATE INDEX audit_peer ON audit (peer, seq, event, outcome) WHERE peer <> '';
CREATE INDEX audit_job ON audit (job) WHERE job <> 0;
CREATE INDEX audit_study ON audit (study_hash) WHERE study_hash <> '';
CREATE INDEX audit_new_study ON audit (new_study_uid, study_hash)
    WHERE event = 'cleaned' AND new_study_uid <> '';
CREATE INDEX audit_outcome ON audit (outcome, seq, event, peer) WHERE outcome <> 'success';

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(FAIL, 'audit rows are never changed'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(FAIL, 'audit rows are never deleted'); END;
CREATE TRIGGER audit_in_order BEFORE INSERT ON audit
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit)
BEGIN SELECT RAISE(FAIL, 'audit rows are appended in order'); END;
)sql");
}

}  // namespace efface::db
