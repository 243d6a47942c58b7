#include "node/workers/worker_pool.h"

#include "config/json.h"
#include "node/workers/frozen_output.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <utility>

namespace efface::node {

namespace {

std::int64_t micros_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start)
        .count();
}

/// Of a reason or rule name in a worker's answer.
constexpr std::size_t kWorkerWordsBytesMax = 300;

constexpr std::string_view kNoDetectors =
    "text and faces must be looked for, and this node has no detectors: see efface doctor";

/// What a worker says in words stands in quarantine and audit. Ours says literals of the program, with a tag
/// or a number; one that was taken over shall not write a book there.
void keep_words_plain(std::string& words) {
    const bool plain = words.size() <= kWorkerWordsBytesMax &&
                       std::ranges::all_of(words, [](char c) { return c >= ' ' && c <= '~'; });
    if (!plain) {
        words = "a worker gave a reason that is no reason of ours";
    }
}

}  // namespace

/// One worker process and its replacement. Lives on one thread.
class WorkerPool::Slot {
public:
    Slot(WorkerPool& pool, const WorkerProgram& program) : pool_{pool}, program_{program} {}

    /// Asks the process, starting one if there is none. An error with kHalt: no process can be started.
    Result<std::string> ask(
        pipeline::MessageKind request, const Json& payload, std::initializer_list<int> descriptors,
        pipeline::MessageKind expected
    ) {
        reason_.clear();
        EFFACE_CHECK(ensure_process());
        ++units_;
        auto reply =
            process_->call(request, dump_json(payload), descriptors, expected, pool_.limits_.unit_deadline);
        if (!reply) {
            reason_ =
                process_->failure_reason().empty() ? reply.error().message() : process_->failure_reason();
            keep_words_plain(reason_);
        }
        if (!process_->alive()) {
            ++pool_.restarts_;
            process_.reset();
        }
        return reply;
    }

    const std::string& reason() const { return reason_; }

    /// As the process said when it was started; before ask() or after its death "none".
    std::string model_digest() const { return process_ ? process_->ready().model_digest : "none"; }

    void end_process() {
        ++pool_.restarts_;
        process_.reset();
    }

private:
    Status ensure_process() {
        if (process_ && units_ >= pool_.limits_.units_per_process_max) {
            process_.reset();
        }
        for (std::uint32_t failures = 0; !process_; ++failures) {
            auto started = WorkerProcess::start(program_);
            if (started) {
                process_.emplace(std::move(*started));
                units_ = 0;
            } else if (started.error().fault == Fault::kHalt || failures >= pool_.limits_.start_failures_max) {
                return fail(Fault::kHalt, started.error().text, started.error().where);
            }
        }
        return {};
    }

    WorkerPool& pool_;
    const WorkerProgram& program_;
    std::optional<WorkerProcess> process_;
    std::uint64_t units_ = 0;
    std::string reason_;
};

/// The two processes of one thread of the pool: one that starts at once and one with detectors.
class WorkerPool::Row {
public:
    explicit Row(WorkerPool& pool) : plain_{pool, pool.program_} {
        if (pool.program_.detectors) {
            detecting_.emplace(pool, *pool.program_.detectors);
        }
    }

    /// Null where no detectors are installed.
    Slot* find(bool with_detectors) {
        if (!with_detectors) {
            return &plain_;
        }
        return detecting_ ? &*detecting_ : nullptr;
    }

private:
    Slot plain_;
    std::optional<Slot> detecting_;
};

WorkerPool::WorkerPool(WorkerProgram program, WorkerPoolLimits limits)
    : program_{std::move(program)}, limits_{limits} {}

template <class Item>
std::optional<Item> WorkerPool::take(Queue<Item>& queue) {
    std::unique_lock lock{mutex_};
    queue.not_empty.wait(lock, [&] { return !queue.items.empty() || queue.closed; });
    if (queue.items.empty()) {
        return std::nullopt;
    }
    std::optional<Item> item{std::move(queue.items.front())};
    queue.items.pop_front();
    queue.not_full.notify_one();
    return item;
}

