// PeakMemory: the most memory that this process had resident since it was started. getrusage() would not do:
// it counts what was resident before exec too, and a process that is spawned shares its parent's pages until
// then. Thread rule: one thread.
#pragma once

#include "config/environment.h"

#include <cstdint>

namespace efface::pipeline {

class PeakMemory {
public:
    /// Opens /proc/self/status, before the process is confined to files that are open.
    PeakMemory();

    /// VmHWM, see proc(5); 0: this system does not say.
    std::uint64_t bytes() const;

private:
    Descriptor status_;
};

}  // namespace efface::pipeline
