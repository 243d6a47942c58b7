// Goal: what a submitter is told is what is on the disk, item by item. Method: batches run by hand with
// run_once(); the concurrent test runs a real thread and counts.
#include "db/sqlite/writer.h"

#include "tests/unit/db/temporary_store.h"

#include <atomic>
#include <future>
#include <thread>

namespace efface::db {
namespace {

using testing::fault_of;
using testing::must;
using testing::TemporaryDirectory;

/// The real files, but syncing a directory is counted and can fail.
class CountingFiles final : public FileSystem {
public:
    std::map<std::string, int> synced;
    std::string broken_directory;

    Status sync_directory(const std::string& directory) override {
        ++synced[directory];
        if (directory == broken_directory) {
            return fail(Fault::kRetry, "planned");
        }
        return {};
    }

    Result<Descriptor> open_unnamed(const std::string& d) override { return real_.open_unnamed(d); }

    Result<Descriptor> create(const std::string& p) override { return real_.create(p); }

    Result<Descriptor> open_read(const std::string& p) override { return real_.open_read(p); }

    Status write(const Descriptor& f, std::span<const std::byte> b) override { return real_.write(f, b); }

    Status sync(const Descriptor& f) override { return real_.sync(f); }

    Status close(Descriptor f) override { return real_.close(std::move(f)); }

    Status link_unnamed(const Descriptor& f, const std::string& p) override {
        return real_.link_unnamed(f, p);
    }

    Status link(const std::string& a, const std::string& b) override { return real_.link(a, b); }

    Status copy(const Descriptor& a, const Descriptor& b) override { return real_.copy(a, b); }

    Status rename(const std::string& a, const std::string& b) override { return real_.rename(a, b); }

    Status remove(const std::string& p) override { return real_.remove(p); }

    Status make_directory(const std::string& d) override { return real_.make_directory(d); }

    Status remove_empty_directory(const std::string& d) override { return real_.remove_empty_directory(d); }

    Result<std::vector<std::string>> list(const std::string& d) override { return real_.list(d); }

    Result<std::uint64_t> size(const std::string& p) override { return real_.size(p); }

    Result<DiskSpace> space(const std::string& d) override { return real_.space(d); }

private:
    FileSystem& real_ = system_environment().files;
};

struct Bench {
    TemporaryDirectory directory;
    Database database = must(Database::open_writer(directory.file("t.db")));
    Database reader = must(Database::open_reader(directory.file("t.db")));
    CountingFiles files;
    Writer writer{database, files};
    std::vector<Status> outcomes;

    Bench() {
        must(
            database.run_script("CREATE TABLE parent (n INTEGER PRIMARY KEY) STRICT;"
                                "CREATE TABLE t (n INTEGER NOT NULL CHECK (n < 1000000), "
                                "parent INTEGER REFERENCES parent (n)) STRICT;")
        );
    }

    WriteItem item(std::function<Status(Database&)> work, std::vector<std::string> sync = {}) {
        return {
            std::move(work), [this](const Status& status) { outcomes.push_back(status); }, std::move(sync)};
    }

    WriteItem insert(int n, std::vector<std::string> sync = {}) {
        return item(
            [n](Database& db) { return db.run("INSERT INTO t (n) VALUES (?)", {n}); }, std::move(sync)
        );
    }

