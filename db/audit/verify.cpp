// Verification: recompute the chain in order. What was damaged is told from what still fits.
#include "config/assert.h"
#include "db/audit/audit_row.h"

#include <algorithm>

namespace efface::db {

namespace {

/// How far ahead a row that was moved is looked for, to tell "reordered" from "changed".
constexpr std::uint64_t kReorderWindowRows = 10'000;

Result<std::uint64_t> last_seq(Database& database) {
    EFFACE_TRY(auto rows, database.select("SELECT coalesce(max(seq), 0) FROM audit"));
    EFFACE_TRY(const bool any, rows.next());
    return any ? rows.count(0) : 0;
}

/// The hash that the row before `seq` has; zeros before the first. Nothing where that row is missing.
Result<std::optional<Digest>> hash_before(Database& database, std::uint64_t seq) {
    if (seq == 1) {
        return std::optional{Digest{}};
    }
    EFFACE_TRY(
        auto rows, database.select("SELECT " EFFACE_AUDIT_COLUMNS " FROM audit WHERE seq = ?", {seq - 1})
    );
    EFFACE_TRY(const bool any, rows.next());
    return any ? std::optional{read_audit_row(rows).hash} : std::nullopt;
}

/// True where the row that belongs to `seq` stands further on: with its old number it fits the chain here.
Result<bool> stands_elsewhere(Database& database, std::uint64_t seq, const Digest& previous) {
    EFFACE_TRY(
        auto rows, database.select(
                       "SELECT " EFFACE_AUDIT_COLUMNS " FROM audit WHERE seq > ? ORDER BY seq LIMIT ?",
                       {seq, kReorderWindowRows}
                   )
    );
    for (;;) {
        EFFACE_TRY(const bool any, rows.next());
        if (!any) {
            return false;
        }
        AuditRow row = read_audit_row(rows);
        row.seq = seq;
        if (chain_hash(previous, row) == row.hash) {
            return true;
        }
    }
}

AuditVerdict damaged(AuditVerdict verdict, std::uint64_t seq, AuditDamage damage) {
    verdict.bad_seq = seq;
    verdict.damage = damage;
    return verdict;
}

/// The first row whose hash does not fit: moved away, or changed in place.
Result<AuditVerdict> judge(
    Database& database, AuditVerdict verdict, std::uint64_t seq, const Digest& previous
) {
    EFFACE_TRY(const bool moved, stands_elsewhere(database, seq, previous));
    return damaged(verdict, seq, moved ? AuditDamage::kReordered : AuditDamage::kChanged);
}

/// A gap: rows are missing, or the row stands further on under another number.
Result<AuditVerdict> judge_gap(
    Database& database, AuditVerdict verdict, std::uint64_t seq, const Digest& previous
) {
    EFFACE_TRY(const bool moved, stands_elsewhere(database, seq, previous));
    return damaged(verdict, seq, moved ? AuditDamage::kReordered : AuditDamage::kMissing);
}

Result<AuditVerdict> verify_rows(Database& database, AuditVerdict verdict, Digest previous) {
    EFFACE_TRY(
        auto rows, database.select(
                       "SELECT " EFFACE_AUDIT_COLUMNS " FROM audit WHERE seq BETWEEN ? AND ? ORDER BY seq",
                       {verdict.first, verdict.last}
                   )
    );
    for (std::uint64_t expected = verdict.first; expected <= verdict.last; ++expected) {
        EFFACE_TRY(const bool any, rows.next());
        if (!any) {
            return damaged(verdict, expected, AuditDamage::kMissing);
        }
        const AuditRow row = read_audit_row(rows);
        if (row.seq != expected) {
            return judge_gap(database, verdict, expected, previous);
        }
        if (chain_hash(previous, row) != row.hash) {
            return judge(database, verdict, expected, previous);
        }
        previous = row.hash;
    }
    return verdict;
}

}  // namespace

std::string_view damage_name(AuditDamage damage) {
    switch (damage) {
        case AuditDamage::kChanged:
            return "changed";
        case AuditDamage::kReordered:
            return "reordered";
        case AuditDamage::kMissing:
            return "missing";
    }
    return "changed";
}

Result<AuditVerdict> verify_audit(Database& database, std::uint64_t from, std::uint64_t to) {
    EFFACE_TRY(const std::uint64_t last, last_seq(database));
    AuditVerdict verdict;
    verdict.first = std::max<std::uint64_t>(from, 1);
    verdict.last = to == 0 ? last : std::min(to, last);
    if (verdict.first > verdict.last) {
        return AuditVerdict{};
    }
    EFFACE_TRY(const auto previous, hash_before(database, verdict.first));
    if (!previous) {
        return damaged(verdict, verdict.first - 1, AuditDamage::kMissing);
    }
    return verify_rows(database, verdict, *previous);
}

Result<AuditVerdict> verify_audit_tail(Database& database, std::uint64_t rows) {
    EFFACE_TRY(const std::uint64_t last, last_seq(database));
    return verify_audit(database, last > rows ? last - rows + 1 : 1, last);
}

}  // namespace efface::db
