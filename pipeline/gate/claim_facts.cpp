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
constexpr Tag kUltrasoundRegions{0x0018, 0x6011};
constexpr Tag kViewCode{0x0054, 0x0220};
constexpr std::uint16_t kLastGroup = 0x0054;

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
        case 0x00181164:
            facts.view.imager_pixel_spacing = text;
            break;
        case 0x00181510:
            facts.view.positioner_angle = text;
            break;
        case 0x00185101:
            facts.view.view_position = text;
            break;
        case 0x00200020:
            facts.view.patient_orientation = text;
            break;
        case 0x00280030:
            facts.view.pixel_spacing = text;
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

bool is_meaning_of(Tag sequence, const Scanner& scanner, const Event& event) {
    return event.depth == 1 && event.tag == kCodeMeaning && scanner.path()[0] == sequence &&
           scanner.path_items()[0] == 1;
}

/// Counts the items of (0018,6011) as they end.
class RegionCount {
public:
    void take(const Event& event, const Scanner& scanner) {
        if (event.depth != 1 || scanner.path()[0] != kUltrasoundRegions || event.value.size() != 2) {
            return;
        }
        const auto low = std::to_integer<std::uint32_t>(event.value[event.big_endian ? 1 : 0]);
        const auto high = std::to_integer<std::uint32_t>(event.value[event.big_endian ? 0 : 1]);
        if (event.tag == Tag{0x0018, 0x6012}) {
            spatial_format_ = low | (high << 8U);
        } else if (event.tag == Tag{0x0018, 0x6014}) {
            data_type_ = low | (high << 8U);
        }
    }

    void note(const Event& event, const Scanner& scanner, ClaimFacts& facts) {
        const bool here = scanner.path().size() == 1 && scanner.path()[0] == kUltrasoundRegions;
        if (here && event.kind == EventKind::kItemBegin) {
            ++facts.regions;
            spatial_format_ = data_type_ = 0;
        } else if (here && event.kind == EventKind::kItemEnd && rules::is_section(spatial_format_, data_type_)) {
            ++facts.sections;
        }
    }

private:
    std::uint32_t spatial_format_ = 0;
    std::uint32_t data_type_ = 0;
};

}  // namespace

Result<ClaimFacts> read_claim_facts(
    std::span<const std::byte> data_set, const rules::TransferSyntax& syntax
) {
    Scanner scanner{data_set, syntax};
    ClaimFacts facts;
    RegionCount regions;
    for (;;) {
        EFFACE_TRY(const Event event, scanner.next());
        if (event.kind == EventKind::kEnd || event.kind == EventKind::kPixelBegin ||
            (event.depth == 0 && event.tag.group() > kLastGroup)) {
            return facts;
        }
        if (event.kind != EventKind::kElement) {
            regions.note(event, scanner, facts);
            continue;
        }
        regions.take(event, scanner);
        const std::string_view text = trimmed_text(event.value);
        if (is_meaning_of(kAnatomicRegionSequence, scanner, event)) {
            facts.anatomic_region = text;
        } else if (is_meaning_of(kViewCode, scanner, event)) {
            facts.view.view_meaning = text;
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
        .regions_are_sections = regions > 0 && sections == regions,
        .view = view,
    });
}

}  // namespace efface::pipeline
