#include "db/sqlite/database.h"

#include "config/assert.h"
#include "db/sqlite/state.h"

#include <limits>

namespace efface::db {

namespace {

/// Statements kept per connection. The program has about a hundred; filters multiply some.
constexpr std::size_t kStatementsMax = 512;

}  // namespace

Value::Value(std::uint64_t value) : kind_{Kind::kInteger}, integer_{static_cast<std::int64_t>(value)} {
    EFFACE_ASSERT(value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
}

Value::Value(std::span<const std::uint8_t> blob)
    : kind_{Kind::kBlob}, bytes_{reinterpret_cast<const char*>(blob.data()), blob.size()} {}

tl::unexpected<Error> sqlite_error(sqlite3* connection, Literal text) {
    const int code = sqlite3_extended_errcode(connection);
    switch (code & 0xFF) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_IOERR:
        case SQLITE_MISUSE:
        case SQLITE_READONLY:
            return fail(Fault::kHalt, text, Where::number(code));
        case SQLITE_CONSTRAINT:
            return fail(Fault::kRefuse, "the database refuses this row", Where::number(code));
        case SQLITE_FULL:
            return fail(Fault::kRetry, "the database cannot grow: check free space", Where::number(code));
        default:
            return fail(Fault::kRetry, text, Where::number(code));
    }
}

Rows::Lease::~Lease() {
    if (statement == nullptr) {
        return;
    }
    // Its error would repeat that of the step before, which was returned.
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    if (cached != nullptr) {
        cached->in_use = false;
    }
}

Rows::Rows(std::unique_ptr<Lease> lease) : lease_{std::move(lease)} {}

Rows::Rows(Rows&&) noexcept = default;
Rows::~Rows() = default;

Result<bool> Rows::next() {
    const int code = sqlite3_step(lease_->statement);
    on_row_ = code == SQLITE_ROW;
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        return sqlite_error(lease_->connection, "cannot read the database");
    }
    return on_row_;
}

bool Rows::is_null(int column) const {
    EFFACE_ASSERT(on_row_);
    return sqlite3_column_type(lease_->statement, column) == SQLITE_NULL;
}

std::int64_t Rows::integer(int column) const {
    EFFACE_ASSERT(on_row_);
    return sqlite3_column_int64(lease_->statement, column);
}

std::uint64_t Rows::count(int column) const {
    const std::int64_t value = integer(column);
    EFFACE_ASSERT(value >= 0);
    return static_cast<std::uint64_t>(value);
}

std::string_view Rows::text_view(int column) const {
    EFFACE_ASSERT(on_row_);
    const auto* text = sqlite3_column_text(lease_->statement, column);
    const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(lease_->statement, column));
    return text == nullptr ? std::string_view{}
                           : std::string_view{reinterpret_cast<const char*>(text), bytes};
}

std::string Rows::text(int column) const {
    return std::string{text_view(column)};
}

std::span<const std::uint8_t> Rows::blob(int column) const {
    EFFACE_ASSERT(on_row_);
    const void* bytes = sqlite3_column_blob(lease_->statement, column);
    const auto count = static_cast<std::size_t>(sqlite3_column_bytes(lease_->statement, column));
    return {static_cast<const std::uint8_t*>(bytes), bytes == nullptr ? 0 : count};
}

Digest Rows::digest(int column) const {
    const auto bytes = blob(column);
    Digest out{};
    EFFACE_ASSERT(bytes.empty() || bytes.size() == out.size());
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
}

Database::Database(std::unique_ptr<State> state) : state_{std::move(state)} {}

Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Status Database::bind(sqlite3_stmt* statement, std::span<const Value> values, bool copy) {
    EFFACE_ASSERT(static_cast<std::size_t>(sqlite3_bind_parameter_count(statement)) == values.size());
    const auto lifetime = copy ? SQLITE_TRANSIENT : SQLITE_STATIC;
    int index = 0;
    for (const Value& value : values) {
        ++index;
        int code = SQLITE_OK;
        // An empty view may have no address, and SQLite takes a null address for NULL.
        const char* bytes = value.bytes_.data() == nullptr ? "" : value.bytes_.data();
        switch (value.kind_) {
            case Value::Kind::kNull:
                code = sqlite3_bind_null(statement, index);
                break;
            case Value::Kind::kInteger:
                code = sqlite3_bind_int64(statement, index, value.integer_);
                break;
            case Value::Kind::kText:
                code =
                    sqlite3_bind_text64(statement, index, bytes, value.bytes_.size(), lifetime, SQLITE_UTF8);
                break;
            case Value::Kind::kBlob:
                code = sqlite3_bind_blob64(statement, index, bytes, value.bytes_.size(), lifetime);
                break;
        }
        if (code != SQLITE_OK) {
            return fail(Fault::kRefuse, "a value is too large for the database", Where::number(code));
        }
    }
    return {};
}

