// Writer: the one thread that writes, committing in groups: many items, one fsync.
//
// A batch: sync each distinct directory that its items name (so that a spool file's entry is durable
// before the row that names it), then one transaction with a savepoint per item, commit, and only
// then the completions. An item that fails rolls back alone; when the commit fails, every item of the
// batch gets that error. After Fault::kHalt (I/O error: what reached the disk is unknown) nothing more
// is accepted: the node exits, and recovery at the next start decides.
// Thread rule: submit, try_submit, call, stop and stats from any thread; run (or run_once) from one.
#pragma once

#include "config/environment.h"
#include "db/sqlite/database.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>

namespace efface::db {

inline constexpr std::size_t kBatchItemsMax = 256;
inline constexpr std::size_t kQueueItemsMax = 4096;
/// How long an item that may wait is kept for company.
inline constexpr std::chrono::milliseconds kPatience{5};

struct WriteItem {
    /// Runs on the writer thread inside the transaction; touches nothing but the database and its own
    /// captures, and does not block. What it returns is what `done` gets when the commit succeeds.
    std::function<Status(Database&)> work;
    /// Runs on the writer thread after commit or failure, exactly once. Must not block or throw, and
    /// must not submit with submit() (a full queue would stop the only thread that empties it).
    std::function<void(const Status&)> done;
    /// Directories whose entries must be durable before this item commits.
    std::vector<std::string> directories;
    /// Nobody waits for it: committed with the next item that somebody waits for, or after the patience. Each
    /// batch writes the pages it touches once, so that fewer batches are less work for the same rows.
    bool may_wait = false;
};

struct WriterOptions {
    std::size_t batch_items_max = kBatchItemsMax;
    std::size_t queue_items_max = kQueueItemsMax;
    std::chrono::milliseconds patience = kPatience;
};

struct WriterStats {
    std::uint64_t batches = 0;
    std::uint64_t items = 0;
    std::uint64_t items_failed = 0;
    std::size_t queued = 0;
};

class Writer {
public:
    /// `database` and `files` outlive the Writer.
    Writer(Database& database, FileSystem& files, WriterOptions options = {});

    /// Waits while the queue is full. Fails (and `done` does not run) once stopped or halted.
    Status submit(WriteItem item);
    /// Takes `item` and returns true, or leaves it alone and returns false: full, stopped or halted.
    bool try_submit(WriteItem& item);
    /// submit() and wait for the outcome. Never from the writer thread.
    Status call(std::function<Status(Database&)> work);

    /// The writer thread's body: returns when stop() was called and the queue is empty.
    void run();
    /// No more submissions; run() finishes what is queued.
    void stop();
    /// One batch without a thread, for tests and one-process tools: how many items it took.
    std::size_t run_once();

    WriterStats stats() const;
    /// Success, or the Fault::kHalt that ended the writing.
    Status health() const;

private:
    void push(WriteItem item);
    std::deque<WriteItem> take_batch(bool wait);
    void write_batch(std::deque<WriteItem> batch);
    void finish(std::deque<WriteItem>& batch, const std::vector<Status>& outcomes);

    Database& database_;
    FileSystem& files_;
    const WriterOptions options_;

    mutable std::mutex mutex_;  // Guards what follows.
    std::condition_variable not_empty_;
    std::condition_variable not_full_;
    std::deque<WriteItem> queue_;
    std::size_t awaited_ = 0;  ///< Items of the queue that may not wait.
    WriterStats stats_;
    Status health_;
    bool stopping_ = false;
};

}  // namespace efface::db
