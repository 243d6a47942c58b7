// What changes state: each needs the daemon, whose writer keeps the audit row beside the change.
#include "node/cli/commands.h"
#include "node/cli/node_access.h"
#include "node/cli/typed.h"

namespace efface::node {

namespace {

Exit decide_jobs(CommandContext& context, std::string_view operation, const Json& request) {
    NodeAccess node{context};
    const auto result = node.ask(operation, request);
    if (!result) {
        return result.error();
    }
    if (context.output.json()) {
        context.output.json_line(*result);
    } else {
        for (const Json& row : (*result)["jobs"]) {
            const std::string error = text_of(row, "error");
            std::string line = "job " + text_of(row, "job") + ": ";
            line += error.empty() ? text_of(row, "done") : "refused: " + error;
            if (row.contains("replaced")) {
                line += ", instead of job " + dump_json(row["replaced"]);
            }
            context.output.line(printable(line));
        }
    }
    return number_of(*result, "refused") == 0 ? Exit::kOk : Exit::kRefused;
}

Exit change_destination(CommandContext& context, const Arguments& arguments, std::string_view operation) {
    NodeAccess node{context};
    const auto result = node.ask(
        operation, {{"destination", arguments.text("NAME")}, {"reason", arguments.text("--reason")}}
    );
    if (!result) {
        return result.error();
    }
    if (context.output.json()) {
        context.output.json_line(*result);
        return Exit::kOk;
    }
    const bool held = result->value("held", false);
    const bool changed = result->value("changed", true);
    context.output.line(
        text_of(*result, "destination") + (changed ? " is now " : " was already ") +
        (held ? "held" : "not held")
    );
    return Exit::kOk;
}

}  // namespace

Exit run_quarantine_release(CommandContext& context, const Arguments& arguments) {
    const auto jobs = typed_jobs(context.output, arguments);
    if (!jobs) {
        return jobs.error();
    }
    Json request{{"jobs", *jobs}, {"reason", arguments.text("--reason")}};
    if (arguments.has("--rule")) {
        request["rule"] = arguments.text("--rule");
    }
    if (arguments.has("--as")) {
        request["as"] = arguments.text("--as");
    }
    return decide_jobs(context, "quarantine.release", request);
}

Exit run_quarantine_discard(CommandContext& context, const Arguments& arguments) {
    const auto jobs = typed_jobs(context.output, arguments);
    if (!jobs) {
        return jobs.error();
    }
    return decide_jobs(
        context, "quarantine.discard", {{"jobs", *jobs}, {"reason", arguments.text("--reason")}}
    );
}

Exit run_redeliver(CommandContext& context, const Arguments& arguments) {
    const auto jobs = typed_jobs(context.output, arguments);
    if (!jobs) {
        return jobs.error();
    }
    Json request{{"jobs", *jobs}, {"reason", arguments.text("--reason")}};
    if (arguments.has("--to")) {
        request["destination"] = arguments.text("--to");
    }
    return decide_jobs(context, "delivery.again", request);
}

Exit run_destination_hold(CommandContext& context, const Arguments& arguments) {
    return change_destination(context, arguments, "destination.hold");
}

Exit run_destination_release(CommandContext& context, const Arguments& arguments) {
    return change_destination(context, arguments, "destination.release");
}

}  // namespace efface::node
