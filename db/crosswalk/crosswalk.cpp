// The crosswalk's table: one row per new identifier.
//
//   sealed = seal(key, original, context);  context = "crosswalk/" kind "/" project "/" replacement
//
// The context binds a value to its row: moved to another one, it does not open.
#include "db/crosswalk/crosswalk.h"

#include <array>

namespace efface::db {

namespace {

constexpr std::array<std::string_view, 4> kKindNames{"patient", "study", "series", "instance"};

std::string_view kind_name(CrosswalkKind kind) {
    return kKindNames.at(static_cast<std::size_t>(kind));
}

std::string context_of(CrosswalkKind kind, std::string_view project, std::string_view replacement) {
    std::string out = "crosswalk/";
    out += kind_name(kind);
    out += '/';
    out += project;
    out += '/';
    out += replacement;
    return out;
}

}  // namespace

Status Crosswalk::record(Database& database, const CrosswalkEntry& entry) const {
    {
        // Most entries are there already (patient, study, series): looking is cheaper than sealing.
        EFFACE_TRY(
            auto rows, database.select(
                           "SELECT 1 FROM crosswalk WHERE kind = ? AND replacement = ? AND project = ?",
                           {kind_name(entry.kind), entry.replacement, entry.project}
                       )
        );
        EFFACE_TRY(const bool any, rows.next());
        if (any) {
            return {};
        }
    }
    const std::string context = context_of(entry.kind, entry.project, entry.replacement);
    EFFACE_TRY(const auto sealed, seal(key_, entropy_, entry.original.reveal(), context));
    return database.run(
        "INSERT INTO crosswalk (kind, replacement, project, sealed) VALUES (?, ?, ?, ?)",
        {kind_name(entry.kind), entry.replacement, entry.project, std::span<const std::uint8_t>{sealed}}
    );
}

Result<std::optional<Phi<std::string>>> Crosswalk::find(
    Database& database, CrosswalkKind kind, std::string_view project, std::string_view replacement
) const {
    EFFACE_TRY(
        auto rows, database.select(
                       "SELECT sealed FROM crosswalk WHERE kind = ? AND replacement = ? AND project = ?",
                       {kind_name(kind), replacement, project}
                   )
    );
    EFFACE_TRY(const bool any, rows.next());
    if (!any) {
        return std::optional<Phi<std::string>>{};
    }
    EFFACE_TRY(std::string original, unseal(key_, rows.blob(0), context_of(kind, project, replacement)));
    return std::optional{Phi{std::move(original)}};
}

Status create_crosswalk_schema(Database& database) {
    return database.run_script(R"sql(
CREATE TABLE crosswalk (
    kind TEXT NOT NULL,  -- patient, study, series or instance
    replacement TEXT NOT NULL,
    project TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (kind, replacement, project)
) STRICT, WITHOUT ROWID;
)sql");
}

}  // namespace efface::db
