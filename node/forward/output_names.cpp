#include "node/forward/output_names.h"

#include "node/ingest/mapped_file.h"
#include "pipeline/scan/part10.h"
#include "pipeline/scan/routing.h"

#include <string>

namespace efface::node {

Result<OutputFacts> read_output(
    const Descriptor& output, std::uint64_t bytes, const std::optional<Digest>& judged
) {
    EFFACE_TRY(const MappedFile mapped, MappedFile::map(output, bytes));
    if (judged && sha256(mapped.bytes()) != *judged) {
        return fail(Fault::kQuarantine, "the cleaned file changed after the gate judged it");
    }
    EFFACE_TRY(const pipeline::Part10 part10, pipeline::parse_part10(mapped.bytes()));
    EFFACE_TRY(const rules::TransferSyntax* syntax, pipeline::scannable_syntax(part10));
    EFFACE_TRY(
        const pipeline::Routing routing,
        pipeline::routing_attributes(mapped.bytes().subspan(part10.data_set_offset), *syntax)
    );
    const auto or_unknown = [](std::string_view value) {
        return value.empty() ? std::string{"unknown"} : std::string{value};
    };
    return OutputFacts{
        .data_set_offset = part10.data_set_offset,
        .names =
            {.patient_id = or_unknown(routing.patient_id),
             .study_uid = or_unknown(routing.study_instance_uid),
             .series_uid = or_unknown(routing.series_instance_uid),
             .sop_instance_uid = std::string{routing.sop_instance_uid}},
    };
}

Result<OutputFacts> read_output_of(
    const db::Delivery& delivery, const pipeline::Spool& spool, const Descriptor& output
) {
    std::optional<Digest> to_compare;
    if (!spool.is_as_judged(delivery.output_file, output)) {
        to_compare = delivery.output_digest;
    }
    EFFACE_TRY(OutputFacts facts, read_output(output, delivery.output_bytes, to_compare));
    if (facts.names.sop_instance_uid != delivery.new_instance_uid) {
        return fail(Fault::kRefuse, "the cleaned file names another SOP Instance UID than its job");
    }
    return facts;
}

Carried not_sent(const Error& why) {
    return {
        .result = why.fault == Fault::kRefuse ? Carried::Result::kPermanent : Carried::Result::kOutputGone,
        .reason = why.message(),
        .sent = db::Sent::kNothing};
}

}  // namespace efface::node
