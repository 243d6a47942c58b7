// What changes state: each needs the daemon, whose writer keeps the audit row beside the change.
#include "config/json.h"
#include "node/cli/commands.h"
#include "node/cli/node_access.h"
#include "node/cli/typed.h"

namespace efface::node {

namespace {

/// Asks for all jobs, as many at a time as one request may name; results in one list.
tl::expected<Json, Exit> ask_for_jobs(
    NodeAccess& node, std::string_view operation, const std::vector<std::uint64_t>& jobs, Json request
) {
    Json all{{"jobs", Json::array()}, {"refused", 0}};
    for (std::size_t begin = 0; begin < jobs.size(); begin += kChangedJobsMax) {
        const std::size_t end = std::min(jobs.size(), begin + kChangedJobsMax);
        request["jobs"] = std::vector<std::uint64_t>(
            jobs.begin() + static_cast<std::ptrdiff_t>(begin), jobs.begin() + static_cast<std::ptrdiff_t>(end)
        );
        const auto result = node.ask(operation, request);
        if (!result) {
            return tl::unexpected(result.error());
        }
        for (const Json& row : (*result)["jobs"]) {
            all["jobs"].push_back(row);
        }
        all["refused"] = number_of(all, "refused") + number_of(*result, "refused");
    }
    return all;
}

Exit decide_jobs(
    CommandContext& context, const Arguments& arguments, std::string_view operation, Json request
) {
    const auto jobs = typed_jobs(context.output, arguments);
    if (!jobs) {
        return jobs.error();
    }
    request["reason"] = arguments.text("--reason");
    NodeAccess node{context};
    const auto result = ask_for_jobs(node, operation, *jobs, std::move(request));
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
    Json request = Json::object();
    if (arguments.has("--rule")) {
        request["rule"] = arguments.text("--rule");
    }
    if (arguments.has("--as")) {
        request["as"] = arguments.text("--as");
    }
    return decide_jobs(context, arguments, "quarantine.release", std::move(request));
}

Exit run_quarantine_discard(CommandContext& context, const Arguments& arguments) {
    return decide_jobs(context, arguments, "quarantine.discard", Json::object());
}

Exit run_redeliver(CommandContext& context, const Arguments& arguments) {
    Json request = Json::object();
    if (arguments.has("--to")) {
        request["destination"] = arguments.text("--to");
    }
    return decide_jobs(context, arguments, "delivery.again", std::move(request));
}

Exit run_destination_hold(CommandContext& context, const Arguments& arguments) {
    return change_destination(context, arguments, "destination.hold");
}

Exit run_destination_release(CommandContext& context, const Arguments& arguments) {
    return change_destination(context, arguments, "destination.release");
}

}  // namespace efface::node
