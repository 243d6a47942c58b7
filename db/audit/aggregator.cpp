#include "db/audit/aggregator.h"

#include "config/assert.h"
#include "config/json.h"

namespace efface::db {

namespace {

constexpr std::string_view kOverflowKey = "";

void put_count(AuditEntry& entry, std::uint64_t count) {
    Json detail = Json::object();
    if (auto given = parse_json(entry.detail); given && given->is_object()) {
        detail = std::move(*given);
    }
    detail["count"] = count;
    entry.detail = dump_json(detail);
}

}  // namespace

std::optional<AuditEntry> AuditAggregator::note(const std::string& key, AuditEntry entry) {
    EFFACE_ASSERT(!key.empty());
    auto window = windows_.find(key);
    const bool full = windows_.size() >= kAggregatedKeysMax;
    if (window == windows_.end() && full) {
        // An attacker with many addresses gets one row a minute for all of them together.
        window = windows_.find(std::string{kOverflowKey});
        entry.reason = "too many different addresses at once: counted together";
        entry.peer.clear();
        entry.detail.clear();
    }
    if (window != windows_.end()) {
        ++window->second.suppressed;
        return std::nullopt;
    }
    const std::string stored_key = full ? std::string{kOverflowKey} : key;
    put_count(entry, 1);
    windows_.emplace(stored_key, Window{entry, clock_.monotonic(), 0});
    return entry;
}

std::vector<AuditEntry> AuditAggregator::flush() {
    return collect(/*all=*/false);
}

std::vector<AuditEntry> AuditAggregator::flush_all() {
    return collect(/*all=*/true);
}

std::vector<AuditEntry> AuditAggregator::collect(bool all) {
    const auto now = clock_.monotonic();
    constexpr std::chrono::nanoseconds kWindow = std::chrono::microseconds{kAggregationWindowUs};
    std::vector<AuditEntry> out;
    for (auto it = windows_.begin(); it != windows_.end();) {
        Window& window = it->second;
        if (!all && now - window.opened < kWindow) {
            ++it;
            continue;
        }
        if (window.suppressed == 0) {
            it = windows_.erase(it);  // Quiet for a whole window: the next one is told at once again.
            continue;
        }
        AuditEntry entry = window.entry;
        entry.at = clock_.now();
        put_count(entry, window.suppressed);
        out.push_back(std::move(entry));
        window.suppressed = 0;
        window.opened = now;
        ++it;
    }
    return out;
}

}  // namespace efface::db
