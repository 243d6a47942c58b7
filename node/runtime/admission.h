// Admission: who may associate, and what of associations is audited. An unknown calling or called AE
// title, a peer that may not send to the project, too many associations, a spool below its soft
// watermark: each is an A-ASSOCIATE-RJ with the result, source and reason of PS3.8 Table 9-21.
// Thread rule: decide and notify from any thread; audit rows are queued, never waited for.
#pragma once

#include "config/settings/settings.h"
#include "db/audit/aggregator.h"
#include "db/sqlite/writer.h"
#include "node/dimse/association.h"
#include "node/log/log.h"
#include "node/metrics/metrics.h"

#include <atomic>
#include <functional>
#include <mutex>
#include <string>

namespace efface::node {

struct AdmissionParts {
    Environment& environment;
    const Settings& settings;
    db::Writer& writer;
    db::AuditLog& audit;
    Metrics& metrics;
    Log& log;
    std::function<void(std::function<void()>)> run_blocking;
};

class Admission final : public AssociationPolicy, public AssociationObserver {
public:
    explicit Admission(AdmissionParts parts);
    AssociationDecision decide(const AssociationFacts& facts, const AssociationLoad& load) override;
    void notify(const AssociationEvent& event) noexcept override;

    /// The configured name of the peer behind an association; "" where none matches.
    std::string peer_name(const AssociationFacts& facts) const;

    void set_congested(bool congested) { congested_.store(congested); }

    std::int64_t open_associations() const { return open_.load(); }

    /// Audit rows of counted rejections whose minute has ended; about once a second, and at the end.
    void flush(bool all);

private:
    void append_echo(const AssociationEvent& event, const db::AuditEntry& ended);
    void append(db::AuditEntry entry);

    AdmissionParts parts_;
    std::atomic<bool> congested_{false};
    std::atomic<std::int64_t> open_{0};
    std::mutex mutex_;
    db::AuditAggregator aggregator_;  // Guarded by mutex_.
};

}  // namespace efface::node
