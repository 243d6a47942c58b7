// Opening: the pragmas of the writing connection and of a reader, and the lock that keeps a second
// writing process out.
#include "config/assert.h"
#include "db/sqlite/state.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace efface::db {

namespace {

constexpr mode_t kFileMode = 0600;
constexpr int kReaderBusyTimeoutMs = 5000;
/// Small allocations of a connection come from here instead of malloc: its cursors, mostly.
constexpr int kLookasideSlotBytes = 1200;
constexpr int kLookasideSlots = 200;

/// The lock is a file of its own: closing any descriptor of the database file would drop SQLite's
/// POSIX locks of this process on it.
Result<Descriptor> lock_for_writing(const std::string& path) {
    const std::string lock_path = path + "-writer";
    Descriptor lock{::open(lock_path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, kFileMode)};
    if (!lock.valid()) {
        return fail(Fault::kHalt, "cannot create the database's lock file", Where::number(errno));
    }
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        return fail(
            Fault::kHalt, "another process writes this database: is the node running already?",
            Where::number(errno)
        );
    }
    return lock;
}

/// Before SQLite opens it, so that no moment exists in which others can read the file; its WAL and
/// shared memory files take its mode.
Status ensure_private_file(const std::string& path) {
    const Descriptor file{::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, kFileMode)};
    if (!file.valid() || ::fchmod(file.get(), kFileMode) != 0) {
        return fail(Fault::kHalt, "cannot create or open the database file", Where::number(errno));
    }
    return {};
}

/// Once per process, before SQLite's first use: its allocation statistics take a global lock at every
/// malloc and free, and nobody reads them.
void configure_sqlite() {
    static const int configured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    EFFACE_ASSERT(configured == SQLITE_OK);
}

Result<std::unique_ptr<sqlite3, ConnectionEnd>> connect(const std::string& path, int flags) {
    configure_sqlite();
    sqlite3* raw = nullptr;
    // NOMUTEX: each connection is confined to one thread at a time.
    const int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    std::unique_ptr<sqlite3, ConnectionEnd> connection{raw};
    if (code != SQLITE_OK) {
        return fail(Fault::kRefuse, "cannot open the database file", Where::number(code));
    }
    sqlite3_extended_result_codes(raw, 1);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_LOOKASIDE, nullptr, kLookasideSlotBytes, kLookasideSlots);
    // Rows come only from our own statements; a manipulated schema shall not reach further.
    sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    return connection;
}

}  // namespace

Result<Database> Database::open_writer(const std::string& path) {
    auto state = std::make_unique<State>();
    EFFACE_TRY(state->writer_lock, lock_for_writing(path));
    EFFACE_CHECK(ensure_private_file(path));
    EFFACE_TRY(state->connection, connect(path, SQLITE_OPEN_READWRITE));
    Database database{std::move(state)};
    // A statement journal of a savepoint stays in memory (temp_store); 16 MB of WAL between
    // checkpoints spares rewriting hot pages; 8 MB of cache bound the process's memory.
    EFFACE_CHECK(
        database.run_script("PRAGMA journal_mode = WAL;"
                            "PRAGMA synchronous = FULL;"
                            "PRAGMA foreign_keys = ON;"
                            "PRAGMA temp_store = MEMORY;"
                            "PRAGMA cache_size = -8192;"
                            "PRAGMA wal_autocheckpoint = 4096;"
                            "PRAGMA journal_size_limit = 67108864;")
    );
    EFFACE_TRY(auto mode, database.select("PRAGMA journal_mode"));
    EFFACE_TRY(const bool any, mode.next());
    if (!any || mode.text_view(0) != "wal") {
        return fail(Fault::kHalt, "the file system does not allow a write-ahead log: use a local disk");
    }
    return database;
}

Result<Database> Database::open_reader(const std::string& path) {
    auto state = std::make_unique<State>();
    EFFACE_TRY(state->connection, connect(path, SQLITE_OPEN_READONLY));
    sqlite3* connection = state->connection.get();
    // A reader that happens to close last must not become a second checkpointer.
    sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_busy_timeout(connection, kReaderBusyTimeoutMs);
    Database database{std::move(state)};
    EFFACE_CHECK(database.run_script("PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;"));
    return database;
}

}  // namespace efface::db
