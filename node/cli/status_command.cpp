#include "config/json.h"
#include "node/cli/commands.h"
#include "node/cli/node_access.h"
#include "node/control/time_text.h"

namespace efface::node {

namespace {

using Align = TextTable::Align;

void print_jobs(Output& output, const Json& jobs) {
    std::string line;
    for (const auto& [state, count] : jobs.items()) {
        line += (line.empty() ? "" : ", ") + state + " " + dump_json(count);
    }
    output.line("Jobs      " + line);
}

void print_destinations(Output& output, const Json& destinations) {
    TextTable table{
        {{"DESTINATION"}, {"KIND"}, {"OPEN", Align::kRight}, {"FAILED", Align::kRight}, {"STATE"}}};
    for (const Json& row : destinations) {
        table.row(
            {text_of(row, "destination"), text_of(row, "kind"), text_of(row, "open"), text_of(row, "failed"),
             row.value("held", false) ? "held" : (row.value("configured", true) ? "" : "not configured")}
        );
    }
    output.line();
    output.line(table.text());
}

void print_live(Output& output, const Json& node) {
    const Json& live = node["live"];
    const std::string reason = text_of(live, "not_ready_because");
    output.line(
        "Efface " + text_of(node, "software_version") + ", running for " +
        duration_text(static_cast<std::int64_t>(number_of(live, "uptime_seconds")) * 1'000'000) + ", " +
        (reason.empty() ? "ready" : "NOT READY: " + reason)
    );
    for (const Json& project : node["projects"]) {
        output.line(
            "Project   " + text_of(project, "project") + ": " + std::to_string(project["rules"].size()) +
            " rules (" + text_of(project, "rules_file") + ", " +
            text_of(project, "rule_digest").substr(0, 12) + "), key " + text_of(project, "key_fingerprint")
        );
    }
    output.line(
        "Workers   " + text_of(live, "workers") + ", restarted " +
        std::to_string(number_of(live, "worker_restarts")) + " times; " +
        std::to_string(number_of(live, "units_queued")) + " units queued; " +
        std::to_string(number_of(live, "associations_open")) + " associations open"
    );
    if (const std::uint64_t total = number_of(live, "spool_total_bytes"); total != 0) {
        output.line(
            "Spool     " + bytes_text(number_of(live, "spool_free_bytes")) + " free of " + bytes_text(total)
        );
    }
}

}  // namespace

Exit run_status(CommandContext& context, const Arguments&) {
    NodeAccess node{context};
    if (auto loaded = node.settings(); !loaded) {
        return loaded.error();
    }
    const ControlResult live = node.try_ask("node.show");
    if (!live && live.error().code != ControlCode::kUnavailable) {
        return node.print(live.error());
    }
    const auto status = node.try_ask("status");
    if (!status && (live || status.error().code != ControlCode::kUnavailable)) {
        return node.print(status.error());
    }
    const std::string not_ready = live ? text_of((*live)["live"], "not_ready_because") : "";
    Output& output = context.output;
    if (output.json()) {
        Json all{{"running", live.has_value()}, {"ready", live.has_value() && not_ready.empty()}};
        all["node"] = live ? *live : Json(nullptr);
        all["status"] = status ? *status : Json(nullptr);
        output.json_line(all);
    } else {
        if (live) {
            print_live(output, *live);
        } else {
            output.line("Efface is not running (" + node.settings_origin() + ").");
        }
        if (status) {
            print_jobs(output, (*status)["jobs"]);
            if (const std::string oldest = text_of(*status, "oldest_received_at"); !oldest.empty()) {
                output.line("Oldest waiting since " + both_times(oldest));
            }
            print_destinations(output, (*status)["destinations"]);
        } else {
            output.line("There is no database yet.");
        }
    }
    if (!live) {
        return Exit::kDaemonDown;
    }
    return not_ready.empty() ? Exit::kOk : Exit::kNegative;
}

}  // namespace efface::node
