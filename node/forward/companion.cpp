#include "node/forward/companion.h"

#include "config/assert.h"
#include "rules/vocabulary/sop_class.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <utility>

namespace efface::node {

db::Delivery companion_of(const db::Delivery& delivery) {
    EFFACE_ASSERT(delivery.companion.exists());
    db::Delivery out = delivery;
    out.output_file = delivery.companion.file;
    out.output_digest = delivery.companion.digest;
    out.output_bytes = delivery.companion.bytes;
    out.output_syntax_uid = rules::kExplicitVrLittleEndian;
    out.sop_class_uid = rules::kSegmentationSopClass;
    out.new_instance_uid = delivery.companion.instance_uid;
    out.companion = {};
    return out;
}

Carried of_both(const Carried& output, Carried companion) {
    Carried both = std::move(companion);
    both.sent = db::Sent::kWhole;
    both.transcode_to.clear();  // A second output would be of the instance.
    both.alarm = both.alarm || output.alarm;
    if (both.result == Carried::Result::kDelivered) {
        both.result = output.result;
        both.status = output.status;
        both.reason = output.reason.empty() ? both.reason : output.reason;
    } else if (both.result == Carried::Result::kWarning) {
        both.reason = "of the Segmentation of the mask: " + both.reason;
    } else {
        both.reason = "the instance arrived, the Segmentation of its mask did not: " + both.reason;
    }
    return both;
}

}  // namespace efface::node
