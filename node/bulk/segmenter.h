// Segmenter: has one worker make the Segmentation of an instance's mask, and another one judge it. Two
// processes of its own, as with cleaners and gatekeepers: the one that wrote never vouches for it. Thread
// rule: any thread may ask; one Segmentation at a time.
#pragma once

#include "config/result.h"
#include "node/workers/worker_process.h"
#include "pipeline/unit/worker_protocol.h"

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

namespace efface::node {

/// One that passed the gate.
struct JudgedSegmentation {
    Descriptor file;  ///< Can only be read.
    pipeline::GateReport gate;
};

class Segmenter {
public:
    Segmenter(const WorkerProgram& program, std::chrono::milliseconds deadline)
        : program_{program}, deadline_{deadline} {}

    /// `cleaned` passed the gate; `output` is empty and open for both, and nobody can write it afterwards.
    /// Fault::kQuarantine: there is no Segmentation of this mask, or the gate holds it. Fault::kRetry: a
    /// process failed.
    Result<JudgedSegmentation> make(int cleaned, const pipeline::SegmentRequest& request, Descriptor output);

private:
    Result<std::string> ask(
        std::optional<WorkerProcess>& worker, pipeline::MessageKind kind, const std::string& payload,
        std::initializer_list<int> files, pipeline::MessageKind expected
    );

    const WorkerProgram& program_;
    const std::chrono::milliseconds deadline_;
    std::mutex mutex_;  // Guards what follows.
    std::optional<WorkerProcess> writer_;
    std::optional<WorkerProcess> judge_;
};

}  // namespace efface::node
