// Dispatcher: the way of a job through the workers. Claims due jobs, opens their files, hands them to
// the worker pool and writes what became of them, each outcome with its audit row in one transaction.
//
//   received -> claim -> clean (process A) -> gate (process B) -> cleared + deliveries + receipt
//                                          \-> quarantined, with the reason
//            a process died or hung        \-> received again, after three attempts quarantined
//
// Where the rule asks for the Segmentation of the mask, the pool has it made and judged behind the gate: it
// is the companion of the output, written with it. One that cannot be made or is held quarantines the
// instance. A lease is for the time in a worker's hands: while a unit waits in the pool's queues, and while
// its Segmentation is made (bounded by the pool), it is extended, so that neither uses up its attempts.
// Thread rule: run() is the body of one thread; notify() and stop() from any; outcomes are handled on
// the pool's threads and committed on the writer's.
#pragma once

#include "config/environment.h"
#include "db/audit/audit_log.h"
#include "db/crosswalk/crosswalk.h"
#include "db/jobs/job_store.h"
#include "db/sqlite/writer.h"
#include "node/identity/audit_identity.h"
#include "node/metrics/metrics.h"
#include "node/workers/worker_pool.h"
#include "pipeline/spool/spool.h"
#include "rules/matching/rule_set.h"

#include <condition_variable>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace efface::node {

struct DispatchProject {
    std::string key_fingerprint;
    const rules::RuleSet& rules;  ///< In force now; outlives the dispatcher.
    db::Crosswalk crosswalk;
};

struct DispatchParts {
    Environment& environment;
    pipeline::Spool& spool;
    db::Writer& writer;
    db::AuditLog& audit;
    const AuditIdentity& identity;
    Metrics& metrics;
    WorkerPool& pool;
    std::unordered_map<std::string, DispatchProject> projects;
    std::string software_version;
    /// Called on the writer thread after deliveries to these destinations became due.
    std::function<void(const std::vector<std::string>&)> deliveries_due;
};

struct DispatchOptions {
    std::size_t claim_max = 32;
    /// At least twice what one worker may take: half of it is left when a worker takes the unit.
    std::chrono::microseconds lease{600'000'000};
    std::chrono::microseconds retry_delay{1'000'000};
    std::chrono::milliseconds poll{1'000};  ///< Due times are looked at this often without a notice.
};

class Transcoder;

class Dispatcher {
public:
    Dispatcher(DispatchParts parts, DispatchOptions options);
    ~Dispatcher();
    Dispatcher(const Dispatcher&) = delete;
    Dispatcher& operator=(const Dispatcher&) = delete;

    void run();
    /// There may be something to claim.
    void notify();
    /// Claims nothing more; units in the pool end as they end.
    void stop();

private:
    struct Working;
    /// Waits for a notice, a poll interval or stop; false: stop.
    bool wait();
    /// Claims and starts what there is room for; how many.
    std::size_t start_due();
    void start(db::Job job);
    /// Extends the leases of what waits in the pool's queues or for its Segmentation.
    void extend_leases();
    /// On a gatekeeper's thread: a file for the Segmentation, or an invalid one where the rule asks for none.
    Result<Descriptor> begin_segmentation(Working& working, const UnitResult& result);
    void finish(const std::shared_ptr<Working>& working, UnitResult result);
    void finish_judged(const std::shared_ptr<Working>& working, UnitResult result);
    void write_cleared(const std::shared_ptr<Working>& working, const UnitResult& result);
    void write_quarantined(
        const std::shared_ptr<Working>& working, const std::string& rule, const std::string& reason,
        db::AuditEvent first_event
    );
    void write_retry(const std::shared_ptr<Working>& working, const std::string& reason);
    /// An empty name is none.
    void remove_outputs(std::initializer_list<std::string_view> names);
    db::AuditEntry entry_for(const Working& working, db::AuditEvent event) const;
    Status append(db::Database& database, const db::AuditEntry& entry);
    void submit(std::function<Status(db::Database&)> work, std::function<void(const Status&)> done);

    DispatchParts parts_;
    const DispatchOptions options_;
    db::JobStore jobs_;
    std::unique_ptr<Transcoder> transcoder_;
    // Confined to run()'s thread.
    std::chrono::nanoseconds transcodes_looked_at_{0};
    std::vector<std::weak_ptr<Working>> in_pool_;  ///< Some may have ended.

    std::mutex mutex_;  // Guards what follows.
    std::condition_variable wake_;
    bool notified_ = false;
    bool stopping_ = false;
};

}  // namespace efface::node
