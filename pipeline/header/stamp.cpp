#include "pipeline/header/stamp.h"

#include "rules/profile/attestation.h"
#include "rules/profile/table.h"

#include <ctime>

namespace efface::pipeline {
namespace {

using rules::Tag;
using rules::Vr;

constexpr Tag kCodeValue{0x0008, 0x0100};
constexpr Tag kCodingSchemeDesignator{0x0008, 0x0102};
constexpr Tag kCodeMeaning{0x0008, 0x0104};
constexpr Tag kManufacturer{0x0008, 0x0070};
constexpr Tag kManufacturerModelName{0x0008, 0x1090};
constexpr Tag kSoftwareVersions{0x0018, 0x1020};
constexpr Tag kContributionDateTime{0x0018, 0xA002};
constexpr Tag kPurposeOfReference{0x0040, 0xA170};

constexpr UnixMicros kMicrosPerSecond = 1'000'000;

Status append_code(Item& item, Tag sequence, const rules::CodedConcept& code) {
    EFFACE_TRY(Item entry, item.append_item(sequence));
    EFFACE_CHECK(entry.put(kCodeValue, Vr::SH, code.value));
    EFFACE_CHECK(entry.put(kCodingSchemeDesignator, Vr::SH, rules::kDcmScheme));
    return entry.put(kCodeMeaning, Vr::LO, code.meaning);
}

bool has(const rules::ProfileOptions& options, rules::Option option) {
    return options.options.contains(option);
}

Status stamp_method_text(Item& root, const StampWork& work) {
    std::string text;
    if (work.trust_sender_history) {
        EFFACE_TRY(text, root.text(rules::kDeidentificationMethod));
    }
    if (!text.empty()) {
        text += '\\';
    }
    text += rules::kMethodAttributes;
    if (const std::string_view method = rules::method_of(work.pixels); !method.empty()) {
        text += '\\';
        text += method;
    }
    return root.put(rules::kDeidentificationMethod, Vr::LO, text);
}

Status stamp_method_codes(Item& root, const StampWork& work) {
    if (!work.trust_sender_history) {
        root.remove(rules::kDeidentificationMethodCodes);
    }
    EFFACE_CHECK(append_code(root, rules::kDeidentificationMethodCodes, rules::kBasicProfileCode));
    for (std::size_t i = 0; i < rules::kOptionCodes.size(); ++i) {
        if (has(work.options, static_cast<rules::Option>(i))) {
            EFFACE_CHECK(append_code(root, rules::kDeidentificationMethodCodes, rules::kOptionCodes[i]));
        }
    }
    if (work.pixels.text_proven) {
        EFFACE_CHECK(append_code(root, rules::kDeidentificationMethodCodes, rules::kCleanPixelDataCode));
    }
    if (work.pixels.face_proven) {
        EFFACE_CHECK(append_code(root, rules::kDeidentificationMethodCodes, rules::kCleanVisualFeaturesCode));
    }
    return {};
}

std::string year_of(UnixMicros at) {
    const std::time_t seconds = static_cast<std::time_t>(at / kMicrosPerSecond);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    std::array<char, 8> text{};
    const std::size_t length = std::strftime(text.data(), text.size(), "%Y", &utc);
    return std::string{text.data(), length};
}

Status stamp_equipment(Item& root, const StampWork& work) {
    EFFACE_TRY(Item item, root.append_item(rules::kContributingEquipment));
    EFFACE_CHECK(item.put(kManufacturer, Vr::LO, rules::kEquipmentName));
    EFFACE_CHECK(item.put(kManufacturerModelName, Vr::LO, rules::kEquipmentName));
    EFFACE_CHECK(item.put(kSoftwareVersions, Vr::LO, work.software_version));
    EFFACE_CHECK(item.put(kContributionDateTime, Vr::DT, year_of(work.accepted_at)));
    return append_code(item, kPurposeOfReference, rules::kEquipmentPurpose);
}

// The sender's word on text or faces: YES stays, since it only warns. NO is a claim that nobody here
// has proven: it goes where its type allows, else it becomes YES, the safe side.
Status judge_claim(Item& root, Tag tag, const StampWork& work, std::vector<std::string>& facts) {
    const auto claim = root.find(tag);
    if (!claim) {
        return {};
    }
    EFFACE_TRY(const std::string value, root.text(tag));
    if (value == rules::kYes) {
        return {};
    }
    const char type = rules::attribute_type(work.sop_class_uid, {}, tag);
    if (type == '3') {
        root.remove(tag);
        facts.emplace_back("sender's claim that pixels show no identity removed: unproven");
        return {};
    }
    facts.emplace_back("sender's claim that pixels show no identity set to YES: unproven");
    return root.put(tag, Vr::CS, rules::kYes);
}

// Our own proof stands whatever the sender said.
Status stamp_claim(
    Item& root, Tag tag, bool is_proven, const StampWork& work, std::vector<std::string>& facts
) {
    return is_proven ? root.put(tag, Vr::CS, rules::kNo) : judge_claim(root, tag, work, facts);
}

}  // namespace

Status stamp(Item& root, const StampWork& work, std::vector<std::string>& facts) {
    const bool any_history = root.find(rules::kDeidentificationMethod).has_value() ||
                             root.find(rules::kDeidentificationMethodCodes).has_value();
    if (any_history) {
        facts.emplace_back(
            work.trust_sender_history ? "sender's de-identification history kept"
                                      : "sender's de-identification history removed: sender is not trusted"
        );
    }
    const std::string_view removed = work.pixels.identity_removed() ? rules::kYes : rules::kNo;
    EFFACE_CHECK(root.put(rules::kPatientIdentityRemoved, Vr::CS, removed));
    EFFACE_CHECK(stamp_method_text(root, work));
    EFFACE_CHECK(stamp_method_codes(root, work));
    EFFACE_CHECK(stamp_equipment(root, work));
    EFFACE_CHECK(stamp_claim(root, rules::kBurnedInAnnotation, work.pixels.text_proven, work, facts));
    EFFACE_CHECK(stamp_claim(root, rules::kRecognizableVisualFeatures, work.pixels.face_proven, work, facts));
    std::string_view temporal = rules::kTemporalRemoved;
    if (has(work.options, rules::Option::kRetainLongitudinalFullDates)) {
        temporal = rules::kTemporalUnmodified;
    } else if (has(work.options, rules::Option::kRetainLongitudinalModifiedDates)) {
        temporal = rules::kTemporalModified;
    }
    return root.put(rules::kLongitudinalTemporalInformationModified, Vr::CS, temporal);
}

}  // namespace efface::pipeline
