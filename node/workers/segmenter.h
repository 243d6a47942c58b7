// Segmenter: has one worker make the Segmentation of an instance's mask, and another one judge it. Two
// processes of its own, as with cleaners and gatekeepers: the one that wrote never vouches for it. They are
// started when the first mask comes. Thread rule: belongs to one thread (worker_process.h).
#pragma once

#include "config/result.h"
#include "node/workers/worker_process.h"
#include "pipeline/unit/worker_protocol.h"

#include <chrono>
#include <cstdint>
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
    /// `program` outlives it. A process is replaced after `units_per_process_max` requests.
    Segmenter(
        const WorkerProgram& program, std::chrono::milliseconds deadline, std::uint64_t units_per_process_max
    )
        : program_{program}, deadline_{deadline}, units_max_{units_per_process_max} {}

    /// `cleaned` passed the gate; `output` is empty and open for both, and nobody can write it afterwards.
    /// Takes at most twice what starting a process and one request may take.
    /// Fault::kQuarantine: there is no Segmentation of this mask, or the gate holds it. Fault::kRetry: a
    /// process failed.
    Result<JudgedSegmentation> make(int cleaned, const pipeline::SegmentRequest& request, Descriptor output);

    /// Why the last make() failed, in a worker's words; may be empty.
    const std::string& reason() const { return reason_; }

private:
    struct Worker {
        std::optional<WorkerProcess> process;
        std::uint64_t units = 0;
    };

    Result<std::string> ask(
        Worker& worker, pipeline::MessageKind kind, const std::string& payload,
        std::initializer_list<int> files, pipeline::MessageKind expected
    );

    const WorkerProgram& program_;
    const std::chrono::milliseconds deadline_;
    const std::uint64_t units_max_;
    Worker writer_;
    Worker judge_;
    std::string reason_;
};

}  // namespace efface::node