namespace {

Result<OwnedStatement> prepare(sqlite3* connection, std::string_view sql, unsigned flags) {
    sqlite3_stmt* statement = nullptr;
    const int code =
        sqlite3_prepare_v3(connection, sql.data(), static_cast<int>(sql.size()), flags, &statement, nullptr);
    if (code != SQLITE_OK) {
        return sqlite_error(connection, "the database does not understand a statement: wrong schema?");
    }
    return OwnedStatement{statement};
}

}  // namespace

Result<std::unique_ptr<Rows::Lease>> Database::lend(std::string_view sql) {
    auto lease = std::make_unique<Rows::Lease>();
    lease->connection = state_->connection.get();
    auto found = state_->statements.find(sql);
    if (found == state_->statements.end() && state_->statements.size() < kStatementsMax) {
        EFFACE_TRY(OwnedStatement made, prepare(lease->connection, sql, SQLITE_PREPARE_PERSISTENT));
        found = state_->statements.emplace(std::string{sql}, CachedStatement{std::move(made), false}).first;
    }
    if (found != state_->statements.end() && !found->second.in_use) {
        lease->cached = &found->second;
        lease->cached->in_use = true;
        lease->statement = found->second.statement.get();
        return lease;
    }
    // The cache is full, or the same statement is running further out.
    EFFACE_TRY(lease->own, prepare(lease->connection, sql, 0));
    lease->statement = lease->own.get();
    return lease;
}

Status Database::run(Literal sql, Values values) {
    EFFACE_TRY(const auto lease, lend(sql.view()));
    EFFACE_CHECK(bind(lease->statement, {values.begin(), values.size()}, /*copy=*/false));
    const int code = sqlite3_step(lease->statement);
    // A statement that returns rows belongs to select().
    EFFACE_ASSERT(code != SQLITE_ROW);
    if (code != SQLITE_DONE) {
        return sqlite_error(lease->connection, "cannot write the database");
    }
    return {};
}

Status Database::run_script(Literal sql) {
    if (sqlite3_exec(state_->connection.get(), sql.view().data(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        return sqlite_error(state_->connection.get(), "a database script failed");
    }
    return {};
}

Result<Rows> Database::select_text(std::string_view sql, std::span<const Value> values) {
    EFFACE_TRY(auto lease, lend(sql));
    EFFACE_CHECK(bind(lease->statement, values, /*copy=*/true));
    return Rows{std::move(lease)};
}

Result<Rows> Database::select(Literal sql, Values values) {
    return select_text(sql.view(), {values.begin(), values.size()});
}

Result<Rows> Database::select(const SqlText& sql, std::span<const Value> values) {
    return select_text(sql.view(), values);
}

std::int64_t Database::changes() const {
    return sqlite3_changes64(state_->connection.get());
}

std::int64_t Database::last_insert_id() const {
    return sqlite3_last_insert_rowid(state_->connection.get());
}

std::uint64_t Database::rollback_count() const {
    return state_->rollback_count;
}

Status Database::quick_check() {
    EFFACE_TRY(auto rows, select("PRAGMA quick_check(1)"));
    EFFACE_TRY(const bool any, rows.next());
    if (!any || rows.text_view(0) != "ok") {
        return fail(
            Fault::kHalt, "the database file is damaged: keep it, restore a copy, and check the disk"
        );
    }
    return {};
}

Status Database::checkpoint() {
    const int code = sqlite3_wal_checkpoint_v2(
        state_->connection.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr
    );
    if (code != SQLITE_OK) {
        return sqlite_error(state_->connection.get(), "cannot write the WAL back into the database");
    }
    return {};
}

Result<std::string> Database::query_plan(std::string_view sql) {
    const std::string explain = "EXPLAIN QUERY PLAN " + std::string{sql};
    EFFACE_TRY(const OwnedStatement statement, prepare(state_->connection.get(), explain, 0));
    std::string plan;
    int code = sqlite3_step(statement.get());
    for (; code == SQLITE_ROW; code = sqlite3_step(statement.get())) {
        constexpr int kDetailColumn = 3;
        plan += reinterpret_cast<const char*>(sqlite3_column_text(statement.get(), kDetailColumn));
        plan += '\n';
    }
    if (code != SQLITE_DONE) {
        return sqlite_error(state_->connection.get(), "cannot explain a statement");
    }
    return plan;
}

}  // namespace efface::db
