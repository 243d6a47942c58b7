#include "node/bulk/bulk_run.h"

#include "config/json.h"
#include "node/bulk/bulk_audit.h"
#include "node/bulk/bulk_file.h"
#include "node/dispatch/receipt.h"
#include "node/forward/output_names.h"
#include "node/forward/part10_tree.h"
#include "node/workers/frozen_output.h"
#include "node/workers/worker_pool.h"
#include "rules/profile/profile.h"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <unistd.h>

namespace efface::node {

namespace {

constexpr std::size_t kFinishThreads = 2;

/// One instance on its way. Handed from thread to thread, never shared by two at a time.
struct Item {
    enum class Stage : std::uint8_t {
        kJudged,  ///< The workers are done with it: audit it.
        kPassed,  ///< Audited as cleaned: put it into OUT.
        kEnded,   ///< All is written: report it.
    };
    Stage stage = Stage::kJudged;
    BulkInstance instance;
    Descriptor output;
    std::uint32_t attempts = 0;
    UnitResult result;
    FileOutcome outcome;
};

using ItemPointer = std::shared_ptr<Item>;

class Run {
public:
    Run(Environment& environment, const BulkOptions& options, const BulkHooks& hooks, BulkAudit& audit)
        : environment_{environment},
          options_{options},
          hooks_{hooks},
          audit_{audit},
          tree_{environment, options.out},
          pool_{
              options.worker,
              {.queue_units_max = 2 * options.workers, .unit_deadline = options.unit_deadline}},
          outstanding_max_{kOutstandingPerWorker * options.workers},
          next_job_{audit.first_free_job()} {}

    tl::expected<BulkSummary, std::string> all(FolderWalk walk);

private:
    void start_threads();
    void join_threads();
    bool wait_for_turn(ItemPointer& retry, bool walk_ended);
    void begin(FoundFile found);
    void submit(const ItemPointer& item);
    void take_result(const ItemPointer& item, UnitResult result);
    void push(const ItemPointer& item);
    void finish_items();
    void advance(const ItemPointer& item);
    void settle(const ItemPointer& item);
    void place(const ItemPointer& item);
    void append(const ItemPointer& item, db::AuditEntry entry, Item::Stage next);
    void end(const FileOutcome& outcome);
    void give_permit_back();
    void give_up(std::string why);
    db::AuditEntry entry_for(const Item& item, db::AuditEvent event) const;

    Environment& environment_;
    const BulkOptions& options_;
    const BulkHooks& hooks_;
    BulkAudit& audit_;
    Part10Tree tree_;
    WorkerPool pool_;
    const std::size_t outstanding_max_;
    std::vector<std::thread> cleaners_;
    std::vector<std::thread> gatekeepers_;
    std::vector<std::thread> finishers_;

    std::mutex mutex_;  // Guards what follows.
    std::condition_variable changed_;
    std::deque<ItemPointer> to_finish_;
    std::deque<ItemPointer> to_retry_;
    std::size_t outstanding_ = 0;
    bool no_more_to_finish_ = false;
    std::string fatal_;

    std::mutex report_mutex_;  // Guards the summary and the report's calls.
    BulkSummary summary_;

