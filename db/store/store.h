// The store: one SQLite file with jobs, audit and crosswalk, opened and brought to this schema.
#pragma once

#include "db/sqlite/database.h"

namespace efface::db {

/// What PRAGMA user_version says of a file that this program wrote.
inline constexpr std::int64_t kSchemaVersion = 2;

/// Creates or migrates. Fault::kHalt for a file of a newer program, or one that is already being written.
Result<Database> open_store(const std::string& path);
/// query_only, for status, listings and the command line. Fault::kRefuse where there is no such file.
Result<Database> open_store_reader(const std::string& path);

}  // namespace efface::db
