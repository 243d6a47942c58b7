// Transcoder: second outputs for peers that refuse an instance's transfer syntax. A worker makes the
// output again from the original, in the wanted native syntax and without loss; another process gates
// it like the first. The first output stays what it is.
// Thread rule: start_due() on the dispatcher's thread; outcomes on the pool's threads.
#pragma once

#include "db/jobs/delivery_store.h"
#include "node/dispatch/dispatcher.h"

#include <memory>
#include <string>

namespace efface::node {

class Transcoder {
public:
    Transcoder(DispatchParts& parts, const DispatchOptions& options) : parts_{parts}, options_{options} {}

    /// Claims and starts up to `count` transcodings.
    void start_due(std::size_t count);

private:
    struct Due;
    struct Working;
    void start(const Due& due);
    void finish(const std::shared_ptr<Working>& working, UnitResult result);
    void write_done(const std::shared_ptr<Working>& working, const UnitResult& result);
    Status audit_end(db::Database& database, db::AuditEntry entry);
    void write_failed(const std::shared_ptr<Working>& working, const std::string& reason, bool for_good);
    db::AuditEntry entry_for(const Working& working) const;

    DispatchParts& parts_;
    const DispatchOptions& options_;
    const db::DeliveryStore deliveries_{};
};

}  // namespace efface::node