    std::uint64_t next_job_;  // Confined to the walking thread.
};

void Run::start_threads() {
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

void Run::join_threads() {
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
bool Run::wait_for_turn(ItemPointer& retry, bool walk_ended) {
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

tl::expected<BulkSummary, std::string> Run::all(FolderWalk walk) {
    start_threads();
    bool walk_ended = false;
    ItemPointer retry;
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
void Run::begin(FoundFile found) {
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
    auto item = std::make_shared<Item>();
    item->instance = std::move(*read.instance);
    item->instance.order.job_id = next_job_++;
    item->outcome.in = std::move(read.outcome.in);
    submit(item);
}

void Run::submit(const ItemPointer& item) {
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
         .done = [this, item](UnitResult result) { take_result(item, std::move(result)); }}
    );
    if (!taken) {
        const auto fatal = pool_.fatal();
        give_up(fatal ? options_.worker.path + ": " + fatal->message() : "the workers stopped");
        give_permit_back();
    }
}

/// On the pool's threads: must not wait for anything that waits for the pool.
void Run::take_result(const ItemPointer& item, UnitResult result) {
    item->result = std::move(result);
    item->stage = Item::Stage::kJudged;
    push(item);
}

void Run::push(const ItemPointer& item) {
    // Never more than outstanding_max_ items exist.
    const std::lock_guard lock{mutex_};
    to_finish_.push_back(item);
    changed_.notify_all();
}

void Run::finish_items() {
    for (;;) {
        ItemPointer item;
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

void Run::advance(const ItemPointer& item) {
    switch (item->stage) {
        case Item::Stage::kJudged:
            settle(item);
            return;
        case Item::Stage::kPassed:
            place(item);
            return;
        case Item::Stage::kEnded:
            end(item->outcome);
            give_permit_back();
            return;
    }
}

db::AuditEntry Run::entry_for(const Item& item, db::AuditEvent event) const {
    const pipeline::WorkOrder& order = item.instance.order;
    return {
        .event = event,
        .outcome = db::AuditOutcome::kFailure,
        .at = environment_.clock.now(),
        .project = order.project,
        .job = order.job_id,
        .instance_hash = options_.identity.instance(order.sop_instance_uid.reveal()),
        .study_hash = options_.identity.study(item.instance.study_uid.reveal()),
        .rule = item.outcome.rule,
        .reason = item.outcome.reason,
    };
}

/// Audits what the workers said; a cleaned instance goes on only after its row is durable (P2).
void Run::settle(const ItemPointer& item) {
    using Outcome = pipeline::CleanReport::Outcome;
    using Kind = FileOutcome::Kind;
    const UnitResult& result = item->result;
    FileOutcome& outcome = item->outcome;
    outcome.rule = result.clean.rule;
    if (result.attempt_failed) {
        outcome.kind = Kind::kQuarantined;
        outcome.reason = result.failure;
        const bool spent = item->attempts >= kBulkAttemptsMax;
        if (!spent && !pool_.fatal()) {
            const std::lock_guard lock{mutex_};
            to_retry_.push_back(item);
            changed_.notify_all();
            return;
        }
        outcome.reason = "every attempt failed, the last one: " + result.failure;
        append(item, entry_for(*item, db::AuditEvent::kQuarantined), Item::Stage::kEnded);
        return;
    }
    if (result.clean.outcome != Outcome::kCleaned) {
        const bool refused = result.clean.outcome == Outcome::kRefused;
        outcome.kind = refused ? Kind::kRefused : Kind::kQuarantined;
        outcome.reason = result.clean.reason;
        const auto event = refused ? db::AuditEvent::kRefused : db::AuditEvent::kQuarantined;
        append(item, entry_for(*item, event), Item::Stage::kEnded);
        return;
    }
    if (!result.gate.passed) {
        outcome.kind = Kind::kQuarantined;
        const std::string& reason = result.gate.reason;
        outcome.reason = reason.starts_with("gate: ") ? reason : "gate: " + reason;
        append(item, entry_for(*item, db::AuditEvent::kGateRefused), Item::Stage::kEnded);
        return;
    }
    outcome.kind = Kind::kCleaned;
    outcome.actions = result.clean.actions;
    db::AuditEntry entry = entry_for(*item, db::AuditEvent::kCleaned);
    entry.outcome = db::AuditOutcome::kSuccess;
    entry.new_instance_uid = result.clean.new_sop_instance_uid;
    entry.new_study_uid = result.clean.new_study_uid;
    entry.detail =
        dump_json(make_receipt(item->instance.order, result, options_.identity, options_.key.fingerprint()));
    append(item, std::move(entry), Item::Stage::kPassed);
}

void Run::place(const ItemPointer& item) {
    FileOutcome& outcome = item->outcome;
    const auto placed = [&]() -> Result<Placed> {
        const pipeline::GateReport& judged = item->result.gate;
        EFFACE_TRY(
            const OutputFacts facts, read_output(item->output, judged.output_bytes, judged.output_digest)
        );
        EFFACE_TRY(outcome.out, tree_.path_of(facts.names));
        return tree_.place(item->output, facts.names);
    }();
    item->output = {};
    if (!placed && placed.error().fault != Fault::kQuarantine) {
        give_up(options_.out + ": " + placed.error().message());
    }
    if (placed) {
        outcome.already_there = *placed == Placed::kAlreadyThere;
        db::AuditEntry entry = entry_for(*item, db::AuditEvent::kDelivered);
        entry.outcome = db::AuditOutcome::kSuccess;
        entry.peer = "folder";
        entry.new_instance_uid = item->result.clean.new_sop_instance_uid;
        entry.new_study_uid = item->result.clean.new_study_uid;
        append(item, std::move(entry), Item::Stage::kEnded);
        return;
    }
    outcome.kind = FileOutcome::Kind::kQuarantined;
    outcome.out.clear();
    outcome.reason = placed.error().message();
    append(item, entry_for(*item, db::AuditEvent::kDeliveryFailed), Item::Stage::kEnded);
}

void Run::append(const ItemPointer& item, db::AuditEntry entry, Item::Stage next) {
    audit_.append(std::move(entry), [this, item, next](const Status& committed) {
        item->stage = next;
        if (!committed) {
            give_up("the audit cannot be written: " + committed.error().message());
            item->stage = Item::Stage::kEnded;
            item->outcome.kind = FileOutcome::Kind::kQuarantined;
            item->outcome.reason = "the audit cannot be written";
            item->outcome.out.clear();
        }
        push(item);
    });
}

void Run::end(const FileOutcome& outcome) {
    const std::lock_guard lock{report_mutex_};
    summary_.add(outcome);
    hooks_.report(outcome);
}

void Run::give_permit_back() {
    const std::lock_guard lock{mutex_};
    --outstanding_;
    changed_.notify_all();
}

void Run::give_up(std::string why) {
    const std::lock_guard lock{mutex_};
    if (fatal_.empty()) {
        fatal_ = std::move(why);
    }
    changed_.notify_all();
}

Json start_detail(const BulkOptions& options) {
    return {
        {"software_version", options.software_version},
        {"table_edition", rules::table_edition()},
        {"table_digest", rules::table_digest()},
        {"rule_digest", to_hex(options.rule_digest)},
        {"key_fingerprint", options.key.fingerprint()},
        {"audit_key", options.identity.fingerprint()},
        {"uid", ::getuid()},
    };
}

Json end_detail(const tl::expected<BulkSummary, std::string>& outcome) {
    if (!outcome) {
        return {{"ended", "could not go on"}};
    }
    const BulkSummary& summary = *outcome;
    return {
        {"ended", summary.interrupted ? "interrupted" : "complete"},
        {"files", summary.files},
        {"cleaned", summary.cleaned},
        {"quarantined", summary.quarantined},
        {"refused", summary.refused},
        {"not_dicom", summary.not_dicom},
    };
}

}  // namespace

tl::expected<BulkSummary, std::string> run_bulk(
    Environment& environment, const BulkOptions& options, const BulkHooks& hooks
) {
    auto walk = FolderWalk::open(options.in);
    if (!walk) {
        return tl::unexpected(walk.error());
    }
    if (auto separate = check_bulk_paths(options); !separate) {
        return tl::unexpected(separate.error());
    }
    for (const std::string& directory : {options.out, options.scratch}) {
        if (const Status made = environment.files.make_directory(directory); !made) {
            return tl::unexpected(directory + ": " + made.error().message());
        }
    }
    auto audit = BulkAudit::open(environment.files, options.audit_file);
    if (!audit) {
        return tl::unexpected(options.audit_file + ": " + audit.error().message());
    }
    db::AuditEntry entry{
        .event = db::AuditEvent::kRunStarted,
        .at = environment.clock.now(),
        .project = options.project,
        .detail = dump_json(start_detail(options))};
    if (const Status written = (*audit)->append_now(entry); !written) {
        return tl::unexpected(options.audit_file + ": " + written.error().message());
    }
    auto outcome = Run{environment, options, hooks, **audit}.all(std::move(*walk));
    entry.event = db::AuditEvent::kRunFinished;
    entry.outcome =
        outcome && outcome->all_cleaned() ? db::AuditOutcome::kSuccess : db::AuditOutcome::kWarning;
    entry.at = environment.clock.now();
    entry.detail = dump_json(end_detail(outcome));
    if (const Status written = (*audit)->append_now(entry); !written && outcome) {
        return tl::unexpected(options.audit_file + ": " + written.error().message());
    }
    return outcome;
}

}  // namespace efface::node
