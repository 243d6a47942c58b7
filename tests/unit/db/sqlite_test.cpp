// The wrapper: what is bound is data, what fails rolls back, who may write is one.
#include "db/sqlite/database.h"
#include "db/sqlite/migration.h"
#include "tests/unit/db/temporary_store.h"

#include <sys/stat.h>

namespace efface::db {
namespace {

using testing::fault_of;
using testing::must;
using testing::TemporaryDirectory;

struct Table {
    TemporaryDirectory directory;
    std::string path = directory.file("t.db");
    Database database = must(Database::open_writer(path));

    Table() { must(database.run_script("CREATE TABLE t (a TEXT, b BLOB, n INTEGER) STRICT")); }

    std::int64_t count() {
        Rows rows = must(database.select("SELECT count(*) FROM t"));
        EXPECT_TRUE(must(rows.next()));
        return rows.integer(0);
    }
};

TEST(Database, BoundTextIsDataWhateverItSays) {
    Table table;
    const std::string hostile{"'); DROP TABLE t; --\0x", 23};
    const Digest digest = sha256("x");

    must(table.database.run("INSERT INTO t VALUES (?, ?, ?)", {hostile, digest, 5}));

    Rows rows = must(table.database.select("SELECT a, b, n FROM t WHERE a = ?", {hostile}));
    ASSERT_TRUE(must(rows.next()));
    EXPECT_EQ(rows.text(0), hostile);
    EXPECT_EQ(rows.digest(1), digest);
    EXPECT_EQ(rows.integer(2), 5);
    EXPECT_FALSE(must(rows.next()));
}

TEST(Database, EmptyTextIsNotNull) {
    Table table;

    must(table.database.run("INSERT INTO t VALUES (?, ?, ?)", {std::string_view{}, nullptr, 1}));

    Rows rows = must(table.database.select("SELECT a, b FROM t"));
    ASSERT_TRUE(must(rows.next()));
    EXPECT_FALSE(rows.is_null(0));
    EXPECT_TRUE(rows.is_null(1));
}

TEST(Database, SameStatementMayRunInsideItself) {
    Table table;
    must(table.database.run("INSERT INTO t VALUES ('1', NULL, 1), ('2', NULL, 2)"));

    Rows outer = must(table.database.select("SELECT n FROM t ORDER BY n"));
    ASSERT_TRUE(must(outer.next()));
    Rows inner = must(table.database.select("SELECT n FROM t ORDER BY n"));
    ASSERT_TRUE(must(inner.next()));
    ASSERT_TRUE(must(inner.next()));

    EXPECT_EQ(outer.integer(0), 1);
    EXPECT_EQ(inner.integer(0), 2);
}

TEST(Database, StrictTableRefusesAWrongType) {
    Table table;

    EXPECT_EQ(
        fault_of(table.database.run("INSERT INTO t VALUES (?, ?, ?)", {"a", nullptr, "text"})), Fault::kRefuse
    );
}

TEST(Database, FileIsReadableByItsOwnerOnly) {
    Table table;

    struct stat info {};

    for (const char* suffix : {"", "-wal", "-shm", "-writer"}) {
        ASSERT_EQ(::stat((table.path + suffix).c_str(), &info), 0) << suffix;
        EXPECT_EQ(info.st_mode & 0777U, 0600U) << suffix;
    }
}

TEST(Database, SecondWriterIsRefused) {
    Table table;

    EXPECT_EQ(fault_of(Database::open_writer(table.path)), Fault::kHalt);
}

TEST(Database, ReaderSeesCommittedRowsAndCannotWrite) {
    Table table;
    must(table.database.run("INSERT INTO t VALUES ('a', NULL, 1)"));

    Database reader = must(Database::open_reader(table.path));

    Rows rows = must(reader.select("SELECT count(*) FROM t"));
    ASSERT_TRUE(must(rows.next()));
    EXPECT_EQ(rows.integer(0), 1);
    EXPECT_FALSE(reader.run("DELETE FROM t"));
}

TEST(Database, ReaderThatClosesLastLeavesTheWalAlone) {
    TemporaryDirectory directory;
    const std::string path = directory.file("t.db");
    std::optional<Database> reader;
    {
        Database writer = must(Database::open_writer(path));
        must(writer.run_script("CREATE TABLE t (n INTEGER) STRICT"));
        reader.emplace(must(Database::open_reader(path)));
        Rows rows = must(reader->select("SELECT count(*) FROM t"));
        ASSERT_TRUE(must(rows.next()));
    }
    const auto before = std::filesystem::file_size(path + "-wal");

    reader.reset();

    EXPECT_GT(before, 0u);
    EXPECT_EQ(std::filesystem::file_size(path + "-wal"), before);
}

TEST(Database, QuickCheckTellsADamagedFile) {
    TemporaryDirectory directory;
    const std::string path = directory.file("t.db");
    {
        Database writer = must(Database::open_writer(path));
        must(writer.run_script("CREATE TABLE t (a TEXT) STRICT; CREATE INDEX i ON t (a);"));
        for (int i = 0; i < 500; ++i) {
            must(writer.run("INSERT INTO t VALUES (?)", {std::string(50, static_cast<char>('a' + i % 26))}));
        }
        must(writer.quick_check());
        must(writer.checkpoint());
    }
    {
        const Descriptor file = must(system_environment().files.open_read(path));
        std::FILE* raw = std::fopen(path.c_str(), "r+b");
        ASSERT_NE(raw, nullptr);
        std::fseek(raw, 4096 * 3, SEEK_SET);
        const std::string garbage(2000, '\xA5');
        std::fwrite(garbage.data(), 1, garbage.size(), raw);
        std::fclose(raw);
    }

    Database reader = must(Database::open_reader(path));

    EXPECT_EQ(fault_of(reader.quick_check()), Fault::kHalt);
}

TEST(Transaction, WhatIsNotCommittedIsRolledBack) {
    Table table;
    const std::uint64_t rollbacks = table.database.rollback_count();
    {
        Transaction transaction = must(Transaction::begin(table.database));
        must(table.database.run("INSERT INTO t VALUES ('a', NULL, 1)"));
    }
    EXPECT_EQ(table.count(), 0);
    EXPECT_GT(table.database.rollback_count(), rollbacks);
}

TEST(Savepoint, FailsAloneInsideATransaction) {
    Table table;
    Transaction transaction = must(Transaction::begin(table.database));
    must(table.database.run("INSERT INTO t VALUES ('kept', NULL, 1)"));
    {
        Savepoint savepoint = must(Savepoint::begin(table.database));
        must(table.database.run("INSERT INTO t VALUES ('dropped', NULL, 2)"));
    }
    {
        Savepoint savepoint = must(Savepoint::begin(table.database));
        must(table.database.run("INSERT INTO t VALUES ('kept', NULL, 3)"));
        must(savepoint.release());
    }
    must(transaction.commit());

    EXPECT_EQ(table.count(), 2);
}

TEST(Savepoint, OutsideATransactionIsRefusedBecauseItWouldCommitAlone) {
    Table table;

    EXPECT_EQ(fault_of(Savepoint::begin(table.database)), Fault::kRetry);
}

Status add_column(Database& database) {
    return database.run_script("ALTER TABLE t ADD COLUMN more INTEGER");
}

Status make_table(Database& database) {
    return database.run_script("CREATE TABLE t (n INTEGER) STRICT");
}

Status break_off(Database& database) {
    EFFACE_CHECK(database.run_script("CREATE TABLE half (n INTEGER) STRICT"));
    return fail(Fault::kHalt, "planned");
}

TEST(Migration, AppliesOnlyTheMissingSteps) {
    TemporaryDirectory directory;
    Database database = must(Database::open_writer(directory.file("t.db")));
    const std::array first{Migration{"one", &make_table}};
    const std::array both{Migration{"one", &make_table}, Migration{"two", &add_column}};

    must(migrate(database, first));
    must(migrate(database, both));
    must(migrate(database, both));

    must(require_version(database, 2));
    must(database.run("INSERT INTO t (n, more) VALUES (1, 2)"));
}

TEST(Migration, NewerFileIsRefused) {
    TemporaryDirectory directory;
    Database database = must(Database::open_writer(directory.file("t.db")));
    must(database.run_script("PRAGMA user_version = 7"));
    const std::array first{Migration{"one", &make_table}};

    EXPECT_EQ(fault_of(migrate(database, first)), Fault::kHalt);
    EXPECT_EQ(fault_of(require_version(database, 1)), Fault::kHalt);
}

TEST(Migration, StepThatFailsLeavesNothingBehind) {
    TemporaryDirectory directory;
    Database database = must(Database::open_writer(directory.file("t.db")));
    const std::array broken{Migration{"one", &break_off}};

    EXPECT_FALSE(migrate(database, broken));

    EXPECT_FALSE(database.run("INSERT INTO half VALUES (1)"));
    must(require_version(database, 0));
}

}  // namespace
}  // namespace efface::db
