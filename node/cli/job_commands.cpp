#include "config/json.h"
#include "node/cli/commands.h"
#include "node/cli/next_steps.h"
#include "node/cli/node_access.h"
#include "node/cli/typed.h"

#include <map>

namespace efface::node {

namespace {

using Align = TextTable::Align;

TextTable job_table() {
    return TextTable{
        {{"JOB", Align::kRight},
         {"STATE"},
         {"ACCEPTED"},
         {"PROJECT"},
         {"PEER"},
         {"SOP CLASS"},
         {"RULE"},
         {"REASON"}}};
}

void add_job(TextTable& table, const Json& job) {
    table.row(
        {text_of(job, "job"), text_of(job, "state"), both_times(job["accepted_at"]), text_of(job, "project"),
         text_of(job, "peer"), text_of(job, "sop_class"), text_of(job, "rule"),
         (job.value("conflict", false) ? "conflict: " : "") + text_of(job, "reason")}
    );
}

/// The pages of a listing, as a table or as JSON lines. Returns the rows shown.
tl::expected<std::uint64_t, Exit> list_jobs(
    CommandContext& context, const Arguments& arguments, std::string_view operation, Json filter,
    const std::function<void(const Json&)>& also = [](const Json&) {}
) {
    const auto limit = typed_number(context.output, arguments, "--limit", kDefaultLimit);
    if (!limit) {
        return tl::unexpected(limit.error());
    }
    NodeAccess node{context};
    TextTable table = job_table();
    std::uint64_t count = 0;
    const auto listed = node.ask_pages(operation, std::move(filter), "jobs", *limit, [&](const Json& job) {
        ++count;
        also(job);
        if (context.output.json()) {
            context.output.json_line(job);
        } else {
            add_job(table, job);
        }
    });
    if (!listed) {
        return tl::unexpected(listed.error());
    }
    if (!context.output.json() && !table.empty()) {
        context.output.line(table.text());
    }
    if (count == *limit) {
        context.output.remark("Only the first " + std::to_string(count) + " are shown: see --limit");
    }
    return count;
}

}  // namespace

Exit run_queue(CommandContext& context, const Arguments& arguments) {
    Json filter = Json::object();
    if (arguments.has("--state")) {
        filter["state"] = arguments.text("--state");
    }
    const auto count = list_jobs(context, arguments, "queue.list", std::move(filter));
    if (!count) {
        return count.error();
    }
    if (*count == 0 && !context.output.json()) {
        context.output.line("Nothing is in work.");
    }
    return Exit::kOk;
}

Exit run_quarantine_list(CommandContext& context, const Arguments& arguments) {
    Json filter = Json::object();
    if (arguments.has("--reason")) {
        filter["reason"] = arguments.text("--reason");
    }
    std::map<std::string, std::uint64_t> reasons;
    const auto count =
        list_jobs(context, arguments, "quarantine.list", std::move(filter), [&](const Json& job) {
            ++reasons[text_of(job, "reason")];
        });
    if (!count) {
        return count.error();
    }
    if (context.output.json()) {
        return Exit::kOk;
    }
    if (*count == 0) {
        context.output.line("Nothing is in quarantine.");
        return Exit::kOk;
    }
    TextTable totals{{{"COUNT", Align::kRight}, {"REASON"}}};
    for (const auto& [reason, total] : reasons) {
        totals.row({std::to_string(total), reason});
    }
    context.output.line();
    context.output.line(totals.text());
    context.output.line();
    context.output.line("Look at one: efface quarantine show JOB");
    return Exit::kOk;
}

namespace {

void print_deliveries(Output& output, const Json& deliveries) {
    TextTable table{
        {{"DESTINATION"}, {"STATE"}, {"TRIES", Align::kRight}, {"STATUS"}, {"DELIVERED"}, {"REASON"}}};
    for (const Json& row : deliveries) {
        table.row(
            {text_of(row, "destination"), text_of(row, "state"), text_of(row, "attempts"),
             text_of(row, "last_status"), both_times(row["delivered_at"]), text_of(row, "reason")}
        );
    }
    if (!table.empty()) {
        output.line();
        output.line(table.text());
    }
}

void print_audit(Output& output, const Json& rows) {
    TextTable table{{{"SEQ", Align::kRight}, {"TIME"}, {"EVENT"}, {"OUTCOME"}, {"BY"}, {"REASON"}}};
    for (const Json& row : rows) {
        const Json& detail = row["detail"];
        const std::string why = text_of(row, "reason");
        table.row(
            {text_of(row, "seq"), both_times(row["at"]), text_of(row, "event"), text_of(row, "outcome"),
             text_of(detail, "operator"), why.empty() ? text_of(detail, "reason") : why}
        );
    }
    if (!table.empty()) {
        output.line();
        output.line(table.text());
    }
}

void print_facts(Output& output, const Json& job) {
    const auto fact = [&](const char* title, const std::string& value) {
        if (!value.empty()) {
            std::string line = title;
            line.resize(18, ' ');
            output.line(line + printable(value));
        }
    };
    fact("Job", text_of(job, "job"));
    fact("State", text_of(job, "state") + (job.value("conflict", false) ? ", a conflict" : ""));
    fact("Reason", text_of(job, "reason"));
    fact("Accepted", both_times(job["accepted_at"]));
    fact(
        "From",
        text_of(job, "peer") + " (" + text_of(job, "calling_ae") + " to " + text_of(job, "called_ae") + ")"
    );
    fact("Project", text_of(job, "project"));
    fact("SOP class", text_of(job, "sop_class") + " (" + text_of(job, "sop_class_uid") + ")");
    fact("Transfer syntax", text_of(job, "transfer_syntax"));
    fact("Size", bytes_text(number_of(job, "original_bytes")));
    fact("Original", text_of(job, "spool_file") + " in the spool's originals");
    fact("Instance hash", text_of(job, "instance_hash"));
    fact("Rule", text_of(job, "rule"));
    fact("New SOP Instance", text_of(job, "new_instance_uid"));
    if (const auto mask = job.find("mask_segmentation"); mask != job.end() && mask->is_object()) {
        fact("Its mask", text_of(*mask, "sop_instance_uid") + ", a Segmentation");
    }
    fact("New study", text_of(job, "new_study_uid"));
    fact("Decided by", text_of(job, "decided_by"));
}

/// The options that name the node, as they were typed, so that the commands can be pasted.
std::string typed_efface(const CommandContext& context) {
    if (!context.config_path.empty()) {
        return "efface --config " + context.config_path;
    }
    return context.state_directory.empty() ? "efface" : "efface --state " + context.state_directory;
}

std::vector<std::string> steps_for(const CommandContext& context, NodeAccess& node, const Json& job) {
    const auto settings = node.settings();
    if (!settings) {
        return {};
    }
    const ProjectSettings* project = (*settings)->find_project(text_of(job, "project"));
    const auto rules = project == nullptr ? tl::expected<RuleFile, std::string>{tl::unexpected(std::string{})}
                                          : read_rule_file(project->rules_file);
    return next_steps(
        {.job = job,
         .rules = rules ? &*rules : nullptr,
         .spool_directory = (*settings)->node.spool_directory,
         .efface = typed_efface(context)}
    );
}

}  // namespace

Exit run_quarantine_show(CommandContext& context, const Arguments& arguments) {
    const auto jobs = typed_jobs(context.output, arguments);
    if (!jobs) {
        return jobs.error();
    }
    NodeAccess node{context};
    const auto job = node.ask("job.show", {{"job", jobs->front()}});
    if (!job) {
        return job.error();
    }
    const std::vector<std::string> steps = steps_for(context, node, *job);
    if (context.output.json()) {
        Json shown = *job;
        shown["next_steps"] = steps;
        context.output.json_line(shown);
        return Exit::kOk;
    }
    print_facts(context.output, *job);
    print_deliveries(context.output, (*job)["deliveries"]);
    print_audit(context.output, (*job)["audit"]);
    if (!steps.empty()) {
        context.output.line();
        context.output.line("What can be done:");
    }
    for (const std::string& step : steps) {
        context.output.line(step);
    }
    return Exit::kOk;
}

namespace {

std::string delivered_to(const Json& deliveries) {
    std::string out;
    for (const Json& row : deliveries) {
        out += (out.empty() ? "" : ", ") + text_of(row, "destination") + " " + text_of(row, "state");
    }
    return out;
}

}  // namespace

Exit run_study_show(CommandContext& context, const Arguments& arguments) {
    const auto limit = typed_number(context.output, arguments, "--limit", kDefaultLimit);
    if (!limit) {
        return limit.error();
    }
    NodeAccess node{context};
    const Json filter{{"study", arguments.text("UID")}};
    Json first = filter;
    first["count"] = 1;
    const auto head = node.ask("study.show", first);
    if (!head) {
        return head.error();
    }
    TextTable table{
        {{"JOB", Align::kRight},
         {"STATE"},
         {"ACCEPTED"},
         {"SOP CLASS"},
         {"RULE"},
         {"DELIVERIES"},
         {"REASON"}}};
    Json jobs = Json::array();
    const auto listed = node.ask_pages("study.show", filter, "jobs", *limit, [&](const Json& job) {
        if (context.output.json()) {
            jobs.push_back(job);
            return;
        }
        table.row(
            {text_of(job, "job"), text_of(job, "state"), both_times(job["accepted_at"]),
             text_of(job, "sop_class"), text_of(job, "rule"), delivered_to(job["deliveries"]),
             text_of(job, "reason")}
        );
    });
    if (!listed) {
        return listed.error();
    }
    const Json& study = (*head)["study"];
    if (context.output.json()) {
        context.output.json_line({{"study", study}, {"jobs", std::move(jobs)}});
        return Exit::kOk;
    }
    const std::string new_uid = text_of(study, "new_study_uid");
    context.output.line(
        text_of(study, "text") + " delivered" + (new_uid.empty() ? "" : ", new Study Instance UID " + new_uid)
    );
    context.output.line(
        "First accepted " + both_times(study["first_accepted_at"]) + ", last " +
        both_times(study["last_accepted_at"])
    );
    context.output.line();
    context.output.line(table.text());
    if (*limit != 0 && number_of(study, "received") > *limit) {
        context.output.remark("Only the first " + std::to_string(*limit) + " are shown: see --limit");
    }
    return Exit::kOk;
}

}  // namespace efface::node
