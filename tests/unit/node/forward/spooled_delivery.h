// A delivery of an instance and a companion, both as files in a spool, for the tests of carriers.
#pragma once

#include "node/ingest/part10_header.h"
#include "pipeline/spool/spool.h"
#include "tests/support/instances.h"
#include "tests/unit/db/temporary_store.h"

#include <string>
#include <string_view>
#include <vector>

namespace efface::node {

inline constexpr std::string_view kCompanionUid = "1.2.3.4.5.7";
inline constexpr std::string_view kCompanionSeries = "1.2.3.4.5.2";

/// A Part 10 file as a worker writes one, in the spool's outputs; only `file`, `digest` and `bytes` are told.
inline db::Companion spooled(pipeline::Spool& spool, const efface::testing::Instance& instance) {
    std::vector<std::byte> bytes = part10_header(
        {.sop_class_uid = instance.sop_class_uid,
         .sop_instance_uid = instance.uid,
         .transfer_syntax_uid = instance.transfer_syntax_uid,
         .calling_ae = "",
         .called_ae = ""}
    );
    const auto rest = std::as_bytes(std::span{instance.data_set});
    bytes.insert(bytes.end(), rest.begin(), rest.end());
    pipeline::SpoolFile output = db::testing::must(spool.begin_output());
    db::testing::must(spool.append(output, bytes));
    return {.file = output.name, .digest = sha256(bytes), .bytes = bytes.size()};
}

/// Of a CT slice and another instance that stands for the Segmentation of its mask.
inline db::Delivery spooled_delivery(pipeline::Spool& spool) {
    const db::Companion output = spooled(spool, efface::testing::ct_instance());
    db::Delivery delivery;
    delivery.job = 1;
    delivery.output_file = output.file;
    delivery.output_digest = output.digest;
    delivery.output_bytes = output.bytes;
    delivery.output_syntax_uid = efface::testing::kExplicitLittle;
    delivery.sop_class_uid = efface::testing::kCtClass;
    delivery.new_instance_uid = efface::testing::kInstanceUid;
    delivery.companion = spooled(spool, efface::testing::ct_instance(kCompanionUid, kCompanionSeries));
    delivery.companion.instance_uid = kCompanionUid;
    return delivery;
}

}  // namespace efface::node
