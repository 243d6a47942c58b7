// Metrics: what the node counts, in Prometheus' text format (exposition format 0.0.4).
//
// One table names every counter, with its unit in its name and no label that could hold patient
// data: labels are states and configured names only. Gauges are read when they are asked for.
// Thread rule: counters are atomics, safe from any thread; render() may run beside them.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace efface::node {

enum class Counter : std::uint8_t {
    kAssociationsAccepted,
    kAssociationsRejected,
    kAssociationsAborted,
    kInstancesReceived,
    kReceivedBytes,
    kInstancesRefused,
    kDuplicates,
    kConflicts,
    kInstancesCleared,
    kInstancesQuarantined,
    kUnitsRetried,
    kWorkerRestarts,
    kInstancesDelivered,
    kSegmentationsDelivered,
    kDeliveredBytes,
    kDeliveriesRetried,
    kDeliveriesFailed,
    kDeliveryWarnings,
    kInstancesPurged,
    kCount,
};

/// One gauge as it stands now. `label` is "" or `name="value"` with a configured or built-in value.
struct Gauge {
    std::string_view name;
    std::string_view help;
    std::string label;
    double value = 0;
};

class Metrics {
public:
    void add(Counter counter, std::uint64_t amount = 1) {
        counters_[static_cast<std::size_t>(counter)].fetch_add(amount, std::memory_order_relaxed);
    }

    std::uint64_t value(Counter counter) const {
        return counters_[static_cast<std::size_t>(counter)].load(std::memory_order_relaxed);
    }

private:
    std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(Counter::kCount)> counters_{};
};

/// The page of /metrics. Gauges of one name must stand together.
std::string render_metrics(const Metrics& metrics, const std::vector<Gauge>& gauges);

/// `name="value"` with backslash, quote and line feed escaped.
std::string metric_label(std::string_view name, std::string_view value);

}  // namespace efface::node
