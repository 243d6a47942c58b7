// AuditLog: append-only, hash-chained record of every event. A row's hash is SHA-256 over the previous
// row's hash and the row's canonical encoding (the grammar stands in audit_row.cpp), so a changed, reordered
// or missing row between the first and the last is found. A cut tail, or a chain rewritten as a whole, is not
// found by it. No patient data: originals appear as keyed hashes under the audit key, made by the caller.
// Thread rule: append on the writer thread, inside a Writer's closure; the queries (audit_query.h) on any
// reader.
#pragma once

#include "config/environment.h"
#include "db/audit/event.h"
#include "db/sqlite/database.h"

#include <cstdint>
#include <optional>
#include <string>

namespace efface::db {

/// What one event says. Empty text: does not apply.
struct AuditEntry {
    AuditEvent event = AuditEvent::kNodeStarted;
    AuditOutcome outcome = AuditOutcome::kSuccess;
    UnixMicros at = 0;
    std::string project;
    std::string peer;  ///< The configured name of the sending peer or of the destination.
    std::uint64_t job = 0;
    std::string instance_hash;  ///< Keyed hash (audit key) of the original SOP Instance UID.
    /// Keyed hash of the original Study Instance UID. On every row about an instance, once it is known:
    /// studies are found by it.
    std::string study_hash;
    std::string patient_hash;
    std::string new_instance_uid;
    std::string new_study_uid;
    std::string rule;
    std::string reason;  ///< A literal of ours, with a tag or a status at most.
    std::string detail;  ///< JSON; of kCleaned: the receipt.
};

/// A stored row.
struct AuditRow {
    std::uint64_t seq = 0;
    AuditEntry entry;
    /// As stored, so that a name of a newer program survives an export and a verification.
    std::string event_text;
    std::string outcome_text;
    Digest hash{};
};

class AuditLog {
public:
    /// Appends one row and returns its seq. Times never go back along the chain: where the clock did,
    /// the row takes its predecessor's time (queries by time search the chain by bisection).
    Result<std::uint64_t> append(Database& database, const AuditEntry& entry);

private:
    struct Head {
        std::uint64_t seq = 0;
        UnixMicros at = 0;
        Digest hash{};
    };

    Status read_head(Database& database);

    // Confined to the writer thread.
    std::optional<Head> head_;
    std::uint64_t head_rollback_count_ = 0;
};

enum class AuditDamage : std::uint8_t { kChanged, kReordered, kMissing };

std::string_view damage_name(AuditDamage damage);

struct AuditVerdict {
    std::uint64_t first = 0;  ///< Rows looked at, by seq; 0 in an empty log.
    std::uint64_t last = 0;
    std::uint64_t bad_seq = 0;  ///< First row that is not as it was written; 0: none.
    AuditDamage damage = AuditDamage::kChanged;

    bool intact() const { return bad_seq == 0; }
};

/// Checks rows from..to (0: to the end). Reads in order with bounded memory. Works on a reader.
Result<AuditVerdict> verify_audit(Database& database, std::uint64_t from = 1, std::uint64_t to = 0);
/// The start-up check: the last `rows` rows.
Result<AuditVerdict> verify_audit_tail(Database& database, std::uint64_t rows);

/// The table, its triggers and indexes, for db/store.
Status create_audit_schema(Database& database);

}  // namespace efface::db
