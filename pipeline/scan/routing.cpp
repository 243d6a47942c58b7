// See routing.h.
#include "pipeline/scan/routing.h"

#include "pipeline/scan/scanner.h"

#include <array>

namespace efface::pipeline {
namespace {

struct RoutingRow {
    rules::Tag tag;
    std::string_view Routing::*field;
};

constexpr std::array kRoutingTable{
    RoutingRow{rules::Tag{0x0008, 0x0005}, &Routing::character_set},
    RoutingRow{rules::Tag{0x0008, 0x0016}, &Routing::sop_class_uid},
    RoutingRow{rules::Tag{0x0008, 0x0018}, &Routing::sop_instance_uid},
    RoutingRow{rules::Tag{0x0008, 0x0060}, &Routing::modality},
    RoutingRow{rules::Tag{0x0010, 0x0020}, &Routing::patient_id},
    RoutingRow{rules::Tag{0x0010, 0x0021}, &Routing::issuer_of_patient_id},
    RoutingRow{rules::Tag{0x0020, 0x000D}, &Routing::study_instance_uid},
    RoutingRow{rules::Tag{0x0020, 0x000E}, &Routing::series_instance_uid},
};
constexpr std::uint16_t kLastGroup = 0x0020;

}  // namespace

Result<Routing> routing_attributes(std::span<const std::byte> data_set, const rules::TransferSyntax& syntax) {
    Scanner scanner{data_set, syntax};
    Routing routing;
    while (true) {
        EFFACE_TRY(const Event event, scanner.next());
        if (event.kind == EventKind::kEnd) {
            return routing;
        }
        if (event.kind != EventKind::kElement && event.kind != EventKind::kSequenceBegin) {
            continue;
        }
        if (event.depth == 0) {
            if (event.facts.duplicate_tag || event.facts.out_of_order) {
                return fail(
                    Fault::kQuarantine, "a tag is doubled or out of order", Where::tag(event.tag.value)
                );
            }
            if (event.tag.group() > kLastGroup) {
                routing.is_complete = true;
                return routing;
            }
        }
        if (event.kind == EventKind::kSequenceBegin) {
            EFFACE_CHECK(scanner.skip_sequence());
            continue;
        }
        for (const RoutingRow& row : kRoutingTable) {
            if (row.tag == event.tag) {
                routing.*(row.field) = trimmed_text(event.value);
            }
        }
    }
}

}  // namespace efface::pipeline
