// Gauges: the state of the queue, the destinations and the spool as /metrics shows it.
// Thread rule: a pure function of its arguments; the reader belongs to the caller's thread.
#pragma once

#include "config/environment.h"
#include "config/result.h"
#include "db/sqlite/database.h"
#include "node/metrics/metrics.h"

#include <vector>

namespace efface::node {

struct LiveFigures {
    std::int64_t associations_open = 0;
    std::size_t units_queued = 0;
    std::uint64_t spool_free_bytes = 0;
    std::uint64_t spool_total_bytes = 0;
    double uptime_seconds = 0;
};

Result<std::vector<Gauge>> read_gauges(db::Database& reader, const LiveFigures& live, UnixMicros now);

}  // namespace efface::node
