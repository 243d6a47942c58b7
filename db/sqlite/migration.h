// Migrations: the schema's version is PRAGMA user_version; step n brings a file from n-1 to n. A file
// that a newer program wrote is refused: an older one cannot know what its rows mean.
#pragma once

#include "db/sqlite/database.h"

#include <span>

namespace efface::db {

struct Migration {
    Literal name;
    Status (*apply)(Database&);
};

/// Applies the steps that are missing, each in its own transaction. Fault::kHalt for a newer file.
Status migrate(Database& database, std::span<const Migration> steps);
/// Fault::kHalt unless the file has exactly this version; for readers, which cannot migrate.
Status require_version(Database& database, std::int64_t version);

}  // namespace efface::db
