// BulkAudit: the chained audit of bulk runs, one file beside OUT: the store's own schema and writer, with
// a thread that commits in groups. Thread rule: append() from any thread; the rest from one.
#pragma once

#include "config/environment.h"
#include "db/audit/audit_log.h"
#include "db/sqlite/writer.h"

#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace efface::node {

class BulkAudit {
public:
    /// Fault::kHalt where another run writes this file.
    static Result<std::unique_ptr<BulkAudit>> open(FileSystem& files, const std::string& path);
    /// Commits what was appended and closes.
    ~BulkAudit();
    BulkAudit(const BulkAudit&) = delete;
    BulkAudit& operator=(const BulkAudit&) = delete;

    /// `done` runs on the writer's thread after the commit or its failure; it must not block.
    void append(db::AuditEntry entry, std::function<void(const Status&)> done);
    /// Waits for the commit.
    Status append_now(db::AuditEntry entry);

    /// A number that no row of this file uses as its job yet, nor any above it.
    std::uint64_t first_free_job() const { return first_free_job_; }

private:
    BulkAudit(db::Database database, FileSystem& files, std::uint64_t first_free_job);

    db::Database database_;
    db::AuditLog log_;
    db::Writer writer_;
    const std::uint64_t first_free_job_;
    std::thread thread_;
};

}  // namespace efface::node
