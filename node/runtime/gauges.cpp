#include "node/runtime/gauges.h"

#include "db/jobs/listing.h"

namespace efface::node {

namespace {

double seconds_since(UnixMicros then, UnixMicros now) {
    return then == 0 ? 0.0 : static_cast<double>(now - then) / 1e6;
}

}  // namespace

Result<std::vector<Gauge>> read_gauges(db::Database& reader, const LiveFigures& live, UnixMicros now) {
    EFFACE_TRY(const db::QueueCounts counts, db::count_jobs(reader));
    EFFACE_TRY(const std::vector<db::DestinationBacklog> backlogs, db::destination_backlogs(reader));
    std::vector<Gauge> gauges{
        {"efface_uptime_seconds", "Since the node started.", "", live.uptime_seconds},
        {"efface_associations_open", "Associations open now.", "",
         static_cast<double>(live.associations_open)},
        {"efface_units_queued", "Units handed to the workers and not finished.", "",
         static_cast<double>(live.units_queued)},
        {"efface_spool_free_bytes", "Free space of the spool's file system.", "",
         static_cast<double>(live.spool_free_bytes)},
        {"efface_spool_total_bytes", "Size of the spool's file system.", "",
         static_cast<double>(live.spool_total_bytes)},
        {"efface_oldest_waiting_seconds", "Age of the oldest instance that waits for a worker.", "",
         seconds_since(counts.oldest_received_at, now)},
    };
    for (std::size_t i = 1; i < db::kJobStateCount; ++i) {
        const auto state = static_cast<db::JobState>(i);
        gauges.push_back(
            {"efface_jobs", "Instances by state.", metric_label("state", db::state_name(state)),
             static_cast<double>(counts[state])}
        );
    }
    const auto per_destination = [&](std::string_view name, std::string_view help, auto value) {
        for (const db::DestinationBacklog& backlog : backlogs) {
            gauges.push_back({name, help, metric_label("destination", backlog.destination), value(backlog)});
        }
    };
    per_destination("efface_deliveries_open", "Deliveries not confirmed yet.", [](const auto& backlog) {
        return static_cast<double>(backlog.open);
    });
    per_destination("efface_deliveries_failed", "Deliveries refused for good.", [](const auto& backlog) {
        return static_cast<double>(backlog.failed);
    });
    per_destination(
        "efface_delivery_oldest_seconds", "Age of the oldest open delivery.",
        [&](const auto& backlog) { return seconds_since(backlog.oldest_accepted_at, now); }
    );
    per_destination(
        "efface_destination_held", "1 while an operator holds the destination.",
        [](const auto& backlog) { return backlog.held ? 1.0 : 0.0; }
    );
    return gauges;
}

}  // namespace efface::node
