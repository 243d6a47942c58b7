// efface rules explain: which rule takes a file and what becomes of each of its attributes, without a value
// of it.
#include "config/json.h"
#include "node/bulk/worker_program.h"
#include "node/cli/commands.h"
#include "node/cli/node_access.h"
#include "node/cli/rule_file.h"
#include "pipeline/unit/work_order.h"

#include <fcntl.h>
#include <unistd.h>

namespace efface::node {
namespace {

/// No value of the file is in an explanation and nothing is written, so any key does.
Result<rules::ProjectKey> throwaway_key(Entropy& entropy) {
    std::array<std::uint8_t, rules::kKeyBytes> bytes{};
    EFFACE_CHECK(entropy.fill(std::as_writable_bytes(std::span{bytes})));
    return rules::ProjectKey::from_bytes(bytes);
}

struct ExplainRequest {
    std::string file;
    std::string project;
    std::string calling_ae;
    std::string called_ae;
};

tl::expected<Json, ControlError> explain(
    Environment& environment, const RuleFile& rules, const ExplainRequest& request
) {
    auto key = throwaway_key(environment.entropy);
    auto path = default_worker_path();
    if (!key || !path) {
        return control_error(key ? path.error() : key.error());
    }
    const Descriptor file{::open(request.file.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!file.valid()) {
        return control_error(
            ControlCode::kUsage, "cannot read " + request.file + ": " + std::strerror(errno)
        );
    }
    auto worker = WorkerProcess::start(
        make_worker_program(*path, {request.project, *key, rules.name, rules.text}, EFFACE_VERSION)
    );
    if (!worker) {
        return control_error(ControlCode::kInternal, *path + ": " + worker.error().message());
    }
    const pipeline::WorkOrder order{
        .project = request.project,
        .calling_ae = request.calling_ae,
        .called_ae = request.called_ae,
        .accepted_at = environment.clock.now(),
        .rule_digest = rules.rules.digest(),
        .software_version = EFFACE_VERSION,
    };
    const auto reply = worker->call(
        pipeline::MessageKind::kExplain, dump_json(pipeline::to_json(order)), {file.get()},
        pipeline::MessageKind::kExplained, std::chrono::minutes{2}
    );
    auto json = reply ? parse_json(*reply) : std::nullopt;
    if (!json) {
        return control_error(
            ControlCode::kInternal, reply ? "the worker's explanation is unreadable"
                                          : reply.error().message() + ": " + worker->failure_reason()
        );
    }
    return std::move(*json);
}

void print_steps(Output& output, const Json& explanation) {
    for (const Json& step : explanation["steps"]) {
        const bool matched = step.value("matched", false);
        output.line(
            std::string{matched ? "  takes it  " : "  passes it "} + text_of(step, "rule") +
            (text_of(step, "why").empty() ? "" : ": " + printable(text_of(step, "why")))
        );
    }
}

void print_verdict(Output& output, const Json& explanation) {
    const std::string outcome = text_of(explanation, "outcome");
    output.line(
        outcome == "would-clean" ? "It would be cleaned under rule \"" + text_of(explanation, "rule") + "\"."
                                 : "It would be " + outcome + ": " + printable(text_of(explanation, "reason"))
    );
    const Json& pixels = explanation["pixels"];
    if (pixels.is_object()) {
        output.line(
            std::string{"Pixels may show text: "} + (pixels.value("text", true) ? "yes" : "no") +
            ", a face: " + (pixels.value("face", true) ? "yes" : "no") + " (" + text_of(pixels, "why") +
            "); pixel policy " + text_of(explanation, "pixel_policy") +
            (pixels.value("mask_segmentation", false) ? "; its mask becomes a Segmentation" : "")
        );
    }
    output.line("Rules, in the order in which they are tried:");
    print_steps(output, explanation);
}

void print_attributes(Output& output, const Json& attributes, bool changed_only) {
    TextTable table{
        {{"ATTRIBUTE"}, {"KEYWORD"}, {"VR"}, {"ACTION"}, {"EDIT"}, {"BY"}, {"CODE"}, {"TYPE"}, {"WHY"}}};
    for (const Json& row : attributes) {
        const std::string edit = text_of(row, "edit");
        if (changed_only && (edit == "keep" || edit == "enter")) {
            continue;
        }
        const std::string creator = text_of(row, "creator");
        table.row(
            {text_of(row, "path") + text_of(row, "tag"),
             creator.empty() ? text_of(row, "keyword") : "[" + creator + "]", text_of(row, "vr"),
             text_of(row, "action"), edit, text_of(row, "source"), text_of(row, "table_code"),
             text_of(row, "type"), text_of(row, "why")}
        );
    }
    if (!table.empty()) {
        output.line();
        output.line(table.text());
    }
}

}  // namespace

Exit run_rules_explain(CommandContext& context, const Arguments& arguments) {
    Output& output = context.output;
    NodeAccess node{context};
    const auto settings = node.settings();
    if (!settings) {
        return settings.error();
    }
    const auto project = choose_project(**settings, arguments.text("--project"));
    if (!project) {
        output.error(project.error());
        return Exit::kUsage;
    }
    const auto rules =
        read_rule_file(arguments.has("--rules") ? arguments.text("--rules") : (*project)->rules_file);
    if (!rules) {
        output.error(rules.error());
        return Exit::kConfiguration;
    }
    const auto explained = explain(
        context.environment, *rules,
        {.file = arguments.text("FILE"),
         .project = (*project)->name,
         .calling_ae = arguments.text("--calling"),
         .called_ae = arguments.text("--called")}
    );
    if (!explained) {
        return node.print(explained.error());
    }
    if (output.json()) {
        output.json_line(*explained);
    } else {
        print_verdict(output, *explained);
        print_attributes(output, (*explained)["attributes"], arguments.has("--changed"));
        if (const std::uint64_t left_out = number_of(*explained, "attributes_left_out"); left_out != 0) {
            output.remark(std::to_string(left_out) + " further attributes are not listed");
        }
    }
    return text_of(*explained, "outcome") == "would-clean" ? Exit::kOk : Exit::kNegative;
}

}  // namespace efface::node
