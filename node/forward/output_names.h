// What a forwarder reads of a cleaned file itself: whether it is still what the gate judged, where its data
// set begins, and the names under which a folder keeps it. Read through pipeline/scan.
#pragma once

#include "config/crypto/digest.h"
#include "config/environment.h"
#include "config/result.h"
#include "node/forward/carrier.h"
#include "node/forward/part10_tree.h"
#include "pipeline/spool/spool.h"

#include <cstdint>
#include <optional>

namespace efface::node {

struct OutputFacts {
    std::uint64_t data_set_offset = 0;
    TreeNames names;  ///< patient_id is "unknown" where the instance has none.
};

/// `judged`: the gate's digest, or nothing where the bytes are known to be those (Spool::is_as_judged). What
/// goes out are the bytes that it read, not what a disk or a worker that kept its descriptor made of them
/// since: Fault::kQuarantine.
Result<OutputFacts> read_output(
    const Descriptor& output, std::uint64_t bytes, const std::optional<Digest>& judged
);

/// read_output() of what a delivery names in `spool`. Fault::kRefuse: it is what the gate judged, and yet
/// names another SOP Instance UID than the delivery. It is not sent.
Result<OutputFacts> read_output_of(
    const db::Delivery& delivery, const pipeline::Spool& spool, const Descriptor& output
);

/// What an output that cannot be read, or must not be sent, means for its delivery.
Carried not_sent(const Error& why);

}  // namespace efface::node
