// Database: one SQLite connection with its prepared statements.
//
// SQL is made of literals only (Literal, SqlText): a value reaches the engine by binding or not at
// all. Every step returns a [[nodiscard]] Result, so an unchecked one does not compile. Exactly one
// connection per file writes and checkpoints (SQLite before 3.51.3 has a WAL-reset bug with two);
// readers are query_only. The file is mode 0600: it holds original UIDs.
// Thread rule: a connection and its Rows belong to one thread at a time.
#pragma once

#include "config/crypto/digest.h"
#include "config/result.h"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct sqlite3_stmt;

namespace efface::db {

/// One bound value. It borrows text and bytes: they live until the call that takes it returns.
class Value {
public:
    Value(std::nullptr_t) {}  // NOLINT

    Value(int value) : kind_{Kind::kInteger}, integer_{value} {}  // NOLINT

    Value(unsigned value) : kind_{Kind::kInteger}, integer_{value} {}  // NOLINT

    Value(bool value) : kind_{Kind::kInteger}, integer_{value ? 1 : 0} {}  // NOLINT

    Value(std::int64_t value) : kind_{Kind::kInteger}, integer_{value} {}  // NOLINT

    Value(std::uint64_t value);  ///< Asserts that it fits into 63 bits.                    // NOLINT

    Value(std::string_view text) : kind_{Kind::kText}, bytes_{text} {}  // NOLINT

    Value(const std::string& text) : kind_{Kind::kText}, bytes_{text} {}  // NOLINT

    Value(const char* text) : kind_{Kind::kText}, bytes_{text} {}  // NOLINT

    Value(std::span<const std::uint8_t> blob);  // NOLINT

    Value(const Digest& digest) : Value{std::span<const std::uint8_t>{digest}} {}  // NOLINT

    template <class T>
    Value(const std::optional<T>& value) : Value{value ? Value{*value} : Value{nullptr}} {}  // NOLINT

private:
    friend class Database;
    enum class Kind : std::uint8_t { kNull, kInteger, kText, kBlob };
    Kind kind_ = Kind::kNull;
    std::int64_t integer_ = 0;
    std::string_view bytes_;
};

using Values = std::initializer_list<Value>;

/// SQL put together from literals, for queries whose filters vary.
class SqlText {
public:
    SqlText& operator+=(Literal part) {
        text_ += part.view();
        return *this;
    }

    std::string_view view() const { return text_; }

private:
    std::string text_;
};

/// The rows of one running SELECT. Ends (and gives its statement back) when it dies.
class Rows {
public:
    Rows(Rows&&) noexcept;
    Rows& operator=(Rows&&) = delete;
    ~Rows();

    /// Moves to the next row; false after the last. Columns may be read only after true.
    Result<bool> next();

    bool is_null(int column) const;
    std::int64_t integer(int column) const;
    std::uint64_t count(int column) const;  ///< integer() that is asserted not to be negative.
    std::string text(int column) const;
    std::string_view text_view(int column) const;  ///< Valid until next().
    /// 32 bytes; all zero for NULL and for an empty blob. Another length is an assertion: the schema forbids
    /// it.
    Digest digest(int column) const;
    std::span<const std::uint8_t> blob(int column) const;  ///< Valid until next().

private:
    friend class Database;
    struct Lease;
    explicit Rows(std::unique_ptr<Lease> lease);
    std::unique_ptr<Lease> lease_;
    bool on_row_ = false;
};

class Database {
public:
    /// Opens (and creates, mode 0600) the file for the one writing connection: WAL, synchronous=FULL,
    /// foreign keys on. Fails with Fault::kHalt where another process or object already writes this file.
    static Result<Database> open_writer(const std::string& path);
    /// Opens an existing file query_only; never checkpoints. Works beside a running daemon and without one.
    static Result<Database> open_reader(const std::string& path);

    Database(Database&&) noexcept;
    Database& operator=(Database&&) noexcept;
    ~Database();

    /// INSERT, UPDATE, DELETE: runs to the end. Statements are prepared once per connection and kept.
    Status run(Literal sql, Values values = {});
    /// Several statements without values: schema, pragmas.
    Status run_script(Literal sql);
    Result<Rows> select(Literal sql, Values values = {});
    Result<Rows> select(const SqlText& sql, std::span<const Value> values);

    /// Rows changed by the last run().
    std::int64_t changes() const;
    std::int64_t last_insert_id() const;
    /// Grows with every rollback, of a transaction or a savepoint: whoever caches what a row says
    /// (the audit chain's head) reads again when it has grown.
    std::uint64_t rollback_count() const;

    /// PRAGMA quick_check: Fault::kHalt where the file is damaged. Reads the whole file; at start-up.
    Status quick_check();
    /// Copies the WAL into the database and truncates it. Writer only; at an orderly end.
    Status checkpoint();
    /// EXPLAIN QUERY PLAN of one statement, one line per step; for tests.
    Result<std::string> query_plan(std::string_view sql);

private:
    friend class Transaction;
    friend class Savepoint;
    friend class Rows;
    struct State;
    explicit Database(std::unique_ptr<State> state);
    Result<std::unique_ptr<Rows::Lease>> lend(std::string_view sql);
    Result<Rows> select_text(std::string_view sql, std::span<const Value> values);
    static Status bind(sqlite3_stmt* statement, std::span<const Value> values, bool copy);
    std::unique_ptr<State> state_;
};

}  // namespace efface::db