template <class Item>
bool WorkerPool::put(Queue<Item>& queue, Item item) {
    std::unique_lock lock{mutex_};
    queue.not_full.wait(lock, [&] { return queue.items.size() < limits_.queue_units_max || queue.closed; });
    if (queue.closed) {
        return false;
    }
    queue.items.push_back(std::move(item));
    queue.not_empty.notify_one();
    return true;
}

template <class Item>
void WorkerPool::close(Queue<Item>& queue) {
    const std::lock_guard lock{mutex_};
    queue.closed = true;
    queue.not_empty.notify_all();
    queue.not_full.notify_all();
}

bool WorkerPool::submit(Unit unit) {
    return put(cleaning_, std::move(unit));
}

std::size_t WorkerPool::room() const {
    const std::lock_guard lock{mutex_};
    return limits_.queue_units_max - std::min(limits_.queue_units_max, cleaning_.items.size());
}

std::size_t WorkerPool::queued() const {
    const std::lock_guard lock{mutex_};
    return cleaning_.items.size() + judging_.items.size();
}

void WorkerPool::give_up(Error error) {
    {
        const std::lock_guard lock{mutex_};
        fatal_ = fatal_.value_or(error);
    }
    close(cleaning_);
    close(judging_);
}

/// Detectors that do not start cost the units that need them (quarantined after three attempts), not the
/// node.
void WorkerPool::give_up_unless(bool with_detectors, const Error& error) {
    if (!with_detectors) {
        give_up(error);
    }
}

std::optional<Error> WorkerPool::fatal() const {
    const std::lock_guard lock{mutex_};
    return fatal_;
}

void WorkerPool::stop() {
    close(cleaning_);
}

void WorkerPool::stop_gatekeepers() {
    close(judging_);
}

/// The report of one process; where it has no detectors and they are needed, that of one that has.
Result<pipeline::CleanReport> WorkerPool::clean(Row& row, const Unit& unit, bool& with_detectors) {
    Slot& slot = *row.find(with_detectors);
    const auto reply = slot.ask(
        pipeline::MessageKind::kClean, pipeline::to_json(unit.order),
        {unit.original.get(), unit.output.get()}, pipeline::MessageKind::kCleaned
    );
    if (!reply) {
        return tl::unexpected<Error>(reply.error());
    }
    const auto json = parse_json(*reply);
    if (!json) {
        return fail(Fault::kRetry, "the cleaner's report is unreadable");
    }
    EFFACE_TRY(pipeline::CleanReport report, pipeline::clean_report_from_json(*json));
    if (report.outcome != pipeline::CleanReport::Outcome::kNeedsDetectors) {
        return report;
    }
    if (with_detectors || row.find(true) == nullptr) {
        report.outcome = pipeline::CleanReport::Outcome::kQuarantined;
        report.reason = kNoDetectors;
        return report;
    }
    with_detectors = true;
    return clean(row, unit, with_detectors);
}

