#include "node/runtime/project_set.h"

#include "config/json.h"
#include "node/workers/worker_limits.h"

#include <fstream>
#include <utility>

namespace efface::node {

namespace {

constexpr std::size_t kKeyFileBytesMax = 4096;
constexpr std::size_t kRulesFileBytesMax = 4U << 20U;

tl::expected<rules::ProjectKey, std::string> load_key(const std::string& path) {
    const auto text = read_text_file(path, kKeyFileBytesMax);
    if (!text) {
        return tl::unexpected(text.error() + "; make one with: efface key new " + path);
    }
    auto key = rules::ProjectKey::from_file_text(*text);
    if (!key) {
        return tl::unexpected(path + ": " + key.error().message());
    }
    return std::move(*key);
}

tl::expected<LoadedProject, std::string> load_project(
    const Settings& settings, const ProjectSettings& project
) {
    auto key = load_key(project.key_file);
    if (!key) {
        return tl::unexpected(key.error());
    }
    std::string name = "built-in";
    std::string text{rules::built_in_rules()};
    if (!project.rules_file.empty()) {
        auto read = read_text_file(project.rules_file, kRulesFileBytesMax);
        if (!read) {
            return tl::unexpected(read.error());
        }
        name = project.rules_file;
        text = std::move(*read);
    }
    auto parsed = rules::RuleSet::parse(text, name);
    if (!parsed) {
        return tl::unexpected(parsed.error().message());
    }
    for (const rules::Rule& rule : parsed->rules()) {
        for (const std::string& destination : rule.destinations) {
            if (settings.find_destination(destination) == nullptr) {
                return tl::unexpected(
                    name + ": rule \"" + rule.name + "\" names destination \"" + destination +
                    "\", which no [[destination]] of the configuration has"
                );
            }
        }
    }
    return LoadedProject{project.name, std::move(*key), std::move(name), std::move(text), std::move(*parsed)};
}

}  // namespace

tl::expected<std::string, std::string> read_text_file(const std::string& path, std::size_t bytes_max) {
    std::ifstream file{path, std::ios::binary};
    if (!file) {
        return tl::unexpected("cannot read " + path);
    }
    std::string text(bytes_max + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > bytes_max) {
        return tl::unexpected(path + " is larger than " + std::to_string(bytes_max) + " bytes");
    }
    return text;
}

const LoadedProject* ProjectSet::find(std::string_view name) const {
    for (const LoadedProject& project : projects) {
        if (project.name == name) {
            return &project;
        }
    }
    return nullptr;
}

tl::expected<ProjectSet, std::string> load_projects(const Settings& settings) {
    auto audit_key = load_key(settings.audit.key_file);
    if (!audit_key) {
        return tl::unexpected(audit_key.error());
    }
    std::vector<LoadedProject> loaded;
    for (const ProjectSettings& project : settings.projects) {
        auto one = load_project(settings, project);
        if (!one) {
            return tl::unexpected(one.error());
        }
        loaded.push_back(std::move(*one));
    }
    return ProjectSet{std::move(loaded), std::move(*audit_key)};
}

pipeline::WorkerConfiguration worker_configuration(
    const ProjectSet& projects, const Settings& settings, std::string_view software_version
) {
    pipeline::WorkerConfiguration configuration;
    configuration.software_version = software_version;
    configuration.limits = worker_limits(settings.workers);
    configuration.site_models = site_models(settings.models);
    for (const LoadedProject& project : projects.projects) {
        configuration.projects.push_back(
            {.name = project.name,
             .key_hex = Phi{to_hex(project.key.bytes())},
             .rules_file_name = project.rules_file_name,
             .rules_text = project.rules_text}
        );
    }
    return configuration;
}

}  // namespace efface::node
