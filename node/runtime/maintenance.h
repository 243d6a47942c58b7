// Maintenance: what the node does by the clock: watermarks, holds that are complete, leases that ran
// out, deliveries to destinations that left the configuration, originals whose retention has passed,
// counted audit rows. One pass is one call, so a test needs no clock but its own.
// Thread rule: confined to the control thread; changes go through the writer.
#pragma once

#include "config/environment.h"
#include "config/settings/settings.h"
#include "db/audit/audit_log.h"
#include "db/jobs/delivery_store.h"
#include "db/jobs/job_store.h"
#include "db/sqlite/writer.h"
#include "node/identity/audit_identity.h"
#include "node/ingest/ingest.h"
#include "node/log/log.h"
#include "node/metrics/metrics.h"
#include "node/runtime/admission.h"
#include "pipeline/spool/spool.h"

#include <functional>
#include <string>
#include <vector>

namespace efface::node {

struct MaintenanceParts {
    Environment& environment;
    const Settings& settings;
    pipeline::Spool& spool;
    db::Writer& writer;
    db::AuditLog& audit;
    const AuditIdentity& identity;
    Metrics& metrics;
    Log& log;
    Ingest& ingest;
    Admission& admission;
    /// A held series or study is complete when nothing of it came for this long.
    std::chrono::milliseconds hold_quiet;
    std::function<void()> jobs_changed;
    std::function<void()> all_deliveries_due;
};

class Maintenance {
public:
    explicit Maintenance(MaintenanceParts parts) : parts_{std::move(parts)} {}

    /// Once a tick. Returns at once; what it submits commits later.
    void pass();

    /// "" or why the spool takes nothing new.
    std::string spool_reason() const { return spool_reason_; }

private:
    void watch_spool();
    void release_holds(UnixMicros now);
    void requeue_expired(UnixMicros now);
    void fail_unconfigured(UnixMicros now);
    /// Fails what is pending for one destination; the number of rows.
    Result<std::size_t> fail_deliveries(
        db::Database& database, const std::string& destination, UnixMicros now
    ) const;
    void purge(UnixMicros now);
    /// Appends a row about a job, with the hashes that find it by study.
    Status append(db::Database& database, db::AuditEntry entry) const;
    void remove_files(const std::vector<db::JobStore::PurgeCandidate>& purged);

    MaintenanceParts parts_;
    const db::JobStore jobs_{};
    const db::DeliveryStore deliveries_{};
    std::uint64_t passes_ = 0;
    std::string spool_reason_;
};

}  // namespace efface::node
