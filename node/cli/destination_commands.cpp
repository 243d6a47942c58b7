#include "config/json.h"
#include "node/cli/commands.h"
#include "node/cli/destination_test.h"
#include "node/cli/node_access.h"

namespace efface::node {

namespace {

std::string where_of(const Json& row) {
    if (text_of(row, "kind") == "folder") {
        return text_of(row, "path");
    }
    if (text_of(row, "kind") == "dicom") {
        return text_of(row, "called_ae") + " at " + text_of(row, "host") + ":" + text_of(row, "port");
    }
    return "not configured any more";
}

}  // namespace

Exit run_destination_list(CommandContext& context, const Arguments&) {
    using Align = TextTable::Align;
    NodeAccess node{context};
    const auto result = node.ask("destination.list");
    if (!result) {
        return result.error();
    }
    TextTable table{
        {{"DESTINATION"},
         {"KIND"},
         {"WHERE"},
         {"OPEN", Align::kRight},
         {"FAILED", Align::kRight},
         {"OLDEST"},
         {"STATE"}}};
    for (const Json& row : (*result)["destinations"]) {
        if (context.output.json()) {
            context.output.json_line(row);
            continue;
        }
        table.row(
            {text_of(row, "destination"), text_of(row, "kind"), where_of(row), text_of(row, "open"),
             text_of(row, "failed"), both_times(row["oldest_accepted_at"]),
             row.value("held", false) ? "held" : ""}
        );
    }
    if (!context.output.json()) {
        context.output.line(table.empty() ? "No destination is configured." : table.text());
    }
    return Exit::kOk;
}

Exit run_destination_test(CommandContext& context, const Arguments& arguments) {
    NodeAccess node{context};
    const auto settings = node.settings();
    if (!settings) {
        return settings.error();
    }
    const std::string name = arguments.text("NAME");
    const DestinationSettings* destination = (*settings)->find_destination(name);
    if (destination == nullptr) {
        context.output.error("there is no destination '" + name + "'");
        return Exit::kNegative;
    }
    const DestinationAnswer answer = test_destination(context.environment, **settings, *destination);
    if (context.output.json()) {
        context.output.json_line({{"destination", name}, {"answers", answer.answers}, {"text", answer.text}});
    } else {
        context.output.line(name + ": " + (answer.answers ? "ok: " : "NOT OK: ") + answer.text);
    }
    return answer.answers ? Exit::kOk : Exit::kNegative;
}

}  // namespace efface::node
