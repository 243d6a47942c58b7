#include "db/sqlite/migration.h"

#include "db/sqlite/transaction.h"

#include <array>

namespace efface::db {

namespace {

// PRAGMA user_version takes no bound value, and SQL is made of literals only: one literal per version.
constexpr std::array<Literal, 8> kSetVersion{
    Literal{"PRAGMA user_version = 1"}, Literal{"PRAGMA user_version = 2"},
    Literal{"PRAGMA user_version = 3"}, Literal{"PRAGMA user_version = 4"},
    Literal{"PRAGMA user_version = 5"}, Literal{"PRAGMA user_version = 6"},
    Literal{"PRAGMA user_version = 7"}, Literal{"PRAGMA user_version = 8"},
};

Result<std::int64_t> read_version(Database& database) {
    EFFACE_TRY(auto rows, database.select("PRAGMA user_version"));
    EFFACE_TRY(const bool any, rows.next());
    return any ? rows.integer(0) : 0;
}

tl::unexpected<Error> newer_file(std::int64_t version) {
    return fail(
        Fault::kHalt, "the database was written by a newer version: run that one", Where::number(version)
    );
}

}  // namespace

Status migrate(Database& database, std::span<const Migration> steps) {
    EFFACE_TRY(std::int64_t version, read_version(database));
    const auto newest = static_cast<std::int64_t>(steps.size());
    if (version > newest) {
        return newer_file(version);
    }
    for (; version < newest; ++version) {
        const auto step = static_cast<std::size_t>(version);
        EFFACE_TRY(Transaction transaction, Transaction::begin(database));
        EFFACE_CHECK(steps[step].apply(database));
        EFFACE_CHECK(database.run_script(kSetVersion.at(step)));
        EFFACE_CHECK(transaction.commit());
    }
    return {};
}

Status require_version(Database& database, std::int64_t version) {
    EFFACE_TRY(const std::int64_t found, read_version(database));
    if (found > version) {
        return newer_file(found);
    }
    if (found < version) {
        return fail(
            Fault::kHalt, "the database has an older schema: start the node once to bring it up to date",
            Where::number(found)
        );
    }
    return {};
}

}  // namespace efface::db
