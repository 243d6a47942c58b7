// WorkerPool: the worker processes of a node, in two rows: cleaners, which write an output, and
// gatekeepers, which judge it. The process that cleaned an instance never vouches for it.
//
//   submit -> [bounded queue] -> run_cleaner thread + its process -> [bounded queue]
//          -> run_gatekeeper thread + its process -> done(UnitResult)
//
// Before the gate reads, nobody can write the output any more: it is reopened for reading, and where the
// kernel says that the cleaner's process still could, that process is ended first.
// A cleaner without detectors hands back a unit whose pixels must be searched; then a process that has them
// (efface-model-worker, started when it is first needed) cleans it, and another one judges it.
// Where the unit asks for it, the gatekeeper's thread then has the Segmentation of the mask made and judged
// by two processes of its own (segmenter.h). A worker that dies or hangs costs one attempt of one unit:
// done() gets `attempt_failed`, the slot starts another process. How often a unit may fail is the job store's
// matter. Thread rule: submit() and stop() from any thread; each run_*() is the body of one thread of its own
// that node/runtime makes; done() is called on those threads.
#pragma once

#include "config/environment.h"
#include "config/result.h"
#include "node/workers/segmenter.h"
#include "node/workers/worker_process.h"
#include "pipeline/unit/work_order.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

namespace efface::node {

/// What became of one unit.
struct UnitResult {
    bool attempt_failed = false;  ///< A process died or hung: nothing is known about the instance.
    std::string failure;          ///< Why the attempt failed; a literal.
    pipeline::CleanReport clean;
    pipeline::GateReport gate;  ///< Meaningful when clean.outcome is kCleaned.
    /// Of the mask: there is one where Unit::segmentation asked for it and the gate passed both.
    std::optional<JudgedSegmentation> segmentation;
    /// Why there is none, though it was asked for: the instance must not leave either. Else empty.
    std::string no_segmentation;
    /// Of the detectors that were asked, or "none": what the work order adds up to (promise P6).
    std::string model_digest = "none";
    std::int64_t clean_micros = 0;
    std::int64_t gate_micros = 0;
};

/// Where a unit is within the pool.
enum class UnitStage : std::uint8_t {
    kQueued,   ///< Waits for a cleaner or a gatekeeper.
    kInHands,  ///< A process works on it, under the unit deadline.
    /// Its Segmentation is being made and judged: two starts and two unit deadlines at most.
    kSegmenting,
};

struct Unit {
    pipeline::WorkOrder order;
    Descriptor original;  ///< Readable.
    Descriptor output;    ///< Readable and writable, empty.
    std::function<void(UnitResult)> done;
    /// Where it has come to; may be empty. Called on the pool's threads, before done(); must not block.
    std::function<void(UnitStage)> at{};
    /// Asked on a gatekeeper's thread once the gate passed an output of which something is blackened: an
    /// empty file, readable and writable, for the Segmentation of its mask, or an invalid one where none is
    /// wanted. May be empty. An error costs the attempt.
    std::function<Result<Descriptor>(const UnitResult&)> segmentation{};

    void note(UnitStage stage) const {
        if (at) {
            at(stage);
        }
    }
};

struct WorkerPoolLimits {
    std::size_t queue_units_max = 64;
    std::chrono::milliseconds unit_deadline{120'000};
    /// A process is replaced after this many units, so that a slow leak in a codec stays small.
    std::uint64_t units_per_process_max = 20'000;
    /// Failed starts in a row before the pool gives up and reports a fault to halt on.
    std::uint32_t start_failures_max = 5;
};

class WorkerPool {
public:
    WorkerPool(WorkerProgram program, WorkerPoolLimits limits);

    /// Takes the unit, waiting while the queue is full; false once stop() was called.
    bool submit(Unit unit);
    /// How many units submit() would take now without waiting.
    std::size_t room() const;

    /// Body of a cleaner's thread; returns after stop() once the queue is empty, or when processes
    /// cannot be started (fatal() then says why).
    void run_cleaner();
    void run_gatekeeper();

    /// No more submissions; run_*() finish what is queued and return. Call stop_gatekeepers() once
    /// every cleaner thread has been joined.
    void stop();
    void stop_gatekeepers();

    /// Why the pool cannot work, once it cannot.
    std::optional<Error> fatal() const;

    std::uint64_t restarts() const { return restarts_.load(); }

    std::size_t queued() const;

private:
    struct Judged {
        Unit unit;
        UnitResult result;
        bool with_detectors = false;
    };
    class Slot;
    class Row;

    /// Where the unit asks for it. One that cannot be made or is held is said in the result; a process that
    /// failed costs the attempt.
    void add_segmentation(Segmenter& segmenter, const Unit& unit, UnitResult& result);
    Result<pipeline::CleanReport> clean(Row& row, const Unit& unit, bool& with_detectors);

    template <class Item>
    struct Queue {
        std::deque<Item> items;
        bool closed = false;
        std::condition_variable not_empty;
        std::condition_variable not_full;
    };
    template <class Item>
    std::optional<Item> take(Queue<Item>& queue);
    template <class Item>
    bool put(Queue<Item>& queue, Item item);
    template <class Item>
    void close(Queue<Item>& queue);
    void give_up(Error error);
    void give_up_unless(bool with_detectors, const Error& error);

    const WorkerProgram program_;
    const WorkerPoolLimits limits_;
    std::atomic<std::uint64_t> restarts_{0};

    mutable std::mutex mutex_;  // Guards everything below.
    Queue<Unit> cleaning_;
    Queue<Judged> judging_;
    std::optional<Error> fatal_;
};

}  // namespace efface::node
