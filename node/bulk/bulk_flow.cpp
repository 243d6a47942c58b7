// How items go through the threads: the walk begins them within a bound, the workers clean and judge, the
// finishing threads audit and place (bulk_settle.cpp).
#include "node/bulk/bulk_flow.h"

#include "node/workers/frozen_output.h"

#include <utility>

namespace efface::node {

namespace {

constexpr std::size_t kFinishThreads = 2;

}  // namespace

BulkFlow::BulkFlow(
    Environment& environment, const BulkOptions& options, const BulkHooks& hooks, BulkAudit& audit
)
    : environment_{environment},
      options_{options},
      hooks_{hooks},
      audit_{audit},
      tree_{environment, options.out},
      previewer_{options_.worker, options.unit_deadline},
      pool_{options.worker, {.queue_units_max = 2 * options.workers, .unit_deadline = options.unit_deadline}},
      outstanding_max_{kOutstandingPerWorker * options.workers},
      next_job_{audit.first_free_job()} {}

void BulkFlow::start_threads() {
    for (std::size_t i = 0; i < options_.workers; ++i) {
        cleaners_.emplace_back([this] { pool_.run_cleaner(); });
    }
    for (std::size_t i = 0; i < (options_.workers + 1) / 2; ++i) {
        gatekeepers_.emplace_back([this] { pool_.run_gatekeeper(); });
    }
    for (std::size_t i = 0; i < kFinishThreads; ++i) {
        finishers_.emplace_back([this] { finish_items(); });
    }
}

void BulkFlow::join_threads() {
    pool_.stop();
    for (std::thread& thread : cleaners_) {
        thread.join();
    }
    pool_.stop_gatekeepers();
    for (std::thread& thread : gatekeepers_) {
        thread.join();
    }
    {
        const std::lock_guard lock{mutex_};
        no_more_to_finish_ = true;
        changed_.notify_all();
    }
    for (std::thread& thread : finishers_) {
        thread.join();
    }
}

/// Waits for one of the three; false: all that was begun has ended and nothing new may begin.
bool BulkFlow::wait_for_turn(BulkItemPointer& retry, bool walk_ended) {
    std::unique_lock lock{mutex_};
    const auto may_begin = [&] { return !walk_ended && fatal_.empty() && outstanding_ < outstanding_max_; };
    changed_.wait(lock, [&] { return !to_retry_.empty() || outstanding_ == 0 || may_begin(); });
    if (!to_retry_.empty()) {
        retry = std::move(to_retry_.front());
        to_retry_.pop_front();
        return true;
    }
    if (!may_begin()) {
        return false;
    }
    ++outstanding_;
    return true;
}

tl::expected<BulkSummary, std::string> BulkFlow::all(FolderWalk walk) {
    start_threads();
    bool walk_ended = false;
    BulkItemPointer retry;
    while (wait_for_turn(retry, walk_ended)) {
        if (retry) {
            submit(std::exchange(retry, nullptr));
            continue;
        }
        auto found = hooks_.stop.load() ? std::nullopt : walk.next();
        if (found) {
            begin(std::move(*found));
        } else {
            walk_ended = true;
            give_permit_back();
        }
    }
    join_threads();
    summary_.interrupted = hooks_.stop.load();
    if (!fatal_.empty()) {
        return tl::unexpected(fatal_);
    }
    return summary_;
}

/// Reads one file; the permit for it was taken.
void BulkFlow::begin(FoundFile found) {
    ReadFile read = read_bulk_file(environment_, options_, found, environment_.clock.now());
    {
        const std::lock_guard lock{report_mutex_};
        summary_.bytes_in += found.bytes;
    }
    if (read.scratch_failed) {
        give_up(options_.scratch + ": " + read.outcome.reason);
        give_permit_back();
        return;
    }
    if (!read.instance) {
        end(read.outcome);
        give_permit_back();
        return;
    }
    auto item = std::make_shared<BulkItem>();
    item->instance = std::move(*read.instance);
    item->instance.order.job_id = next_job_++;
    item->outcome.in = std::move(read.outcome.in);
    submit(item);
}

void BulkFlow::submit(const BulkItemPointer& item) {
    ++item->attempts;
    auto output = open_scratch(environment_, options_.scratch);
    auto original = duplicate(item->instance.original);
    // Ours can only read: only the cleaner may be able to write, and the pool sees that it cannot either
    // when the gate judges.
    auto reading =
        output ? reopen_to_read(*output) : Result<Descriptor>{tl::unexpected<Error>(output.error())};
    if (!original || !reading) {
        give_up(options_.scratch + ": " + (original ? reading.error() : original.error()).message());
        give_permit_back();
        return;
    }
    item->output = std::move(*reading);
    const bool taken = pool_.submit(
        {.order = item->instance.order,
         .original = std::move(*original),
         .output = std::move(*output),
         .done = [this, item](UnitResult result) { take_result(item, std::move(result)); },
         .segmentation = [this](const UnitResult& result) { return begin_segmentation(result); }}
    );
    if (!taken) {
        const auto fatal = pool_.fatal();
        give_up(fatal ? options_.worker.path + ": " + fatal->message() : "the workers stopped");
        give_permit_back();
    }
}

/// Where the rule asks for it: of the cleaned file that the gate judged, and judged itself. An instance whose
/// mask cannot be delivered waits as one that cannot be cleaned. On the pool's threads.
Result<Descriptor> BulkFlow::begin_segmentation(const UnitResult& result) {
    const rules::Rule* rule = options_.rules.find(result.clean.rule);
    if (!options_.segmentations || rule == nullptr || !rule->pixels.mask_segmentation) {
        return Descriptor{};
    }
    return open_scratch(environment_, options_.scratch);
}

/// On the pool's threads: must not wait for anything that waits for the pool.
void BulkFlow::take_result(const BulkItemPointer& item, UnitResult result) {
    item->result = std::move(result);
    item->stage = BulkItem::Stage::kJudged;
    push(item);
}

void BulkFlow::push(const BulkItemPointer& item) {
    // Never more than outstanding_max_ items exist.
    const std::lock_guard lock{mutex_};
    to_finish_.push_back(item);
    changed_.notify_all();
}

void BulkFlow::finish_items() {
    for (;;) {
        BulkItemPointer item;
        {
            std::unique_lock lock{mutex_};
            changed_.wait(lock, [&] { return !to_finish_.empty() || no_more_to_finish_; });
            if (to_finish_.empty()) {
                return;
            }
            item = std::move(to_finish_.front());
            to_finish_.pop_front();
        }
        advance(item);
    }
}

void BulkFlow::advance(const BulkItemPointer& item) {
    switch (item->stage) {
        case BulkItem::Stage::kJudged:
            settle(item);
            return;
        case BulkItem::Stage::kPassed:
            place(item);
            return;
        case BulkItem::Stage::kEnded:
            end(item->outcome);
            give_permit_back();
            return;
    }
}

void BulkFlow::end(const FileOutcome& outcome) {
    const std::lock_guard lock{report_mutex_};
    summary_.add(outcome);
    hooks_.report(outcome);
}

void BulkFlow::give_permit_back() {
    const std::lock_guard lock{mutex_};
    --outstanding_;
    changed_.notify_all();
}

void BulkFlow::give_up(std::string why) {
    const std::lock_guard lock{mutex_};
    if (fatal_.empty()) {
        fatal_ = std::move(why);
    }
    changed_.notify_all();
}

}  // namespace efface::node
