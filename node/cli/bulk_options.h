// What `efface run` and the commands for one file have in common: settings, project, rules, keys, workers,
// turned into the options of a bulk run. What is wrong is printed. Thread rule: as the command line.
#pragma once

#include "node/bulk/bulk_run.h"
#include "node/cli/command.h"
#include "node/cli/rule_file.h"

#include <tl/expected.hpp>

#include <string>

namespace efface::node {

struct BulkPlaces {
    std::string in;
    std::string out;
    const RuleFile* rules = nullptr;  ///< Instead of --rules and the project's.
};

/// Reads --project, --rules, --key, --workers and --scratch where the command has them. Makes missing keys.
tl::expected<BulkOptions, Exit> bulk_options(
    CommandContext& context, const Arguments& arguments, const BulkPlaces& places
);

std::string without_slash(std::string path);

}  // namespace efface::node
