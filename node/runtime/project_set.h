// ProjectSet: what the node makes of its [[project]]s at start: keys and rules read and checked, every
// destination that a rule names known. Also what a worker is configured with.
// Thread rule: const after construction; safe to share.
#pragma once

#include "config/settings/settings.h"
#include "pipeline/unit/worker_protocol.h"
#include "rules/keys/project_key.h"
#include "rules/matching/rule_set.h"

#include <string>
#include <vector>

namespace efface::node {

struct LoadedProject {
    std::string name;
    rules::ProjectKey key;
    std::string rules_file_name;  ///< "built-in" for the compiled-in ones.
    std::string rules_text;
    rules::RuleSet rules;
};

struct ProjectSet {
    std::vector<LoadedProject> projects;
    rules::ProjectKey audit_key;

    const LoadedProject* find(std::string_view name) const;
};

/// Reads key and rule files. The error text is for the person who starts the node.
tl::expected<ProjectSet, std::string> load_projects(const Settings& settings);

/// Reads a small text file whole (keys, rules); the error names the path.
tl::expected<std::string, std::string> read_text_file(const std::string& path, std::size_t bytes_max);

/// The WorkerConfiguration for these projects.
pipeline::WorkerConfiguration worker_configuration(
    const ProjectSet& projects, const Settings& settings, std::string_view software_version
);

}  // namespace efface::node
