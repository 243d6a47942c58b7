// Crosswalk: which original stands behind a new identifier, encrypted under a key of its own
// (ProjectKey::derive("crosswalk")). The node writes it and never reads it: new identifiers are computed.
// It exists for the day when a site must find the patient behind a finding.
// Thread rule: const after construction; record() inside a Writer's closure.
#pragma once

#include "config/crypto/seal.h"
#include "config/phi.h"
#include "db/sqlite/database.h"

#include <optional>
#include <string>
#include <string_view>

namespace efface::db {

enum class CrosswalkKind : std::uint8_t { kPatient, kStudy, kSeries, kInstance };

struct CrosswalkEntry {
    CrosswalkKind kind = CrosswalkKind::kInstance;
    std::string project;
    std::string replacement;  ///< The new UID or pseudonym.
    Phi<std::string> original;
};

class Crosswalk {
public:
    Crosswalk(const SealKey& key, Entropy& entropy) : key_{key}, entropy_{entropy} {}

    /// Writes the entry unless one for this replacement is there (then it is the same original).
    Status record(Database& database, const CrosswalkEntry& entry) const;
    /// The original, or nothing. Works on a reader.
    Result<std::optional<Phi<std::string>>> find(
        Database& database, CrosswalkKind kind, std::string_view project, std::string_view replacement
    ) const;

private:
    SealKey key_;
    Entropy& entropy_;
};

/// The table, for db/store.
Status create_crosswalk_schema(Database& database);

}  // namespace efface::db
