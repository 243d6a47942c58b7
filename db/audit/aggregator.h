// AuditAggregator: equal events of one address become one row a minute with a count, so that a
// misconfigured or hostile peer cannot fill the audit log.
// Thread rule: belongs to one thread.
#pragma once

#include "db/audit/audit_log.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace efface::db {

inline constexpr std::size_t kAggregatedKeysMax = 1024;
inline constexpr UnixMicros kAggregationWindowUs = 60'000'000;

class AuditAggregator {
public:
    explicit AuditAggregator(const Clock& clock) : clock_{clock} {}

    /// Notes one event. `key` says what counts as equal (address, AE titles, result). Returns the entry
    /// to append now: the first of its kind at once, later ones only by flush(). Over
    /// kAggregatedKeysMax open keys, all new keys share one row that says so. `entry.detail` is a
    /// JSON object or empty; rows get "count" put into it.
    std::optional<AuditEntry> note(const std::string& key, AuditEntry entry);
    /// Rows due: those counted in windows that have ended. Call about once a second.
    std::vector<AuditEntry> flush();
    /// Everything counted so far, whatever its window; at shutdown.
    std::vector<AuditEntry> flush_all();

private:
    struct Window {
        AuditEntry entry;
        std::chrono::nanoseconds opened{};
        std::uint64_t suppressed = 0;
    };

    std::vector<AuditEntry> collect(bool all);

    const Clock& clock_;
    std::map<std::string, Window> windows_;
};

}  // namespace efface::db
