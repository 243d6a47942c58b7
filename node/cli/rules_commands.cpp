#include "node/bulk/worker_program.h"
#include "node/cli/commands.h"
#include "node/cli/node_access.h"
#include "node/cli/rule_file.h"
#include "node/control/key_file.h"
#include "pipeline/unit/work_order.h"
#include "rules/matching/ctp_script.h"
#include "rules/matching/predicate.h"
#include "rules/profile/attestation.h"

#include <fcntl.h>
#include <unistd.h>

namespace efface::node {

namespace {

using Align = TextTable::Align;

constexpr std::size_t kScriptBytesMax = std::size_t{1} << 20U;

std::string_view hold_text(rules::Hold hold) {
    switch (hold) {
        case rules::Hold::kNone:
            return "none";
        case rules::Hold::kSeries:
            return "series";
        case rules::Hold::kStudy:
            return "study";
    }
    return "none";
}

std::vector<std::string> option_texts(const rules::Rule& rule) {
    std::vector<std::string> texts;
    for (const rules::Option option : rule.profile.options) {
        texts.emplace_back(rules::kOptionCodes.at(static_cast<std::size_t>(option)).meaning);
    }
    return texts;
}

Json regions_json(const std::vector<rules::Region>& regions) {
    Json rows = Json::array();
    for (const rules::Region& region : regions) {
        rows.push_back(Json::array({region.left, region.top, region.width, region.height}));
    }
    return rows;
}

Json markers_json(const rules::MarkerSet& markers) {
    Json texts = Json::array();
    for (std::size_t i = 0; i < rules::kMarkers.size(); ++i) {
        if (markers.test(i)) {
            texts.push_back(rules::kMarkers[i].text);
        }
    }
    return texts;
}

Json pixels_json(const rules::PixelRules& pixels) {
    Json accepted = Json::array();
    for (const rules::PixelDoubtRow& doubt : rules::kPixelDoubts) {
        if (pixels.accepts(doubt.doubt)) {
            accepted.push_back(doubt.name);
        }
    }
    return {
        {"blacken", regions_json(pixels.blacken)},
        {"device_templates", pixels.device_templates},
        {"ultrasound_regions", pixels.ultrasound_regions},
        {"accept", std::move(accepted)},
        {"recall_percent_min", pixels.recall_percent_min},
        {"allowed_markers", markers_json(pixels.allowed_markers)},
        {"mask_segmentation", pixels.mask_segmentation},
    };
}

Json rule_json(const rules::Rule& rule) {
    Json overrides = Json::object();
    for (const auto& [attribute, action] : rule.profile.overrides) {
        overrides[attribute] = std::string(1, static_cast<char>(action));
    }
    return {
        {"rule", rule.name},
        {"description", rule.description},
        {"match", rule.match == nullptr ? std::string{} : rule.match->text},
        {"profile", "PS3.15 Table E.1-1, Basic Profile"},
        {"options", option_texts(rule)},
        {"overrides", std::move(overrides)},
        {"pixel_policy", rules::policy_name(rule.pixel_policy)},
        {"pixels", pixels_json(rule.pixels)},
        {"destinations", rule.destinations},
        {"hold", hold_text(rule.hold)},
        {"trust_sender_history", rule.trust_sender_history},
        {"patient_prefix", rule.patient_prefix},
    };
}

Json file_json(const RuleFile& file) {
    Json rows = Json::array();
    for (const rules::Rule& rule : file.rules.rules()) {
        rows.push_back(rule_json(rule));
    }
    Json devices = Json::array();
    for (const rules::DeviceTemplate& device : file.rules.devices()) {
        devices.push_back(Json{
            {"device", device.name},
            {"description", device.description},
            {"match", device.match->text},
            {"blacken", regions_json(device.blacken)},
        });
    }
    return {
        {"file", file.name},
        {"rule_digest", to_hex(file.rules.digest())},
        {"rules", std::move(rows)},
        {"devices", std::move(devices)},
    };
}

void print_file(Output& output, const RuleFile& file) {
    TextTable table{
        {{"", Align::kRight}, {"RULE"}, {"PIXELS"}, {"DESTINATIONS"}, {"HOLD"}, {"OPTIONS"}, {"MATCH"}}};
    std::size_t number = 0;
    for (const rules::Rule& rule : file.rules.rules()) {
        std::string destinations;
        for (const std::string& name : rule.destinations) {
            destinations += (destinations.empty() ? "" : ", ") + name;
        }
        const std::size_t options = rule.profile.options.size();
        const std::size_t overrides = rule.profile.overrides.size();
        std::string extras = options == 0 ? "" : std::to_string(options) + " options";
        if (overrides != 0) {
            extras += (extras.empty() ? "" : ", ") + std::to_string(overrides) + " overrides";
        }
        table.row(
            {std::to_string(++number), rule.name, std::string{rules::policy_name(rule.pixel_policy)},
             destinations, std::string{hold_text(rule.hold)}, extras,
             rule.match == nullptr || rule.match->text.empty() ? "everything" : rule.match->text}
        );
    }
    output.line(table.text());
}

}  // namespace

Exit run_rules_example(CommandContext& context, const Arguments&) {
    const std::string_view text = rules::built_in_rules();
    std::fwrite(text.data(), 1, text.size(), context.output.out());
    return Exit::kOk;
}

Exit run_rules_import_ctp_pixels(CommandContext& context, const Arguments& arguments) {
    const std::string& path = arguments.text("SCRIPT");
    const auto script = read_small_file(path, kScriptBytesMax);
    if (!script) {
        context.output.error(script.error());
        return Exit::kConfiguration;
    }
    const rules::CtpImport import = rules::import_ctp_script(*script);
    Json problems = Json::array();
    for (const rules::CtpProblem& problem : import.problems) {
        const std::string place = path + ":" + std::to_string(problem.line);
        problems.push_back(Json{{"line", problem.line}, {"text", printable(problem.text)}});
        if (!context.output.json()) {
            context.output.remark(printable(place + ": not imported: " + problem.text));
        }
    }
    if (context.output.json()) {
        context.output.json_line(
            {{"devices", import.devices}, {"toml", import.toml}, {"not_imported", std::move(problems)}}
        );
    } else {
        std::fwrite(import.toml.data(), 1, import.toml.size(), context.output.out());
    }
    return import.problems.empty() && import.devices > 0 ? Exit::kOk : Exit::kNegative;
}

Exit run_rules_check(CommandContext& context, const Arguments& arguments) {
    const auto file = read_rule_file(arguments.text("FILE"));
    if (!file) {
        if (context.output.json()) {
            context.output.json_line({{"right", false}, {"error", file.error()}});
        } else {
            context.output.line(printable(file.error()));
        }
        return Exit::kNegative;
    }
    const std::string digest = to_hex(file->rules.digest());
    if (context.output.json()) {
        context.output.json_line(
            {{"right", true}, {"rules", file->rules.rules().size()}, {"rule_digest", digest}}
        );
    } else {
        context.output.line(
            file->name + ": right, " + std::to_string(file->rules.rules().size()) + " rules, digest " + digest
        );
    }
    return Exit::kOk;
}

namespace {

/// The digest of the rules that a running daemon holds for a project; "" where none runs.
std::string digest_in_force(const ControlResult& node, const std::string& project) {
    if (!node) {
        return {};
    }
    for (const Json& row : (*node)["projects"]) {
        if (text_of(row, "project") == project) {
            return text_of(row, "rule_digest");
        }
    }
    return {};
}

Exit list_one_file(CommandContext& context, const std::string& path) {
    const auto file = read_rule_file(path);
    if (!file) {
        context.output.error(file.error());
        return Exit::kConfiguration;
    }
    if (context.output.json()) {
        context.output.json_line(file_json(*file));
    } else {
        print_file(context.output, *file);
    }
    return Exit::kOk;
}

}  // namespace

Exit run_rules_list(CommandContext& context, const Arguments& arguments) {
    if (arguments.has("--rules")) {
        return list_one_file(context, arguments.text("--rules"));
    }
    NodeAccess node{context};
    const auto settings = node.settings();
    if (!settings) {
        return settings.error();
    }
    const ControlResult running = node.try_ask("node.show");
    for (const ProjectSettings& project : (*settings)->projects) {
        const auto file = read_rule_file(project.rules_file);
        if (!file) {
            context.output.error(file.error());
            return Exit::kConfiguration;
        }
        const std::string in_force = digest_in_force(running, project.name);
        const bool changed = !in_force.empty() && in_force != to_hex(file->rules.digest());
        if (context.output.json()) {
            Json row = file_json(*file);
            row["project"] = project.name;
            row["changed_since_start"] = changed;
            context.output.json_line(row);
            continue;
        }
        context.output.line(
            "Project " + project.name + ": " + file->name + ", digest " +
            to_hex(file->rules.digest()).substr(0, 12)
        );
        if (changed) {
            context.output.line("CHANGED since the daemon started, which still uses the old ones: restart it"
            );
        }
        print_file(context.output, *file);
        context.output.line();
    }
    return Exit::kOk;
}

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
