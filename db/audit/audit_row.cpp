// The canonical encoding of an audit row, version 1:
//
//   hash(n)  = SHA-256(hash(n-1) encoding(n));  hash(0) is 32 zero bytes
//   encoding = "efface-audit-1" 0x00 integer{seq} integer{at} integer{job}
//              text{event} text{outcome} text{project} text{peer} text{instance_hash} text{study_hash}
//              text{patient_hash} text{new_instance_uid} text{new_study_uid} text{rule} text{reason}
//              text{detail}
//   integer  = 8 bytes, big endian, two's complement
//   text     = length in bytes as 4 bytes big endian, then the bytes (UTF-8, stored as they are)
//
// Lengths make it unambiguous: no two different rows have one encoding.
#include "db/audit/audit_row.h"

#include "config/assert.h"

#include <limits>

namespace efface::db {

namespace {

constexpr std::string_view kMagic{"efface-audit-1\0", 15};

void put_integer(std::string& out, std::uint64_t value, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
        out += static_cast<char>((value >> shift) & 0xFFU);
    }
}

void put_text(std::string& out, std::string_view text) {
    EFFACE_ASSERT(text.size() <= std::numeric_limits<std::uint32_t>::max());
    put_integer(out, text.size(), 4);
    out += text;
}

std::string encode(const AuditRow& row) {
    const AuditEntry& entry = row.entry;
    std::string out;
    out.reserve(512 + entry.detail.size());
    out += kMagic;
    put_integer(out, row.seq, 8);
    put_integer(out, static_cast<std::uint64_t>(entry.at), 8);
    put_integer(out, entry.job, 8);
    for (const std::string_view text :
         {std::string_view{row.event_text}, std::string_view{row.outcome_text},
          std::string_view{entry.project}, std::string_view{entry.peer},
          std::string_view{entry.instance_hash}, std::string_view{entry.study_hash},
          std::string_view{entry.patient_hash}, std::string_view{entry.new_instance_uid},
          std::string_view{entry.new_study_uid}, std::string_view{entry.rule}, std::string_view{entry.reason},
          std::string_view{entry.detail}}) {
        put_text(out, text);
    }
    return out;
}

}  // namespace

Digest chain_hash(const Digest& previous, const AuditRow& row) {
    Sha256 running;
    running.update(std::as_bytes(std::span{previous}));
    running.update(encode(row));
    return running.finish();
}

AuditRow read_audit_row(const Rows& rows) {
    AuditRow row;
    // Not count(): a forged row may hold anything, and must be told, not asserted.
    row.seq = static_cast<std::uint64_t>(rows.integer(0));
    row.entry.at = rows.integer(1);
    row.event_text = rows.text(2);
    row.outcome_text = rows.text(3);
    row.entry.event = find_event(row.event_text).value_or(AuditEvent::kNodeStarted);
    row.entry.outcome = find_outcome(row.outcome_text).value_or(AuditOutcome::kFailure);
    row.entry.project = rows.text(4);
    row.entry.peer = rows.text(5);
    row.entry.job = static_cast<std::uint64_t>(rows.integer(6));
    row.entry.instance_hash = rows.text(7);
    row.entry.study_hash = rows.text(8);
    row.entry.patient_hash = rows.text(9);
    row.entry.new_instance_uid = rows.text(10);
    row.entry.new_study_uid = rows.text(11);
    row.entry.rule = rows.text(12);
    row.entry.reason = rows.text(13);
    row.entry.detail = rows.text(14);
    const auto hash = rows.blob(15);
    if (hash.size() == row.hash.size()) {
        std::copy(hash.begin(), hash.end(), row.hash.begin());
    }
    return row;
}

}  // namespace efface::db
