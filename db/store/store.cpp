#include "db/store/store.h"

#include "db/audit/audit_log.h"
#include "db/crosswalk/crosswalk.h"
#include "db/jobs/job_store.h"
#include "db/sqlite/migration.h"

#include <array>

namespace efface::db {

namespace {

Status create_first_schema(Database& database) {
    EFFACE_CHECK(create_jobs_schema(database));
    EFFACE_CHECK(create_audit_schema(database));
    return create_crosswalk_schema(database);
}

// A step is never changed once released; a new version is a new row.
constexpr std::array kMigrations{
    Migration{"jobs, audit, crosswalk", &create_first_schema},
    Migration{"companions of outputs", &add_companions},
};
static_assert(kMigrations.size() == kSchemaVersion);

}  // namespace

Result<Database> open_store(const std::string& path) {
    EFFACE_TRY(Database database, Database::open_writer(path));
    EFFACE_CHECK(migrate(database, kMigrations));
    return database;
}

Result<Database> open_store_reader(const std::string& path) {
    EFFACE_TRY(Database database, Database::open_reader(path));
    EFFACE_CHECK(require_version(database, kSchemaVersion));
    return database;
}

}  // namespace efface::db
