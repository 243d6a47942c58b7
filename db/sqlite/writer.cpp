#include "db/sqlite/writer.h"

#include "config/assert.h"
#include "db/sqlite/transaction.h"

#include <map>

namespace efface::db {

Writer::Writer(Database& database, FileSystem& files, WriterOptions options)
    : database_{database}, files_{files}, options_{options} {
    EFFACE_ASSERT(options_.batch_items_max > 0 && options_.queue_items_max > 0);
}

Status Writer::submit(WriteItem item) {
    std::unique_lock lock{mutex_};
    not_full_.wait(lock, [this] {
        return queue_.size() < options_.queue_items_max || stopping_ || !health_;
    });
    EFFACE_CHECK(health_);
    if (stopping_) {
        return fail(Fault::kRetry, "the node is stopping");
    }
    push(std::move(item));
    return {};
}

bool Writer::try_submit(WriteItem& item) {
    const std::lock_guard lock{mutex_};
    if (queue_.size() >= options_.queue_items_max || stopping_ || !health_) {
        return false;
    }
    push(std::move(item));
    return true;
}

void Writer::push(WriteItem item) {
    const bool may_wait = item.may_wait;
    awaited_ += may_wait ? 0 : 1;
    queue_.push_back(std::move(item));
    if (!may_wait || queue_.size() == 1 || queue_.size() >= options_.batch_items_max) {
        not_empty_.notify_one();
    }
}

Status Writer::call(std::function<Status(Database&)> work) {
    std::mutex mutex;
    std::condition_variable ready;
    std::optional<Status> outcome;
    const auto done = [&](const Status& status) {
        const std::lock_guard lock{mutex};
        outcome = status;
        ready.notify_one();
    };
    EFFACE_CHECK(submit({.work = std::move(work), .done = done, .directories = {}}));
    std::unique_lock lock{mutex};
    ready.wait(lock, [&] { return outcome.has_value(); });
    return *outcome;
}

void Writer::run() {
    for (;;) {
        std::deque<WriteItem> batch = take_batch(/*wait=*/true);
        if (batch.empty()) {
            return;
        }
        write_batch(std::move(batch));
    }
}

std::size_t Writer::run_once() {
    std::deque<WriteItem> batch = take_batch(/*wait=*/false);
    const std::size_t count = batch.size();
    if (count > 0) {
        write_batch(std::move(batch));
    }
    return count;
}

void Writer::stop() {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    not_empty_.notify_all();
    not_full_.notify_all();
}

WriterStats Writer::stats() const {
    const std::lock_guard lock{mutex_};
    WriterStats out = stats_;
    out.queued = queue_.size();
    return out;
}

Status Writer::health() const {
    const std::lock_guard lock{mutex_};
    return health_;
}

std::deque<WriteItem> Writer::take_batch(bool wait) {
    std::unique_lock lock{mutex_};
    if (wait) {
        not_empty_.wait(lock, [this] { return !queue_.empty() || stopping_; });
        not_empty_.wait_for(lock, options_.patience, [this] {
            return awaited_ > 0 || queue_.size() >= options_.batch_items_max || stopping_;
        });
    }
    std::deque<WriteItem> batch;
    while (!queue_.empty() && batch.size() < options_.batch_items_max) {
        awaited_ -= queue_.front().may_wait ? 0 : 1;
        batch.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    not_full_.notify_all();
    return batch;
}

namespace {

/// Once per distinct directory, before the transaction: fsync of a directory takes as long as a commit.
std::map<std::string, Status> sync_directories(FileSystem& files, const std::deque<WriteItem>& batch) {
    std::map<std::string, Status> synced;
    for (const WriteItem& item : batch) {
        for (const std::string& directory : item.directories) {
            if (!synced.contains(directory)) {
                synced.emplace(directory, files.sync_directory(directory));
            }
        }
    }
    return synced;
}

Status run_item(Database& database, const WriteItem& item) {
    EFFACE_TRY(Savepoint savepoint, Savepoint::begin(database));
    EFFACE_CHECK(item.work(database));
    return savepoint.release();
}

/// The outcome of each item, should the commit succeed; an error of the transaction itself is returned.
Status write_items(
    Database& database, const std::deque<WriteItem>& batch, const std::map<std::string, Status>& synced,
    std::vector<Status>& outcomes
) {
    EFFACE_TRY(Transaction transaction, Transaction::begin(database));
    for (const WriteItem& item : batch) {
        Status durable;
        for (const std::string& directory : item.directories) {
            durable = durable ? synced.at(directory) : durable;
        }
        outcomes.push_back(durable ? run_item(database, item) : durable);
        if (!outcomes.back() && outcomes.back().error().fault == Fault::kHalt) {
            return outcomes.back();
        }
    }
    return transaction.commit();
}

}  // namespace

void Writer::write_batch(std::deque<WriteItem> batch) {
    std::vector<Status> outcomes;
    outcomes.reserve(batch.size());
    Status committed = health();
    if (committed) {
        const auto synced = sync_directories(files_, batch);
        committed = write_items(database_, batch, synced, outcomes);
    }
    if (!committed) {
        outcomes.assign(batch.size(), committed);
    }
    if (!committed && committed.error().fault == Fault::kHalt) {
        const std::lock_guard lock{mutex_};
        health_ = committed;
        not_full_.notify_all();
    }
    finish(batch, outcomes);
}

void Writer::finish(std::deque<WriteItem>& batch, const std::vector<Status>& outcomes) {
    EFFACE_ASSERT(outcomes.size() == batch.size());
    std::uint64_t failed = 0;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        failed += outcomes[i] ? 0 : 1;
        if (batch[i].done) {
            batch[i].done(outcomes[i]);
        }
    }
    const std::lock_guard lock{mutex_};
    ++stats_.batches;
    stats_.items += batch.size();
    stats_.items_failed += failed;
}

}  // namespace efface::db
