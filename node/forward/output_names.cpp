#include "node/forward/output_names.h"

#include "node/ingest/mapped_file.h"
#include "pipeline/scan/part10.h"
#include "pipeline/scan/routing.h"

#include <string>

namespace efface::node {

namespace {

std::string or_unknown(std::string_view value) {
    return value.empty() ? std::string{"unknown"} : std::string{value};
}

struct Told {
    OutputFacts facts;
    bool is_complete = false;  ///< More bytes would tell nothing else.
};

Result<Told> tell(std::span<const std::byte> bytes) {
    EFFACE_TRY(const pipeline::Part10 part10, pipeline::parse_part10(bytes));
    EFFACE_TRY(const rules::TransferSyntax* syntax, pipeline::scannable_syntax(part10));
    EFFACE_TRY(
        const pipeline::Routing routing,
        pipeline::routing_attributes(bytes.subspan(part10.data_set_offset), *syntax)
    );
    return Told{
        .facts =
            {.data_set_offset = part10.data_set_offset,
             .names =
                 {.patient_id = or_unknown(routing.patient_id),
                  .study_uid = or_unknown(routing.study_instance_uid),
                  .series_uid = or_unknown(routing.series_instance_uid),
                  .sop_instance_uid = std::string{routing.sop_instance_uid}}},
        .is_complete = routing.is_complete,
    };
}

}  // namespace

Result<OutputFacts> read_output(
    const Descriptor& output, std::uint64_t bytes, const std::optional<Digest>& judged
) {
    if (judged) {
        EFFACE_TRY(const MappedFile mapped, MappedFile::map(output, bytes));
        if (sha256(mapped.bytes()) != *judged) {
            return fail(Fault::kQuarantine, "the cleaned file changed after the gate judged it");
        }
    }
    Result<Told> told;
    EFFACE_CHECK(read_beginning(output, bytes, [&told](auto shown, bool is_whole) {
        told = tell(shown);
        return is_whole || (told && told->is_complete);
    }));
    EFFACE_CHECK(told);
    return told->facts;
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
