// The companion of a delivery (the Segmentation of its instance's mask) as a second thing to send: behind the
// output, to the same destination, and the delivery is confirmed only when both are.
// Thread rule: pure functions.
#pragma once

#include "db/jobs/delivery_store.h"
#include "node/forward/carrier.h"

namespace efface::node {

/// The delivery with its companion in place of its output, which it must have. What may have left in an
/// earlier attempt is the same for both: a companion's UID stands for one content only, so that 0111 can mean
/// no other.
db::Delivery companion_of(const db::Delivery& delivery);

/// What a delivery came to whose output was confirmed: only if its companion was too, it is delivered. The
/// output left as a whole in any case.
Carried of_both(const Carried& output, Carried companion);

}  // namespace efface::node
