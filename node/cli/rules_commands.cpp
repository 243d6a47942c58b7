#include "config/json.h"
#include "node/cli/commands.h"
#include "node/cli/node_access.h"
#include "node/cli/rule_file.h"
#include "node/control/key_file.h"
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

}  // namespace efface::node
