// Transaction and Savepoint: what is not committed is rolled back when they die.
// Thread rule: as the Database they belong to.
#pragma once

#include "db/sqlite/database.h"

namespace efface::db {

/// BEGIN IMMEDIATE ... COMMIT on the writing connection; on a reader, one consistent snapshot.
class Transaction {
public:
    static Result<Transaction> begin(Database& database);
    Transaction(Transaction&&) noexcept;
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();
    /// Durable when it returns success. After an error everything is rolled back.
    Status commit();

private:
    explicit Transaction(Database& database) : database_{&database} {}

    Database* database_;
};

/// A part of a transaction that can fail alone. Not nested in another Savepoint.
class Savepoint {
public:
    static Result<Savepoint> begin(Database& database);
    Savepoint(Savepoint&&) noexcept;
    Savepoint& operator=(Savepoint&&) = delete;
    ~Savepoint();
    Status release();

private:
    explicit Savepoint(Database& database) : database_{&database} {}

    Database* database_;
};

}  // namespace efface::db
