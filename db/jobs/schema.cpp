// The queue's tables. States are stored by name (state.cpp); times are microseconds since 1970 UTC.
//
//   jobs               one row per accepted instance; never deleted: ids are never used twice, and
//                      which content a new SOP Instance UID stands for stays known (promise P4)
//   deliveries         one row per job and destination, made when the job is cleared; says what may have left
//   former_outputs     what was sent under a UID that its job has no more (released as a new instance)
//   hold_groups        series and studies that cleared jobs wait for; gone once released
//   destination_holds  destinations that an operator has stopped
//
// sop_instance_uid, study_uid, series_uid and work_order name a patient. Partial indexes hold only rows
// in work, so that the cost of a claim or a count does not grow with the archive; a query must repeat an
// index's WHERE clause word for word to use it. No IN list of three or more stands in an index or a CHECK:
// SQLite builds a temporary table for it at every statement (measured: most of the time of a write). Hot
// columns come first: a record is decoded from the left. What a later version added stands in a function of
// its own, which db/store names as a migration.
#include "db/jobs/job_row.h"

namespace efface::db {

Status create_jobs_schema(Database& database) {
    EFFACE_CHECK(database.run_script(R"sql(
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    state TEXT NOT NULL,                   -- as state_name() in state.cpp
    fence INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER NOT NULL,
    lease_until INTEGER NOT NULL DEFAULT 0,
    retention_from INTEGER NOT NULL DEFAULT 0,
    generation INTEGER NOT NULL DEFAULT 0,
    conflict INTEGER NOT NULL DEFAULT 0 CHECK (conflict IN (0, 1)),
    accepted_at INTEGER NOT NULL,
    project TEXT NOT NULL,
    peer TEXT NOT NULL,
    calling_ae TEXT NOT NULL,
    called_ae TEXT NOT NULL,
    association INTEGER NOT NULL,
    sop_class_uid TEXT NOT NULL,
    transfer_syntax_uid TEXT NOT NULL,
    sop_instance_uid TEXT NOT NULL,
    study_uid TEXT NOT NULL,
    series_uid TEXT NOT NULL,
    original_digest BLOB NOT NULL CHECK (length(original_digest) = 32),
    original_bytes INTEGER NOT NULL,
    spool_file TEXT NOT NULL,              -- '' once the file is removed
    work_order TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    rule TEXT NOT NULL DEFAULT '',
    new_instance_uid TEXT NOT NULL DEFAULT '',
    new_study_uid TEXT NOT NULL DEFAULT '',
    new_series_uid TEXT NOT NULL DEFAULT '',
    output_file TEXT NOT NULL DEFAULT '',
    output_digest BLOB NOT NULL DEFAULT x'' CHECK (length(output_digest) IN (0, 32)),
    output_bytes INTEGER NOT NULL DEFAULT 0,
    output_syntax_uid TEXT NOT NULL DEFAULT '',
    hold INTEGER NOT NULL DEFAULT 0,       -- 0 none, 1 series, 2 study
    verdict INTEGER NOT NULL DEFAULT 0,    -- 0 none, 1 release, 2 as replacement, 3 as new instance
    forced_rule TEXT NOT NULL DEFAULT '',
    decided_by TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX jobs_instance ON jobs (sop_instance_uid, project);
CREATE INDEX jobs_study ON jobs (study_uid, series_uid);
CREATE INDEX jobs_new_instance ON jobs (new_instance_uid) WHERE new_instance_uid <> '';
CREATE INDEX jobs_new_study ON jobs (new_study_uid) WHERE new_study_uid <> '';
CREATE UNIQUE INDEX jobs_spool_file ON jobs (spool_file) WHERE spool_file <> '';
CREATE INDEX jobs_due ON jobs (due_at) WHERE state = 'received';
CREATE INDEX jobs_active ON jobs (state) WHERE )sql" EFFACE_JOB_ACTIVE R"sql(;
CREATE INDEX jobs_ended ON jobs (state, retention_from) WHERE )sql" EFFACE_JOB_ENDED R"sql(;
CREATE INDEX jobs_purging ON jobs (id) WHERE state = 'purged' AND spool_file <> '';
CREATE INDEX jobs_unplaced ON jobs (project) WHERE study_uid = '' AND (state = 'received' OR state = 'working');
)sql"));
    return database.run_script(R"sql(
CREATE TABLE deliveries (
    job INTEGER NOT NULL REFERENCES jobs (id),
    destination TEXT NOT NULL,
    state TEXT NOT NULL,                    -- as state_name() in state.cpp
    due_at INTEGER NOT NULL,
    fence INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    sent_at INTEGER NOT NULL DEFAULT 0,     -- of the last claim whose bytes may have left; 0: none ever did
    sent_digest BLOB NOT NULL DEFAULT x'' CHECK (length(sent_digest) IN (0, 32)),
    sent_before INTEGER NOT NULL DEFAULT 0, -- what may have left before this claim: SentBefore
    delivered_at INTEGER NOT NULL DEFAULT 0,
    last_status INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    transcode_attempts INTEGER NOT NULL DEFAULT 0,
    syntax_uid TEXT NOT NULL DEFAULT '',    -- the wanted or made second output's; '': the job's
    output_file TEXT NOT NULL DEFAULT '',   -- the second output; '': the job's
    output_digest BLOB NOT NULL DEFAULT x'' CHECK (length(output_digest) IN (0, 32)),
    output_bytes INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (job, destination)
) STRICT, WITHOUT ROWID;

CREATE INDEX deliveries_due ON deliveries (destination, due_at) WHERE state = 'pending';
CREATE INDEX deliveries_transcode ON deliveries (due_at) WHERE state = 'transcode_wanted';
CREATE INDEX deliveries_second ON deliveries (job, destination) WHERE output_file <> '';
CREATE INDEX deliveries_active ON deliveries (state, destination, job)
    WHERE )sql" EFFACE_DELIVERY_ACTIVE R"sql(;

CREATE TABLE former_outputs (
    new_instance_uid TEXT NOT NULL,
    destination TEXT NOT NULL,
    output_digest BLOB NOT NULL CHECK (length(output_digest) = 32),  -- the job's output, before transcoding
    sent_at INTEGER NOT NULL,
    sent_digest BLOB NOT NULL CHECK (length(sent_digest) IN (0, 32)),
    PRIMARY KEY (new_instance_uid, destination)
) STRICT, WITHOUT ROWID;

CREATE TABLE hold_groups (
    project TEXT NOT NULL,
    study_uid TEXT NOT NULL,
    series_uid TEXT NOT NULL,               -- '': the whole study
    last_accepted_at INTEGER NOT NULL,
    check_at INTEGER NOT NULL,
    PRIMARY KEY (project, study_uid, series_uid)
) STRICT, WITHOUT ROWID;

CREATE INDEX hold_groups_check ON hold_groups (check_at);

CREATE TABLE destination_holds (
    destination TEXT NOT NULL PRIMARY KEY,
    held_by TEXT NOT NULL,
    held_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql");
}

Status add_companions(Database& database) {
    return database.run_script(R"sql(
ALTER TABLE jobs ADD COLUMN companion_uid TEXT NOT NULL DEFAULT '';   -- '': there is none
ALTER TABLE jobs ADD COLUMN companion_file TEXT NOT NULL DEFAULT '';  -- '' once it is lost or removed
ALTER TABLE jobs ADD COLUMN companion_digest BLOB NOT NULL DEFAULT x''
    CHECK (length(companion_digest) = 0 OR length(companion_digest) = 32);
ALTER TABLE jobs ADD COLUMN companion_bytes INTEGER NOT NULL DEFAULT 0;
)sql");
}

}  // namespace efface::db
