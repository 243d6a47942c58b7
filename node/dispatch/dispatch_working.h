// Inside node/dispatch only: what a Dispatcher knows of a job in work.
#pragma once

#include "node/dispatch/dispatcher.h"
#include "pipeline/unit/work_order.h"

#include <atomic>
#include <string>

namespace efface::node {

/// A claimed job on its way through the pool.
struct Dispatcher::Working {
    db::Job job;
    db::ClaimedLease lease;
    UnixMicros lease_until = 0;  ///< Confined to run()'s thread.
    std::atomic<bool> in_hands{false};
    pipeline::WorkOrder order;
    std::string output_name;
    std::string segmentation_name;  ///< Empty while none is asked for. Written and read by the pool's thread.
};

}  // namespace efface::node
