#include "config/json.h"
#include "node/cli/commands.h"
#include "node/cli/node_access.h"
#include "node/cli/rule_file.h"

namespace efface::node {

namespace {

/// What a settings file cannot say by itself: are the rules right, and does every destination exist?
std::vector<std::string> check_rules(const Settings& settings) {
    std::vector<std::string> errors;
    for (const ProjectSettings& project : settings.projects) {
        const auto file = read_rule_file(project.rules_file);
        if (!file) {
            errors.push_back(file.error());
            continue;
        }
        for (const rules::Rule& rule : file->rules.rules()) {
            for (const std::string& destination : rule.destinations) {
                if (settings.find_destination(destination) == nullptr) {
                    errors.push_back(
                        file->name + ": rule \"" + rule.name + "\" names destination \"" + destination +
                        "\", which no [[destination]] has"
                    );
                }
            }
        }
    }
    return errors;
}

}  // namespace

Exit run_config_check(CommandContext& context, const Arguments& arguments) {
    Output& output = context.output;
    const std::string path = arguments.has("FILE") ? arguments.text("FILE") : context.config_path;
    if (path.empty()) {
        output.error("name the settings file: efface config check FILE");
        return Exit::kUsage;
    }
    std::vector<std::string> errors;
    const auto settings = Settings::load(path);
    if (settings) {
        errors = check_rules(*settings);
    } else {
        for (const SettingsError& error : settings.error()) {
            errors.push_back(error.message());
        }
    }
    if (output.json()) {
        output.json_line({{"right", errors.empty()}, {"errors", errors}});
        return errors.empty() ? Exit::kOk : Exit::kConfiguration;
    }
    for (const std::string& error : errors) {
        output.line(printable(error));
    }
    if (!errors.empty()) {
        return Exit::kConfiguration;
    }
    output.line(
        path + ": right; " + std::to_string(settings->projects.size()) + " projects, " +
        std::to_string(settings->peers.size()) + " peers, " + std::to_string(settings->destinations.size()) +
        " destinations; digest " + to_hex(settings->digest()).substr(0, 12)
    );
    return Exit::kOk;
}

Exit run_config_example(CommandContext& context, const Arguments&) {
    const std::string text = settings_example();
    std::fwrite(text.data(), 1, text.size(), context.output.out());
    return Exit::kOk;
}

}  // namespace efface::node
