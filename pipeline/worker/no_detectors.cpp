// For a program without models.
#include "pipeline/worker/worker_finders.h"

namespace efface::pipeline {

Result<WorkerFinders> load_finders(
    const std::string& directory, const SiteModels& /*site*/, std::size_t /*threads*/
) {
    if (!directory.empty()) {
        return fail(Fault::kHalt, "worker: this program has no detectors: start efface-model-worker");
    }
    return WorkerFinders{};
}

}  // namespace efface::pipeline
