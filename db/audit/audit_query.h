// Reading the audit log: by study, job, time, event, outcome, peer, in pages. Works on a reader.
#pragma once

#include "db/audit/audit_log.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace efface::db {

inline constexpr std::size_t kAuditPageRowsMax = 10'000;

/// Every filter that is set must hold.
struct AuditFilter {
    UnixMicros from = 0;  ///< Inclusive; 0: from the first row.
    UnixMicros to = 0;    ///< Exclusive; 0: to the last row.
    std::optional<AuditEvent> event;
    std::optional<AuditOutcome> outcome;
    std::string peer;
    std::string study_hash;     ///< Keyed hash of the original Study Instance UID.
    std::string new_study_uid;  ///< Or the new one: all rows of the originals behind it.
    std::uint64_t job = 0;
    std::uint64_t after_seq = 0;  ///< Paging: rows with a greater seq only.
    std::size_t rows_max = 1000;  ///< At most kAuditPageRowsMax.
};

/// One page, ascending by seq. The next page's after_seq is the last row's seq.
Result<std::vector<AuditRow>> query_audit(Database& database, const AuditFilter& filter);
/// Calls `row` for every row that the filter lets through (rows_max is the page size only); stops at its
/// error.
Status export_audit(
    Database& database, AuditFilter filter, const std::function<Status(const AuditRow&)>& row
);
/// The newest row of an event; nothing where there is none.
Result<std::optional<AuditRow>> last_row_of(Database& database, AuditEvent event);
/// The last kCleaned row's detail of a job: the receipt. Nothing where there is none.
Result<std::optional<std::string>> find_receipt(Database& database, std::uint64_t job);

}  // namespace efface::db
