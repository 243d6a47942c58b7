// How workers are started without a daemon: one project, its key and its rules.
// Thread rule: a pure function.
#pragma once

#include "node/workers/worker_process.h"
#include "pipeline/unit/worker_protocol.h"
#include "rules/keys/project_key.h"

#include <string>
#include <string_view>

namespace efface::node {

struct WorkerProjectFacts {
    std::string_view name;
    const rules::ProjectKey& key;
    std::string_view rules_file_name;
    std::string_view rules_text;
};

WorkerProgram make_worker_program(
    std::string path, const WorkerProjectFacts& project, std::string_view software_version,
    const pipeline::WorkerLimits& limits = {}, const pipeline::SiteModels& site_models = {}
);

}  // namespace efface::node
