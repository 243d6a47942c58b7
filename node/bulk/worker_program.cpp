#include "node/bulk/worker_program.h"

#include "config/crypto/digest.h"
#include "config/json.h"

namespace efface::node {

WorkerProgram make_worker_program(
    std::string path, const WorkerProjectFacts& project, std::string_view software_version,
    const pipeline::WorkerLimits& limits, const pipeline::SiteModels& site_models
) {
    pipeline::WorkerConfiguration configuration;
    configuration.software_version = software_version;
    configuration.limits = limits;
    configuration.site_models = site_models;
    configuration.projects.push_back(
        {.name = std::string{project.name},
         .key_hex = Phi{to_hex(project.key.bytes())},
         .rules_file_name = std::string{project.rules_file_name},
         .rules_text = std::string{project.rules_text}}
    );
    return make_program(std::move(path), std::move(configuration));
}

}  // namespace efface::node
