// The dummy values, as two tables: by VR, and the attributes that need another one.
#include "rules/actions/dummy_value.h"

#include "config/assert.h"
#include "rules/actions/dummy_constants.h"
#include "rules/vocabulary/dictionary.h"

namespace efface::rules {
namespace {

constexpr Tag kPatientName{0x0010, 0x0010};
constexpr Tag kPatientId{0x0010, 0x0020};
constexpr Tag kEncapsulatedDocument{0x0042, 0x0011};
constexpr Tag kEncapsulatedDocumentLength{0x0042, 0x0015};
constexpr Tag kClinicalTrialSubjectId{0x0012, 0x0040};

/// Identifiers of things that one study holds several of: equal originals stay equal, others apart.
constexpr std::array kIdentifiers{
    Tag{0x0012, 0x0042},  // Clinical Trial Subject Reading ID
    Tag{0x0018, 0x1000},  // Device Serial Number
    Tag{0x0018, 0x700A},  // Detector ID
    Tag{0x0018, 0x9367},  // X-Ray Source ID
    Tag{0x0018, 0x9371},  // X-Ray Detector ID
    Tag{0x0040, 0x0512},  // Container Identifier
    Tag{0x0040, 0x0551},  // Specimen Identifier
    Tag{0x3008, 0x0105},  // Source Serial Number
};

static_assert(std::is_sorted(kIdentifiers.begin(), kIdentifiers.end()));

std::string_view without_padding(std::string_view text) {
    while (!text.empty() && (text.back() == '\0' || text.back() == ' ')) {
        text.remove_suffix(1);
    }
    return text;
}

std::string little_endian(std::uint32_t value) {
    std::string bytes(4, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<char>((value >> (8U * i)) & 0xFFU);
    }
    return bytes;
}

/// One zero sample; two bytes where a sample is one, so that the length is even.
std::string dummy_binary(Vr vr) {
    const std::size_t bytes = vr == Vr::AT ? 4 : std::max<std::size_t>(2, unit_bytes(vr));
    return std::string(bytes, '\0');
}

Result<std::string> dummy_document(const PlanContext& context) {
    if (without_padding(context.encapsulated_mime_type) != "application/pdf") {
        return fail(
            Fault::kQuarantine, "no dummy is known for an encapsulated document of this MIME type",
            Where::tag(kEncapsulatedDocument.value)
        );
    }
    return std::string{dummy_pdf()};
}

}  // namespace

bool is_patient_identifier(Tag tag) {
    return tag == kPatientName || tag == kPatientId;
}

std::string patient_value(const ElementFacts& element, const PlanContext& context) {
    if (!element.is_nested) {
        return std::string{context.patient_pseudonym};
    }
    const std::string_view id = without_padding(element.value);
    if (element.tag == kPatientName) {
        return std::string{dummy_text(Vr::PN)};
    }
    if (id.empty() || id == without_padding(context.original_patient_id)) {
        return std::string{context.patient_pseudonym};
    }
    return context.key.pseudonym(context.patient_prefix, "", id);
}

Result<std::string> dummy_value(const ElementFacts& element, const PlanContext& context) {
    const Tag tag = element.tag;
    if (is_patient_identifier(tag)) {
        return patient_value(element, context);
    }
    if (tag == kClinicalTrialSubjectId && !context.patient_pseudonym.empty()) {
        return std::string{context.patient_pseudonym};
    }
    if (tag == kEncapsulatedDocument) {
        return dummy_document(context);
    }
    if (tag == kEncapsulatedDocumentLength) {
        return little_endian(static_cast<std::uint32_t>(dummy_pdf().size()));
    }
    for (const SpecialDummy& special : kSpecialDummies) {
        if (special.tag == tag) {
            return std::string{special.value};
        }
    }
    if (!element.value.empty() && std::binary_search(kIdentifiers.begin(), kIdentifiers.end(), tag)) {
        return context.key.keyed_hash(kIdentifierDomain, without_padding(element.value), kIdentifierBytes);
    }
    const Vr vr = effective_vr(element.tag, element.vr);
    EFFACE_ASSERT(vr != Vr::SQ);
    if (vr == Vr::UI) {
        return map_uids(element.is_empty ? kUidOfNothing : element.value, context);
    }
    return is_text(vr) ? std::string{dummy_text(vr)} : dummy_binary(vr);
}

}  // namespace efface::rules