void WorkerPool::run_cleaner() {
    Row row{*this};
    while (auto unit = take(cleaning_)) {
        unit->note(UnitStage::kInHands);
        UnitResult result;
        bool with_detectors = false;
        const auto start = std::chrono::steady_clock::now();
        auto report = clean(row, *unit, with_detectors);
        result.clean_micros = micros_since(start);
        Slot& slot = *row.find(with_detectors);
        if (!report) {
            result.attempt_failed = true;
            result.failure = slot.reason().empty() ? report.error().message() : slot.reason();
            if (report.error().fault == Fault::kHalt) {
                result.failure = report.error().message();
                give_up_unless(with_detectors, report.error());
            }
            unit->done(std::move(result));
            continue;
        }
        result.clean = std::move(*report);
        result.model_digest = slot.model_digest();
        keep_words_plain(result.model_digest);
        keep_words_plain(result.clean.reason);
        keep_words_plain(result.clean.rule);
        if (result.clean.outcome != pipeline::CleanReport::Outcome::kCleaned) {
            unit->done(std::move(result));
            continue;
        }
        // What the gate reads must be what is sent. A cleaner that was taken over could keep a way to
        // write the file and use it after the judgement: then it does not live to see it.
        auto frozen = freeze(unit->output);
        if (!frozen) {
            result.attempt_failed = true;
            result.failure = frozen.error().message();
            unit->done(std::move(result));
            continue;
        }
        if (!*frozen) {
            slot.end_process();
        }
        unit->note(UnitStage::kQueued);
        Judged judged{std::move(*unit), std::move(result), with_detectors};
        auto done = judged.unit.done;
        if (!put(judging_, std::move(judged))) {
            UnitResult stopped;
            stopped.attempt_failed = true;
            stopped.failure = "the node stopped before the gate judged";
            done(std::move(stopped));
        }
    }
}

void WorkerPool::add_segmentation(Segmenter& segmenter, const Unit& unit, UnitResult& result) {
    if (!unit.segmentation || result.clean.mask.empty()) {
        return;
    }
    auto output = unit.segmentation(result);
    if (!output) {
        result.attempt_failed = true;
        result.failure = output.error().message();
        return;
    }
    if (!output->valid()) {
        return;
    }
    unit.note(UnitStage::kSegmenting);
    const pipeline::SegmentRequest request{
        .order = unit.order, .mask = result.clean.mask, .cleaned_digest = result.gate.output_digest};
    auto made = segmenter.make(unit.output.get(), request, std::move(*output));
    if (made) {
        result.segmentation.emplace(std::move(*made));
        return;
    }
    std::string why = segmenter.reason().empty() ? made.error().message() : segmenter.reason();
    keep_words_plain(why);
    if (made.error().fault == Fault::kQuarantine) {
        result.no_segmentation = std::move(why);
        return;
    }
    ++restarts_;
    result.attempt_failed = true;
    result.failure = std::move(why);
}

void WorkerPool::run_gatekeeper() {
    Row row{*this};
    Segmenter segmenter{program_, limits_.unit_deadline, limits_.units_per_process_max};
    while (auto judged = take(judging_)) {
        Slot& slot = *row.find(judged->with_detectors);
        judged->unit.note(UnitStage::kInHands);
        UnitResult& result = judged->result;
        const auto start = std::chrono::steady_clock::now();
        const pipeline::GateRequest request{
            .order = judged->unit.order,
            .rule = result.clean.rule,
            .second_output = !judged->unit.order.transcode_to.empty(),
            .mask = result.clean.mask,
            .holes = result.clean.holes};
        const auto reply = slot.ask(
            pipeline::MessageKind::kGate, pipeline::to_json(request),
            {judged->unit.original.get(), judged->unit.output.get()}, pipeline::MessageKind::kJudged
        );
        result.gate_micros = micros_since(start);
        const auto json = reply ? parse_json(*reply) : std::nullopt;
        auto report =
            json ? pipeline::gate_report_from_json(*json)
                 : Result<pipeline::GateReport>{fail(Fault::kRetry, "the gate's report is unreadable")};
        if (report) {
            result.gate = std::move(*report);
            keep_words_plain(result.gate.reason);
            if (result.gate.passed) {
                add_segmentation(segmenter, judged->unit, result);
            }
        } else {
            result.attempt_failed = true;
            result.failure = reply ? report.error().message() : slot.reason();
            if (!reply && reply.error().fault == Fault::kHalt) {
                result.failure = reply.error().message();
                give_up_unless(judged->with_detectors, reply.error());
            }
        }
        judged->unit.done(std::move(result));
    }
}

}  // namespace efface::node
