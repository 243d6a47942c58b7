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

inline pipeline::SiteDetector site_detector(const ModelsSettings& models) {
    return {.path = models.face_detector, .sha256 = models.face_detector_sha256};
}

}  // namespace efface::node
