// A rule file read and parsed, or the built-in rules. Thread rule: values.
#pragma once

#include "config/settings/settings.h"
#include "rules/matching/rule_set.h"

#include <tl/expected.hpp>

#include <string>

namespace efface::node {

struct RuleFile {
    std::string name;  ///< The path, or "built-in".
    std::string text;
    rules::RuleSet rules;
};

/// "": the built-in rules. The error is for the person who wrote the file: "file:line:column: what".
tl::expected<RuleFile, std::string> read_rule_file(const std::string& path);

/// The project by its name, or the only one where `name` is empty. The error is for an operator.
tl::expected<const ProjectSettings*, std::string> choose_project(
    const Settings& settings, const std::string& name
);

}  // namespace efface::node
