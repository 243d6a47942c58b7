#include "pipeline/gate/claim_facts.h"

#include "pipeline/gate/lost_values.h"
#include "pipeline/scan/scanner.h"
#include "rules/profile/attestation.h"

#include <vector>

namespace efface::pipeline {
namespace {

using rules::Tag;

constexpr Tag kAnatomicRegionSequence{0x0008, 0x2218};
constexpr Tag kCodeMeaning{0x0008, 0x0104};
constexpr std::uint16_t kLastGroup = 0x0028;

void note_top(ClaimFacts& facts, Tag tag, std::string_view text) {
    switch (tag.value) {
        case 0x00080008:
            facts.image_type = text;
            break;
        case 0x00080060:
            facts.modality = text;
            break;
        case 0x00180015:
            facts.body_part = text;
            break;
        case rules::kBurnedInAnnotation.value:
            facts.claims_text = text == rules::kYes;
            break;
        case rules::kRecognizableVisualFeatures.value:
            facts.claims_face = text == rules::kYes;
            break;
        default:
            break;
    }
}

bool is_anatomic_region(const Scanner& scanner, const Event& event) {
    return event.depth == 1 && event.tag == kCodeMeaning && scanner.path()[0] == kAnatomicRegionSequence &&
           scanner.path_items()[0] == 1;
}

}  // namespace

Result<ClaimFacts> read_claim_facts(
    std::span<const std::byte> data_set, const rules::TransferSyntax& syntax
) {
    Scanner scanner{data_set, syntax};
    ClaimFacts facts;
    for (;;) {
        EFFACE_TRY(const Event event, scanner.next());
        if (event.kind == EventKind::kEnd || event.kind == EventKind::kPixelBegin ||
            (event.depth == 0 && event.tag.group() > kLastGroup)) {
            return facts;
        }
        if (event.kind != EventKind::kElement) {
            continue;
        }
        const std::string_view text = trimmed_text(event.value);
        if (is_anatomic_region(scanner, event)) {
            facts.anatomic_region = text;
        } else if (event.depth == 0) {
            note_top(facts, event.tag, text);
        }
    }
}

rules::PixelIdentity ClaimFacts::identity(std::string_view sop_class_uid) const {
    std::vector<std::string_view> types;
    for_each_value(image_type, [&](std::string_view value) { types.push_back(value); });
    return rules::identity_possible({
        .sop_class_uid = sop_class_uid,
        .modality = modality,
        .image_type = image_type.empty() ? std::span<const std::string_view>{} : types,
        .body_part = body_part.empty() ? anatomic_region : body_part,
        .claims_text = claims_text,
        .claims_face = claims_face,
    });
}

}  // namespace efface::pipeline
