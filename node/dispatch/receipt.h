// The receipt of a cleaned instance: what was done to it, by which rule, table and program, as one
// JSON object beside its audit row. It repeats the work order with the original's digest as a keyed
// hash (promise P6) and holds no patient data. Where a Segmentation of the mask goes with the output, it
// names that one's UID, digest and length. Thread rule: a pure function.
#pragma once

#include "config/json_forward.h"
#include "node/identity/audit_identity.h"
#include "node/workers/worker_pool.h"
#include "pipeline/unit/work_order.h"

namespace efface::node {

Json make_receipt(
    const pipeline::WorkOrder& order, const UnitResult& result, const AuditIdentity& identity,
    std::string_view key_fingerprint
);

}  // namespace efface::node
