// What the kernel holds a worker to: a worker reads hostile bytes through libraries that nobody can
// prove, so it has no path, no socket but its own, no core dump, and bounded memory, time and output.
// Linux: setrlimit(2), prctl(2), seccomp(2).
// Thread rule: called from the main thread of a worker process; what it forbids, it forbids all threads.
#pragma once

#include "config/result.h"
#include "pipeline/unit/worker_protocol.h"

#include <cstdint>

namespace efface::pipeline {

/// First thing in main: dies with its parent, cannot be dumped or traced, writes no core.
Status enter_worker_process();

/// Nothing that a library prints may leave the process: it could quote a value. Sanitizers may still speak.
Status silence_streams();

/// After the configuration is read and before the first hostile byte; nothing undoes it. The system
/// call filter is left out of sanitizer builds, whose runtime needs more.
Status confine(const WorkerLimits& limits);

/// Restarts the CPU budget: the process may use this much more before the kernel ends it.
Status allow_cpu_seconds(std::uint64_t seconds);

}  // namespace efface::pipeline
