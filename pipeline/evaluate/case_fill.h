// A case filled as the node fills it, and timed. Thread rule: the generator belongs to the calling thread.
#pragma once

#include "pipeline/evaluate/case_picture.h"
#include "pipeline/pixel/fill_frames.h"
#include "rules/keys/project_key.h"

#include <string>
#include <vector>

namespace efface::pipeline {

struct CaseFill {
    Planes planes;                 ///< The frame with its fills, as it is stored.
    std::vector<FrameFill> holes;  ///< In the order of the picture's holes.
    double wall_seconds = 0;       ///< Of the fill alone.
    double cpu_seconds = 0;        ///< Of all threads of the process.

    /// The first that is refused, or null.
    const FrameFill* refused() const;
};

/// The key that seeds of fills and marks follow from where `seed` is given.
Result<rules::ProjectKey> evaluation_key(std::uint64_t seed);

/// Blackens the truth under the mask and fills each hole: `marked` by fill_frames() itself; else by
/// fill_hole() alone, with the same seeds. `name`: stands for the new SOP Instance UID. Fault as those.
Result<CaseFill> fill_case(
    const CasePicture& picture, Generator& generator, const rules::ProjectKey& key, const std::string& name,
    bool marked
);

}  // namespace efface::pipeline
