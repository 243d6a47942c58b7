// Ingest: what happens to a C-STORE between its first byte and its response.
//
//   begin -> append* -> finish:  spool file + SHA-256 | sync, name | one group commit of the directory
//   entry, the job row and the audit row | C-STORE-RSP
//
// Success is answered only after that commit (promise P1). The data set is read only through
// pipeline/scan: does it match its command (A900), which study and series (job row).
// Thread rule: begin from any thread; one instance's calls one after another. Disk work runs where
// `run_blocking` puts it, the commit on the database's writer thread.
#pragma once

#include "config/environment.h"
#include "db/audit/audit_log.h"
#include "db/jobs/job_store.h"
#include "db/sqlite/writer.h"
#include "node/dimse/instance_sink.h"
#include "node/identity/audit_identity.h"
#include "node/metrics/metrics.h"
#include "pipeline/spool/spool.h"

#include <atomic>
#include <functional>
#include <string>
#include <unordered_map>

namespace efface::node {

/// What ingest must know of a project.
struct IngestProject {
    Digest rule_digest{};
};

struct IngestOptions {
    std::uint64_t instance_bytes_max = 0;
    std::string software_version;
    std::unordered_map<std::string, IngestProject> projects;
};

/// The parts of the node that ingest works with; all outlive it.
struct IngestParts {
    Environment& environment;
    pipeline::Spool& spool;
    db::Writer& writer;
    db::AuditLog& audit;
    const AuditIdentity& identity;
    Metrics& metrics;
    /// Runs work that may block on the disk; in order of submission per instance, as each waits for its own.
    std::function<void(std::function<void()>)> run_blocking;
    /// Called on the writer thread after a job became durable.
    std::function<void()> job_received;
    /// The configured name of the peer behind an association.
    std::function<std::string(const AssociationFacts&)> peer_name;
};

class Ingest final : public InstanceSink {
public:
    Ingest(IngestParts parts, IngestOptions options)
        : parts_{std::move(parts)}, options_{std::move(options)} {}

    Result<std::unique_ptr<IncomingInstance>> begin(const StoreRequest& request) override;

    /// Set by the spool's watch: above the hard watermark every C-STORE is answered A700.
    void set_spool_full(bool full) { spool_full_.store(full); }

    bool spool_full() const { return spool_full_.load(); }

private:
    friend class IncomingFile;
    IngestParts parts_;
    const IngestOptions options_;
    db::JobStore jobs_;
    std::atomic<bool> spool_full_{false};
};

}  // namespace efface::node
