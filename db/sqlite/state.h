// Inside db/sqlite only: what a Database holds, and how SQLite's result codes become errors.
#pragma once

#include "config/environment.h"
#include "db/sqlite/database.h"

#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace efface::db {

struct StatementEnd {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

using OwnedStatement = std::unique_ptr<sqlite3_stmt, StatementEnd>;

struct ConnectionEnd {
    void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
};

struct CachedStatement {
    OwnedStatement statement;
    bool in_use = false;
};

struct TextHash {
    using is_transparent = void;

    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

struct Database::State {
    // Declared first, so that it ends last: the lock outlives the connection.
    Descriptor writer_lock;
    std::unique_ptr<sqlite3, ConnectionEnd> connection;
    std::unordered_map<std::string, CachedStatement, TextHash, std::equal_to<>> statements;
    std::uint64_t rollback_count = 0;
};

/// A statement lent to a caller: reset, and given back to the cache or finalised, when it dies.
struct Rows::Lease {
    sqlite3_stmt* statement = nullptr;
    CachedStatement* cached = nullptr;  ///< Null where the statement is not cached.
    OwnedStatement own;
    sqlite3* connection = nullptr;

    Lease() = default;
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease();
};

/// The error of a failed call. I/O errors and damage are Fault::kHalt: what the disk holds is unknown.
tl::unexpected<Error> sqlite_error(sqlite3* connection, Literal text);

}  // namespace efface::db
