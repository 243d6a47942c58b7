// Every operation of the control socket, one row each. Arguments not named are refused; times are
// microseconds since 1970 (UTC), results carry ISO 8601 texts. `next` is where a listing goes on, 0: done.
#include "node/control/operations.h"

#include <array>

namespace efface::node {

namespace {

constexpr std::array kOperations{
    // Reads: the command line runs them on the file itself when the daemon is down.
    OperationRow{"status", "() queue counts, destinations, last audit row", &read_status, nullptr},
    OperationRow{
        "queue.list", "(state, after, count) jobs in one state, or all that are in work", &read_queue,
        nullptr},
    OperationRow{
        "study.show", "(study, after, count) a study by its original or new UID, with deliveries",
        &read_study, nullptr},
    OperationRow{
        "quarantine.list", "(reason, after, count) what waits for an operator", &read_quarantine, nullptr},
    OperationRow{"job.show", "(job) one job with its deliveries and audit rows", &read_job, nullptr},
    OperationRow{"destination.list", "() destinations with their backlog", &read_destinations, nullptr},
    OperationRow{
        "audit.query", "(study, job, from, to, event, outcome, peer, after, count) audit rows",
        &read_audit_page, nullptr},
    OperationRow{
        "audit.verify", "(from, to) recomputes the chain of at most kVerifyRowsMax rows", &verify_audit_page,
        nullptr},
    // What only the running node knows, and what changes state: refused when the daemon is down.
    OperationRow{"node.show", "() live figures, projects and rules in force", nullptr, &show_node},
    OperationRow{
        "quarantine.release", "(jobs, reason, rule, as) back into work; the gate judges again", nullptr,
        &release_quarantined},
    OperationRow{
        "quarantine.discard", "(jobs, reason) thrown away; never sent", nullptr, &discard_quarantined},
    OperationRow{
        "delivery.again", "(jobs, reason, destination) sends cleared instances again", nullptr,
        &redeliver_jobs},
    OperationRow{
        "destination.hold", "(destination, reason) nothing is sent there until released", nullptr,
        &hold_destination},
    OperationRow{
        "destination.release", "(destination, reason) sending goes on", nullptr, &release_destination},
    OperationRow{
        "audit.note_export", "(rows, format, filter) audits that rows were exported", nullptr, &note_export},
};

}  // namespace

std::span<const OperationRow> operation_table() {
    return kOperations;
}

const OperationRow* find_operation(std::string_view name) {
    for (const OperationRow& row : kOperations) {
        if (row.name == name) {
            return &row;
        }
    }
    return nullptr;
}

}  // namespace efface::node
