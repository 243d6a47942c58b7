// The dummy values, as two tables: by VR, and the attributes that need another one.
#include "rules/actions/dummy_value.h"

#include "config/assert.h"
#include "rules/vocabulary/dictionary.h"

namespace efface::rules {
namespace {

constexpr Tag kPatientName{0x0010, 0x0010};
constexpr Tag kPatientId{0x0010, 0x0020};
constexpr Tag kEncapsulatedDocument{0x0042, 0x0011};
constexpr Tag kEncapsulatedDocumentLength{0x0042, 0x0015};
constexpr Tag kClinicalTrialSubjectId{0x0012, 0x0040};
constexpr std::size_t kIdentifierBytes = 8;  ///< 16 hexadecimal digits: they fit SH.

/// Valid in every attribute of the VR that is not restricted further; ASCII, one value. Dates lie
/// before every study, so that nobody takes them for real.
std::string_view dummy_text_of(Vr vr) {
    switch (vr) {
        case Vr::AE:
            return "ANON";
        case Vr::AS:
            return "000Y";
        case Vr::CS:
            return "ANON";
        case Vr::DA:
            return "19000101";
        case Vr::DS:
            return "0";
        case Vr::DT:
            return "19000101000000";
        case Vr::IS:
            return "0";
        case Vr::LO:
            return "Anonymous";
        case Vr::PN:
            return "Anonymous";
        case Vr::SH:
            return "Anonymous";
        case Vr::TM:
            return "000000";
        case Vr::UR:
            return "about:blank";
        case Vr::LT:
        case Vr::ST:
        case Vr::UC:
        case Vr::UT:
            return "Removed by de-identification";
        default:
            return "";
    }
}

/// Attributes whose values PS3.3 restricts beyond the VR.
constexpr std::array kSpecialDummies{
    std::pair{Tag{0x0008, 0x0201}, std::string_view{"+0000"}},    // Timezone Offset From UTC
    std::pair{Tag{0x0400, 0x0565}, std::string_view{"CORRECT"}},  // Reason for the Attribute Modification
};

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

/// UN carries what the dictionary says.
Vr effective_vr(const ElementFacts& element) {
    if (element.vr != Vr::UN) {
        return element.vr;
    }
    const DictionaryEntry* entry = find_attribute(element.tag);
    return entry != nullptr ? entry->vr : Vr::UN;
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
        return std::string{dummy_text_of(Vr::PN)};
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
    for (const auto& [special, text] : kSpecialDummies) {
        if (special == tag) {
            return std::string{text};
        }
    }
    if (!element.value.empty() && std::binary_search(kIdentifiers.begin(), kIdentifiers.end(), tag)) {
        return context.key.keyed_hash("identifier", without_padding(element.value), kIdentifierBytes);
    }
    const Vr vr = effective_vr(element);
    EFFACE_ASSERT(vr != Vr::SQ);
    if (vr == Vr::UI) {
        return map_uids(element.is_empty ? "0.0" : element.value, context);
    }
    return is_text(vr) ? std::string{dummy_text_of(vr)} : dummy_binary(vr);
}

}  // namespace efface::rules
