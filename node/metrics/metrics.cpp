#include "node/metrics/metrics.h"

#include <cstdio>

namespace efface::node {

namespace {

struct CounterRow {
    Counter counter;
    std::string_view name;
    std::string_view help;
};

constexpr std::array kCounterTable{
    CounterRow{
        Counter::kAssociationsAccepted, "efface_associations_accepted_total", "Associations accepted."},
    CounterRow{
        Counter::kAssociationsRejected, "efface_associations_rejected_total", "Associations rejected."},
    CounterRow{
        Counter::kAssociationsAborted, "efface_associations_aborted_total",
        "Associations that ended without a release."},
    CounterRow{
        Counter::kInstancesReceived, "efface_instances_received_total",
        "Instances acknowledged with Success."},
    CounterRow{Counter::kReceivedBytes, "efface_received_bytes_total", "Bytes of acknowledged instances."},
    CounterRow{
        Counter::kInstancesRefused, "efface_instances_refused_total",
        "C-STORE requests answered with a failure."},
    CounterRow{Counter::kDuplicates, "efface_duplicates_total", "Instances received again unchanged."},
    CounterRow{Counter::kConflicts, "efface_conflicts_total", "Instances received again with other bytes."},
    CounterRow{
        Counter::kInstancesCleared, "efface_instances_cleared_total", "Instances that passed the gate."},
    CounterRow{
        Counter::kInstancesQuarantined, "efface_instances_quarantined_total",
        "Instances put into quarantine."},
    CounterRow{Counter::kUnitsRetried, "efface_units_retried_total", "Attempts of a worker that failed."},
    CounterRow{Counter::kWorkerRestarts, "efface_worker_restarts_total", "Worker processes replaced."},
    CounterRow{
        Counter::kInstancesDelivered, "efface_instances_delivered_total",
        "Instances confirmed by a destination."},
    CounterRow{
        Counter::kSegmentationsDelivered, "efface_segmentations_delivered_total",
        "Segmentations of masks confirmed with their instances."},
    CounterRow{Counter::kDeliveredBytes, "efface_delivered_bytes_total", "Bytes of delivered instances."},
    CounterRow{
        Counter::kDeliveriesRetried, "efface_deliveries_retried_total", "Deliveries to be tried again."},
    CounterRow{
        Counter::kDeliveriesFailed, "efface_deliveries_failed_total",
        "Deliveries that a destination refused for good."},
    CounterRow{
        Counter::kDeliveryWarnings, "efface_delivery_warnings_total",
        "Deliveries confirmed with a warning status."},
    CounterRow{
        Counter::kInstancesPurged, "efface_instances_purged_total", "Originals removed after delivery."},
};
static_assert(kCounterTable.size() == static_cast<std::size_t>(Counter::kCount), "one row per counter");

void append_header(std::string& out, std::string_view name, std::string_view help, std::string_view type) {
    out.append("# HELP ").append(name).append(" ").append(help).append("\n");
    out.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

}  // namespace

std::string render_metrics(const Metrics& metrics, const std::vector<Gauge>& gauges) {
    std::string out;
    for (const CounterRow& row : kCounterTable) {
        append_header(out, row.name, row.help, "counter");
        out.append(row.name).append(" ").append(std::to_string(metrics.value(row.counter))).append("\n");
    }
    std::string_view previous;
    for (const Gauge& gauge : gauges) {
        if (gauge.name != previous) {
            append_header(out, gauge.name, gauge.help, "gauge");
            previous = gauge.name;
        }
        std::array<char, 40> number{};
        std::snprintf(number.data(), number.size(), "%.17g", gauge.value);
        out.append(gauge.name);
        if (!gauge.label.empty()) {
            out.append("{").append(gauge.label).append("}");
        }
        out.append(" ").append(number.data()).append("\n");
    }
    return out;
}

std::string metric_label(std::string_view name, std::string_view value) {
    std::string out{name};
    out += "=\"";
    for (const char c : value) {
        if (c == '\\' || c == '"') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else {
            out += c;
        }
    }
    return out + "\"";
}

}  // namespace efface::node
