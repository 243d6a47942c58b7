// WorkerProcess: one efface-worker child. Started, configured, asked, replaced.
//
// Every call has a deadline. A worker that dies, hangs or answers nonsense is killed and reaped here;
// the caller sees an Error (Fault::kRetry: it cost one attempt of one unit) and starts another.
// Thread rule: belongs to one thread; the child is told to die when that thread ends (PDEATHSIG).
#pragma once

#include "config/environment.h"
#include "config/result.h"
#include "pipeline/unit/worker_protocol.h"

#include <chrono>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace efface::node {

/// What every worker of a node is started with.
struct WorkerProgram {
    std::string path;           ///< Of efface-worker.
    std::string configuration;  ///< JSON of pipeline::WorkerConfiguration; holds the project keys.
    std::chrono::milliseconds start_deadline{20'000};
    /// The program for units whose pixels must be searched, or null where none is installed.
    std::shared_ptr<const WorkerProgram> detectors;
};

/// `path` is of efface-worker; beside it efface-model-worker is looked for, and its models.
WorkerProgram make_program(std::string path, pipeline::WorkerConfiguration configuration);

/// "DIRECTORY/efface-worker", DIRECTORY being where the running program lies.
Result<std::string> default_worker_path();

class WorkerProcess {
public:
    /// `why`, where it is given: what the worker itself said of its configuration. It has seen no file then.
    static Result<WorkerProcess> start(const WorkerProgram& program, std::string* why = nullptr);
    /// While this is held no process is being started. Between fork and exec a child has every descriptor
    /// of the daemon, also one that was closed meanwhile.
    static std::unique_lock<std::mutex> hold_starts();
    WorkerProcess(WorkerProcess&& other) noexcept;
    WorkerProcess& operator=(WorkerProcess&& other) noexcept;
    /// Kills and reaps the child.
    ~WorkerProcess();

    /// One request, one reply of the kind expected. After an error with Fault::kRetry the process is gone.
    /// A reply `failed` becomes an error that keeps its fault; its reason is kept in failure_reason().
    Result<std::string> call(
        pipeline::MessageKind request, std::string_view payload, std::initializer_list<int> descriptors,
        pipeline::MessageKind expected, std::chrono::milliseconds deadline
    );

    bool alive() const { return pid_ > 0; }

    pid_t pid() const { return pid_; }

    const pipeline::WorkerReady& ready() const { return ready_; }

    /// What the last failed reply said: a literal of the worker's.
    const std::string& failure_reason() const { return failure_reason_; }

private:
    WorkerProcess(pid_t pid, Descriptor socket) : pid_{pid}, socket_{std::move(socket)} {}

    Result<pipeline::Message> exchange(
        pipeline::MessageKind request, std::string_view payload, std::initializer_list<int> descriptors,
        std::chrono::milliseconds deadline
    );
    void end();

    pid_t pid_ = -1;
    Descriptor socket_;
    pipeline::WorkerReady ready_;
    std::string failure_reason_;
};

}  // namespace efface::node
