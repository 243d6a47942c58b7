#include "db/sqlite/transaction.h"

#include "db/sqlite/state.h"

namespace efface::db {

Result<Transaction> Transaction::begin(Database& database) {
    // A reader cannot take the write lock; its snapshot begins with its first SELECT.
    const bool writes = sqlite3_db_readonly(database.state_->connection.get(), "main") == 0;
    EFFACE_CHECK(writes ? database.run("BEGIN IMMEDIATE") : database.run("BEGIN"));
    return Transaction{database};
}

Transaction::Transaction(Transaction&& other) noexcept : database_{std::exchange(other.database_, nullptr)} {}

Transaction::~Transaction() {
    if (database_ == nullptr) {
        return;
    }
    ++database_->state_->rollback_count;
    // SQLite rolls back by itself on some errors; then there is nothing left to do.
    if (sqlite3_get_autocommit(database_->state_->connection.get()) == 0) {
        static_cast<void>(database_->run("ROLLBACK"));
    }
}

Status Transaction::commit() {
    EFFACE_CHECK(database_->run("COMMIT"));  // The destructor rolls back after an error.
    database_ = nullptr;
    return {};
}

Result<Savepoint> Savepoint::begin(Database& database) {
    // A full disk makes SQLite roll back the whole transaction by itself. A savepoint would then open
    // a transaction of its own and commit alone what its caller is told has failed.
    if (sqlite3_get_autocommit(database.state_->connection.get()) != 0) {
        return fail(Fault::kRetry, "the transaction was rolled back");
    }
    EFFACE_CHECK(database.run("SAVEPOINT item"));
    return Savepoint{database};
}

Savepoint::Savepoint(Savepoint&& other) noexcept : database_{std::exchange(other.database_, nullptr)} {}

Savepoint::~Savepoint() {
    if (database_ == nullptr) {
        return;
    }
    ++database_->state_->rollback_count;
    if (sqlite3_get_autocommit(database_->state_->connection.get()) == 0) {
        static_cast<void>(database_->run("ROLLBACK TO item"));
        static_cast<void>(database_->run("RELEASE item"));
    }
}

Status Savepoint::release() {
    EFFACE_CHECK(database_->run("RELEASE item"));
    database_ = nullptr;
    return {};
}

}  // namespace efface::db
