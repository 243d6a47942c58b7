#include "node/cli/rule_file.h"

#include "node/control/key_file.h"

namespace efface::node {

namespace {

constexpr std::size_t kRulesFileBytesMax = 4U << 20U;

}  // namespace

tl::expected<RuleFile, std::string> read_rule_file(const std::string& path) {
    std::string name = path.empty() ? "built-in" : path;
    std::string text{rules::built_in_rules()};
    if (!path.empty()) {
        auto read = read_small_file(path, kRulesFileBytesMax);
        if (!read) {
            return tl::unexpected(read.error());
        }
        text = std::move(*read);
    }
    auto parsed = rules::RuleSet::parse(text, name);
    if (!parsed) {
        return tl::unexpected(parsed.error().message());
    }
    return RuleFile{std::move(name), std::move(text), std::move(*parsed)};
}

tl::expected<const ProjectSettings*, std::string> choose_project(
    const Settings& settings, const std::string& name
) {
    if (!name.empty()) {
        const ProjectSettings* project = settings.find_project(name);
        if (project == nullptr) {
            return tl::unexpected("there is no project '" + name + "'");
        }
        return project;
    }
    if (settings.projects.size() != 1) {
        return tl::unexpected(std::string{"there is more than one project: name one with --project"});
    }
    return &settings.projects.front();
}

}  // namespace efface::node
