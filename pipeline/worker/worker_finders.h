// The detectors of a worker process. Which program this is linked into decides whether there are any:
// efface-worker has none and starts at once (no_detectors.cpp), efface-model-worker loads them before it is
// confined (detectors.cpp).
// Thread rule: belongs to the only thread of a worker process.
#pragma once

#include "config/result.h"
#include "pipeline/pixel/found_identity.h"

#include <memory>
#include <string>

namespace efface::pipeline {

struct WorkerFinders {
    std::unique_ptr<Detector> text;
    std::unique_ptr<Detector> photographed_face;
    std::unique_ptr<Detector> other_face;
    std::unique_ptr<Detector> face;  ///< Both of them together; refers to them.

    std::string model_digest = "none";  ///< SHA-256 over the models' digests, in hex.

    Finders view() const { return {text.get(), face.get(), photographed_face.get()}; }
};

/// Loads the models of `directory` and tests each. Fault::kHalt: a file is missing, not the pinned one, or
/// its model does not find what it must.
Result<WorkerFinders> load_finders(const std::string& directory);

}  // namespace efface::pipeline
