// The [workers] and [models] settings as a worker takes them.
// Thread rule: pure.
#pragma once

#include "config/settings/settings.h"
#include "pipeline/unit/worker_protocol.h"

namespace efface::node {

inline pipeline::WorkerLimits worker_limits(const WorkersSettings& workers) {
    return {
        .address_space_bytes_max = std::uint64_t{workers.memory_mb_max} << 20U,
        .cpu_seconds_per_unit_max = workers.cpu_seconds_max,
        .search_threads = workers.search_threads,
    };
}

inline pipeline::SiteModels site_models(const ModelsSettings& models) {
    return {
        .face_detector = {models.face_detector, models.face_detector_sha256},
        .generator = {models.generator, models.generator_sha256}};
}

}  // namespace efface::node
