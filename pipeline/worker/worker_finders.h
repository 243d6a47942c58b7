// The networks of a worker process. Which program this is linked into decides whether there are any:
// efface-worker has none and starts at once (no_detectors.cpp), efface-model-worker loads them before it is
// confined (detectors.cpp).
// Thread rule: belongs to the only thread of a worker process.
#pragma once

#include "config/result.h"
#include "pipeline/picture/generator.h"
#include "pipeline/picture/lanes.h"
#include "pipeline/pixel/found_identity.h"
#include "pipeline/unit/worker_protocol.h"

#include <memory>
#include <string>

namespace efface::pipeline {

struct WorkerFinders {
    std::unique_ptr<Lanes> lanes;  ///< Outlives the detectors that it serves.
    std::unique_ptr<Detector> text;
    std::unique_ptr<LineReader> reader;
    std::unique_ptr<Detector> photographed_face;
    std::unique_ptr<Detector> other_face;
    std::unique_ptr<Detector> site_face;   ///< Null: the site names none.
    std::unique_ptr<Detector> own_face;    ///< Those of Efface together; refers to them.
    std::unique_ptr<Detector> every_face;  ///< Both of these; null where there is no site_face.

    std::unique_ptr<Generator> generator;  ///< Null: what is destroyed stays black.

    std::string model_digest = "none";  ///< SHA-256 over the models' digests, in hex.

    Finders view() const { return {text.get(), face(), photographed_face.get(), reader.get()}; }

    Detector* face() const { return every_face != nullptr ? every_face.get() : own_face.get(); }
};

/// Loads the models of `directory`, and those of the site, and tests each. Fault::kHalt: a file is missing,
/// not the pinned one, or its model does not find what it must. `threads`: 1 to kLanesMax share the search of
/// one picture; all are made here.
Result<WorkerFinders> load_finders(
    const std::string& directory, const SiteModels& site = {}, std::size_t threads = 1
);

}  // namespace efface::pipeline
