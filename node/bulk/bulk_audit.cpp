#include "node/bulk/bulk_audit.h"

#include "db/audit/audit_query.h"
#include "db/store/store.h"

#include <algorithm>

namespace efface::node {

namespace {

/// Runs number their files from here: a run of an earlier day has a row at least per file it numbered.
Result<std::uint64_t> next_number(db::Database& database) {
    EFFACE_TRY(auto rows, database.select("SELECT coalesce(max(seq), 0) + 1 FROM audit"));
    EFFACE_TRY(const bool any, rows.next());
    return any ? rows.count(0) : 1;
}

}  // namespace

Result<std::unique_ptr<BulkAudit>> BulkAudit::open(FileSystem& files, const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash != std::string::npos && slash > 0) {
        EFFACE_CHECK(files.make_directory(path.substr(0, slash)));
    }
    EFFACE_TRY(db::Database database, db::open_store(path));
    EFFACE_TRY(const std::uint64_t first, next_number(database));
    return std::unique_ptr<BulkAudit>{new BulkAudit{std::move(database), files, first}};
}

BulkAudit::BulkAudit(db::Database database, FileSystem& files, std::uint64_t first_free_job)
    : database_{std::move(database)}, writer_{database_, files}, first_free_job_{first_free_job} {
    thread_ = std::thread{[this] { writer_.run(); }};
}

BulkAudit::~BulkAudit() {
    writer_.stop();
    thread_.join();
    if (writer_.health()) {
        // Without it the next opening does the same work.
        static_cast<void>(database_.checkpoint());
    }
}

void BulkAudit::append(db::AuditEntry entry, std::function<void(const Status&)> done) {
    db::WriteItem item{
        .work = [this, entry = std::move(entry)](db::Database& database) -> Status {
            EFFACE_TRY([[maybe_unused]] const std::uint64_t seq, log_.append(database, entry));
            return {};
        },
        .done = done};
    if (const Status queued = writer_.submit(std::move(item)); !queued) {
        done(queued);
    }
}

Status BulkAudit::append_now(db::AuditEntry entry) {
    return writer_.call([&](db::Database& database) -> Status {
        EFFACE_TRY([[maybe_unused]] const std::uint64_t seq, log_.append(database, entry));
        return {};
    });
}

}  // namespace efface::node
