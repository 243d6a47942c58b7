#include "db/audit/audit_log.h"

#include "config/assert.h"
#include "db/audit/audit_row.h"

#include <algorithm>

namespace efface::db {

Status AuditLog::read_head(Database& database) {
    Head head;
    EFFACE_TRY(
        auto rows, database.select("SELECT seq, at, hash FROM audit WHERE seq = (SELECT max(seq) FROM audit)")
    );
    EFFACE_TRY(const bool any, rows.next());
    if (any) {
        head = Head{rows.count(0), rows.integer(1), rows.digest(2)};
    }
    head_ = head;
    head_rollback_count_ = database.rollback_count();
    return {};
}

Result<std::uint64_t> AuditLog::append(Database& database, const AuditEntry& entry) {
    // A rollback since the last append may have taken the head that we remember.
    if (!head_ || head_rollback_count_ != database.rollback_count()) {
        EFFACE_CHECK(read_head(database));
    }
    AuditRow row;
    row.seq = head_->seq + 1;
    row.entry = entry;
    row.entry.at = std::max(entry.at, head_->at);
    row.event_text = event_name(entry.event);
    row.outcome_text = outcome_name(entry.outcome);
    row.hash = chain_hash(head_->hash, row);
    EFFACE_CHECK(database.run(
        "INSERT OR FAIL INTO audit (" EFFACE_AUDIT_COLUMNS
        ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {row.seq, row.entry.at, row.event_text, row.outcome_text, entry.project, entry.peer, entry.job,
         entry.instance_hash, entry.study_hash, entry.patient_hash, entry.new_instance_uid,
         entry.new_study_uid, entry.rule, entry.reason, entry.detail, row.hash}
    ));
    head_ = Head{row.seq, row.entry.at, row.hash};
    return row.seq;
}

}  // namespace efface::db
