// Previewer: has a worker draw one frame of an instance as a PNG. Never overwrites a file.
// Thread rule: any thread may ask; one picture at a time.
#pragma once

#include "config/result.h"
#include "node/workers/worker_process.h"
#include "pipeline/unit/worker_protocol.h"

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

namespace efface::node {

class Previewer {
public:
    Previewer(const WorkerProgram& program, std::chrono::milliseconds deadline)
        : program_{program}, deadline_{deadline} {}

    /// Makes `path` and the directories above it. Empty; or why there is no picture: that file stands there
    /// already or cannot be made, or what the worker says of the instance.
    std::string draw(int instance, const pipeline::PreviewRequest& request, const std::string& path);

private:
    std::string ask(int instance, const pipeline::PreviewRequest& request, int picture);

    const WorkerProgram& program_;
    const std::chrono::milliseconds deadline_;
    std::mutex mutex_;  // Guards worker_.
    std::optional<WorkerProcess> worker_;
};

}  // namespace efface::node