    std::int64_t committed() {
        Rows rows = must(reader.select("SELECT count(*) FROM t"));
        EXPECT_TRUE(must(rows.next()));
        return rows.integer(0);
    }
};

TEST(Writer, BatchIsCommittedBeforeTheFirstCompletion) {
    Bench bench;
    std::int64_t seen = -1;
    must(bench.writer.submit(bench.insert(1)));
    WriteItem second = bench.insert(2);
    second.done = [&](const Status&) { seen = bench.committed(); };
    must(bench.writer.submit(std::move(second)));

    EXPECT_EQ(bench.committed(), 0);
    EXPECT_EQ(bench.writer.run_once(), 2u);

    EXPECT_EQ(seen, 2);
    EXPECT_EQ(bench.writer.stats().batches, 1u);
}

TEST(Writer, ItemThatFailsRollsBackAlone) {
    Bench bench;
    must(bench.writer.submit(bench.insert(1)));
    must(bench.writer.submit(bench.item([](Database& db) -> Status {
        EFFACE_CHECK(db.run("INSERT INTO t (n) VALUES (2)"));
        return fail(Fault::kRefuse, "planned");
    })));
    must(bench.writer.submit(bench.insert(3)));

    bench.writer.run_once();

    ASSERT_EQ(bench.outcomes.size(), 3u);
    EXPECT_TRUE(bench.outcomes[0]);
    EXPECT_EQ(fault_of(bench.outcomes[1]), Fault::kRefuse);
    EXPECT_TRUE(bench.outcomes[2]);
    EXPECT_EQ(bench.committed(), 2);
}

TEST(Writer, FailedCommitIsToldToEveryItemOfTheBatch) {
    Bench bench;
    must(bench.writer.submit(bench.insert(1)));
    must(bench.writer.submit(bench.item([](Database& db) -> Status {
        // A foreign key that is only checked at COMMIT.
        EFFACE_CHECK(db.run_script("PRAGMA defer_foreign_keys = ON"));
        return db.run("INSERT INTO t (n, parent) VALUES (2, 99)");
    })));

    bench.writer.run_once();

    ASSERT_EQ(bench.outcomes.size(), 2u);
    EXPECT_FALSE(bench.outcomes[0]);
    EXPECT_FALSE(bench.outcomes[1]);
    EXPECT_EQ(bench.committed(), 0);

    must(bench.writer.submit(bench.insert(3)));
    bench.writer.run_once();
    EXPECT_TRUE(bench.outcomes.back());
    EXPECT_EQ(bench.committed(), 1);
}

TEST(Writer, FullDiskFailsTheWholeBatchAndNothingOfItIsKept) {
    Bench bench;
    must(bench.database.run_script("CREATE TABLE big (b BLOB) STRICT"));
    Rows pages = must(bench.database.select("PRAGMA page_count"));
    ASSERT_TRUE(must(pages.next()));
    ASSERT_LT(pages.integer(0), 10);
    {
        Rows limit = must(bench.database.select("PRAGMA max_page_count = 10"));
        ASSERT_TRUE(must(limit.next()));
    }
    must(bench.writer.submit(bench.insert(1)));
    must(bench.writer.submit(bench.item([](Database& db) {
        return db.run("INSERT INTO big VALUES (zeroblob(200000))");
    })));
    must(bench.writer.submit(bench.insert(3)));

    bench.writer.run_once();

    ASSERT_EQ(bench.outcomes.size(), 3u);
    EXPECT_EQ(fault_of(bench.outcomes[1]), Fault::kRetry);
    // Whether SQLite rolled back the statement or the transaction, each is told what happened to it.
    std::int64_t told = 0;
    for (const Status& outcome : bench.outcomes) {
        told += outcome ? 1 : 0;
    }
    EXPECT_EQ(bench.committed(), told);
}

TEST(Writer, HaltInAnItemStopsAllWriting) {
    Bench bench;
    must(bench.writer.submit(bench.insert(1)));
    must(bench.writer.submit(bench.item([](Database&) -> Status { return fail(Fault::kHalt, "planned"); })));

    bench.writer.run_once();

    EXPECT_EQ(bench.committed(), 0);
    EXPECT_EQ(fault_of(bench.outcomes.at(0)), Fault::kHalt);
    EXPECT_EQ(fault_of(bench.writer.submit(bench.insert(2))), Fault::kHalt);
    EXPECT_EQ(fault_of(bench.writer.health()), Fault::kHalt);
}

TEST(Writer, EachDirectoryIsSyncedOncePerBatchBeforeItsItems) {
    Bench bench;
    bench.files.broken_directory = "b";
    must(bench.writer.submit(bench.insert(1, {"a"})));
    must(bench.writer.submit(bench.insert(2, {"b"})));
    must(bench.writer.submit(bench.insert(3, {"a"})));
    must(bench.writer.submit(bench.insert(4)));

    bench.writer.run_once();

    EXPECT_EQ(bench.files.synced, (std::map<std::string, int>{{"a", 1}, {"b", 1}}));
    ASSERT_EQ(bench.outcomes.size(), 4u);
    EXPECT_TRUE(bench.outcomes[0]);
    EXPECT_FALSE(bench.outcomes[1]);  // Its file's entry is not durable: no row may name it.
    EXPECT_TRUE(bench.outcomes[2]);
    EXPECT_TRUE(bench.outcomes[3]);
    EXPECT_EQ(bench.committed(), 3);
}

TEST(Writer, FullQueueIsTold) {
    Bench bench;
    Writer small{bench.database, bench.files, {.batch_items_max = 2, .queue_items_max = 3}};
    for (int n = 0; n < 3; ++n) {
        WriteItem item = bench.insert(n);
        ASSERT_TRUE(small.try_submit(item));
    }
    WriteItem one_more = bench.insert(3);

    EXPECT_FALSE(small.try_submit(one_more));
    EXPECT_TRUE(one_more.work);  // Still the caller's.

    EXPECT_EQ(small.run_once(), 2u);
    EXPECT_TRUE(small.try_submit(one_more));
    EXPECT_EQ(small.run_once(), 2u);
    EXPECT_EQ(small.run_once(), 0u);
}

TEST(Writer, StopDrainsWhatIsQueuedAndTakesNothingMore) {
    Bench bench;
    for (int n = 0; n < 5; ++n) {
        must(bench.writer.submit(bench.insert(n)));
    }

    bench.writer.stop();
    bench.writer.run();

    EXPECT_EQ(bench.committed(), 5);
    EXPECT_EQ(bench.outcomes.size(), 5u);
    EXPECT_EQ(fault_of(bench.writer.submit(bench.insert(9))), Fault::kRetry);
}

TEST(Writer, WhatMayWaitIsCommittedWithTheNextItemThatMayNot) {
    Bench bench;
    Writer writer{bench.database, bench.files, {.patience = std::chrono::hours{1}}};
    std::thread writing{[&] { writer.run(); }};
    for (int n = 0; n < 3; ++n) {
        WriteItem item = bench.insert(n);
        item.may_wait = true;
        must(writer.submit(std::move(item)));
    }

    must(writer.call([](Database&) -> Status { return {}; }));

    EXPECT_EQ(bench.committed(), 3);
    writer.stop();
    writing.join();
    EXPECT_EQ(writer.stats().batches, 1u);
}

TEST(Writer, WhatMayWaitDoesNotWaitForEver) {
    Bench bench;
    Writer patient{bench.database, bench.files, {.patience = std::chrono::milliseconds{1}}};
    Writer stopped{bench.database, bench.files, {.patience = std::chrono::hours{1}}};
    for (Writer* writer : {&patient, &stopped}) {
        std::promise<void> committed;
        std::thread writing{[&] { writer->run(); }};
        must(writer->submit(
            {.work = [](Database&) -> Status { return {}; },
             .done = [&](const Status&) { committed.set_value(); },
             .directories = {},
             .may_wait = true}
        ));
        if (writer == &stopped) {
            writer->stop();
        }
        EXPECT_EQ(committed.get_future().wait_for(std::chrono::seconds{60}), std::future_status::ready);
        writer->stop();
        writing.join();
    }
}

TEST(Writer, ManySubmittersAreAllAnsweredOnceAndOnlyAfterTheirRowIsDurable) {
    constexpr int kThreads = 4;
    constexpr int kItemsEach = 400;
    Bench bench;
    Writer writer{bench.database, bench.files, {.batch_items_max = 32, .queue_items_max = 64}};
    std::atomic<int> succeeded = 0;
    std::atomic<int> failed = 0;
    std::thread writing{[&] { writer.run(); }};

    std::vector<std::thread> submitters;
    for (int thread = 0; thread < kThreads; ++thread) {
        submitters.emplace_back([&, thread] {
            for (int i = 0; i < kItemsEach; ++i) {
                const int n = i % 10 == 0 ? 2'000'000 : thread * kItemsEach + i;  // Every tenth fails.
                must(writer.submit(
                    {[n](Database& db) { return db.run("INSERT INTO t (n) VALUES (?)", {n}); },
                     [&](const Status& status) { ++(status ? succeeded : failed); },
                     {"spool"}}
                ));
            }
            must(writer.call([](Database&) -> Status { return {}; }));
        });
    }
    for (std::thread& submitter : submitters) {
        submitter.join();
    }
    writer.stop();
    writing.join();

    EXPECT_EQ(failed, kThreads * kItemsEach / 10);
    EXPECT_EQ(succeeded, kThreads * kItemsEach - failed);
    EXPECT_EQ(bench.committed(), succeeded);
    EXPECT_EQ(writer.stats().items, static_cast<std::uint64_t>(kThreads * (kItemsEach + 1)));
}

}  // namespace
}  // namespace efface::db
