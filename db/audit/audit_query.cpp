#include "db/audit/audit_query.h"

#include "config/assert.h"
#include "db/audit/audit_row.h"

#include <algorithm>
#include <limits>

namespace efface::db {

namespace {

constexpr std::size_t kStudyHashesMax = 16;

/// The first seq whose time is `at` or later; one past the last where there is none. Times never go
/// back along the chain, so this is a bisection of about 24 lookups in ten million rows.
Result<std::uint64_t> first_seq_at(Database& database, UnixMicros at) {
    std::uint64_t low = 1;
    std::uint64_t high = 1;
    {
        EFFACE_TRY(auto rows, database.select("SELECT coalesce(max(seq), 0) + 1 FROM audit"));
        EFFACE_TRY(const bool any, rows.next());
        high = any ? rows.count(0) : 1;
    }
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        EFFACE_TRY(auto rows, database.select("SELECT at FROM audit WHERE seq = ?", {middle}));
        EFFACE_TRY(const bool any, rows.next());
        if (any && rows.integer(0) >= at) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

/// The originals behind a new Study Instance UID: one, unless the audit key changed.
Result<std::vector<std::string>> study_hashes(Database& database, std::string_view new_study_uid) {
    EFFACE_TRY(
        auto rows, database.select(
                       "SELECT DISTINCT study_hash FROM audit WHERE event = 'cleaned' "
                       "AND new_study_uid <> '' AND new_study_uid = ? LIMIT ?",
                       {new_study_uid, kStudyHashesMax}
                   )
    );
    std::vector<std::string> out;
    for (;;) {
        EFFACE_TRY(const bool any, rows.next());
        if (!any) {
            return out;
        }
        out.push_back(rows.text(0));
    }
}

/// A filter with times turned into seqs and studies into keyed hashes.
struct Bounds {
    std::uint64_t after = 0;
    std::uint64_t before = std::numeric_limits<std::int64_t>::max();
    std::vector<std::string> study_hashes;
    bool by_study = false;
};

Result<Bounds> resolve(Database& database, const AuditFilter& filter) {
    Bounds bounds;
    bounds.after = filter.after_seq;
    if (filter.from != 0) {
        EFFACE_TRY(const std::uint64_t first, first_seq_at(database, filter.from));
        bounds.after = std::max(bounds.after, first - 1);
    }
    if (filter.to != 0) {
        EFFACE_TRY(bounds.before, first_seq_at(database, filter.to));
    }
    bounds.by_study = !filter.study_hash.empty() || !filter.new_study_uid.empty();
    if (!filter.study_hash.empty()) {
        bounds.study_hashes.push_back(filter.study_hash);
    }
    if (!filter.new_study_uid.empty()) {
        EFFACE_TRY(auto hashes, study_hashes(database, filter.new_study_uid));
        if (bounds.study_hashes.empty()) {
            bounds.study_hashes = std::move(hashes);
        } else if (std::find(hashes.begin(), hashes.end(), filter.study_hash) == hashes.end()) {
            bounds.study_hashes.clear();  // Both filters must hold, and they name different studies.
        }
    }
    return bounds;
}

/// One SELECT. The narrowest filter leads: study, job, then a failure, peer, event; a leading + keeps
/// the others from being taken as the index (there are no statistics that could choose).
Result<std::vector<AuditRow>> select_page(
    Database& database, const AuditFilter& filter, const Bounds& bounds, std::string_view study_hash,
    std::size_t rows_max
) {
    SqlText sql;
    std::vector<Value> values;
    bool led = false;
    const auto add = [&](bool set, Literal leading, Literal further, Value value) {
        if (set) {
            sql += led ? further : leading;
            values.push_back(value);
            led = true;
        }
    };
    sql += "SELECT " EFFACE_AUDIT_COLUMNS " FROM audit WHERE seq > ? AND seq < ?";
    values = {bounds.after, bounds.before};
    const std::string_view event = filter.event ? event_name(*filter.event) : std::string_view{};
    const std::string_view outcome = filter.outcome ? outcome_name(*filter.outcome) : std::string_view{};
    const bool rare_outcome = filter.outcome && *filter.outcome != AuditOutcome::kSuccess;
    add(!study_hash.empty(), " AND study_hash <> '' AND study_hash = ?", " AND +study_hash = ?", study_hash);
    add(filter.job != 0, " AND job <> 0 AND job = ?", " AND +job = ?", filter.job);
    add(rare_outcome, " AND outcome <> 'success' AND outcome = ?", " AND +outcome = ?", outcome);
    add(!filter.peer.empty(), " AND peer <> '' AND peer = ?", " AND +peer = ?", filter.peer);
    add(filter.event.has_value(), " AND event = ?", " AND +event = ?", event);
    add(filter.outcome && !rare_outcome, " AND +outcome = ?", " AND +outcome = ?", outcome);
    sql += " ORDER BY seq LIMIT ?";
    values.emplace_back(static_cast<std::uint64_t>(rows_max));

    EFFACE_TRY(auto rows, database.select(sql, values));
    std::vector<AuditRow> page;
    for (;;) {
        EFFACE_TRY(const bool any, rows.next());
        if (!any) {
            return page;
        }
        page.push_back(read_audit_row(rows));
    }
}

}  // namespace

Result<std::vector<AuditRow>> query_audit(Database& database, const AuditFilter& filter) {
    EFFACE_ASSERT(filter.rows_max > 0 && filter.rows_max <= kAuditPageRowsMax);
    EFFACE_TRY(const Bounds bounds, resolve(database, filter));
    if (!bounds.by_study) {
        return select_page(database, filter, bounds, {}, filter.rows_max);
    }
    std::vector<AuditRow> page;
    for (const std::string& hash : bounds.study_hashes) {
        EFFACE_TRY(auto rows, select_page(database, filter, bounds, hash, filter.rows_max));
        page.insert(page.end(), std::make_move_iterator(rows.begin()), std::make_move_iterator(rows.end()));
    }
    std::sort(page.begin(), page.end(), [](const AuditRow& a, const AuditRow& b) { return a.seq < b.seq; });
    if (page.size() > filter.rows_max) {
        page.resize(filter.rows_max);
    }
    return page;
}

Status export_audit(
    Database& database, AuditFilter filter, const std::function<Status(const AuditRow&)>& row
) {
    for (;;) {
        EFFACE_TRY(const std::vector<AuditRow> page, query_audit(database, filter));
        for (const AuditRow& each : page) {
            EFFACE_CHECK(row(each));
        }
        if (page.size() < filter.rows_max) {
            return {};
        }
        filter.after_seq = page.back().seq;
    }
}

Result<std::optional<AuditRow>> last_row_of(Database& database, AuditEvent event) {
    EFFACE_TRY(
        auto rows, database.select(
                       "SELECT " EFFACE_AUDIT_COLUMNS " FROM audit WHERE event = ? ORDER BY seq DESC LIMIT 1",
                       {event_name(event)}
                   )
    );
    EFFACE_TRY(const bool any, rows.next());
    return any ? std::optional{read_audit_row(rows)} : std::nullopt;
}

Result<std::optional<std::string>> find_receipt(Database& database, std::uint64_t job) {
    EFFACE_TRY(
        auto rows, database.select(
                       "SELECT detail FROM audit WHERE job <> 0 AND job = ? AND +event = 'cleaned' "
                       "ORDER BY seq DESC LIMIT 1",
                       {job}
                   )
    );
    EFFACE_TRY(const bool any, rows.next());
    return any ? std::optional{rows.text(0)} : std::nullopt;
}

}  // namespace efface::db
