// See replaced_value.h.
#include "pipeline/gate/replaced_value.h"

#include "pipeline/gate/lost_values.h"
#include "pipeline/gate/own_items.h"
#include "rules/actions/dummy_constants.h"
#include "rules/actions/edit.h"
#include "rules/vocabulary/uid.h"

#include <algorithm>

namespace efface::pipeline {

using rules::Tag;
using rules::Vr;

namespace {

constexpr Tag kPatientName{0x0010, 0x0010};
constexpr Tag kPatientId{0x0010, 0x0020};
constexpr Tag kTrialSubjectId{0x0012, 0x0040};
constexpr Tag kEncapsulatedDocument{0x0042, 0x0011};
constexpr Tag kEncapsulatedDocumentLength{0x0042, 0x0015};
constexpr std::size_t kZeroValueBytesMax = 8;

std::string_view text_of(const Event& event) {
    return {reinterpret_cast<const char*>(event.value.data()), event.value.size()};
}

// Binary: padded with a zero byte.
bool shows_bytes(const Event& event, std::string_view bytes) {
    const std::string_view shown = text_of(event);
    return shown.starts_with(bytes) && shown.size() == bytes.size() + (bytes.size() & 1U) &&
           (shown.size() == bytes.size() || shown.back() == '\0');
}

bool is_small_zero(const Event& event) {
    return event.value.size() <= kZeroValueBytesMax &&
           std::all_of(event.value.begin(), event.value.end(), [](std::byte b) { return b == std::byte{0}; });
}

}  // namespace

ReplacedValue::ReplacedValue(
    const GateWork& work, std::string_view sop_instance_uid, std::string_view patient_id,
    std::string_view issuer
)
    : work_{work}, sop_instance_uid_{sop_instance_uid}, patient_id_{patient_id} {
    if (!patient_id.empty()) {
        pseudonym_ = work.key.pseudonym(work.rule.patient_prefix, issuer, patient_id);
    }
}

std::string ReplacedValue::map(std::string_view uid) const {
    if (uid.empty() || rules::is_registered_uid(uid)) {
        return std::string{uid};
    }
    if (uid == sop_instance_uid_ && work_.order.decision == Decision::kAsNewInstance) {
        return work_.key.map_uid_of_content(uid, work_.order.original_digest);
    }
    return work_.key.map_uid(uid);
}

std::string ReplacedValue::new_sop_instance_uid() const {
    return map(sop_instance_uid_);
}

bool ReplacedValue::is_mapped(std::string_view original, const Event& written) const {
    std::string expected;
    bool first = true;
    for_each_value(original, [&](std::string_view uid) {
        expected += first ? "" : "\\";
        expected += map(uid);
        first = false;
    });
    return shows_text(written, expected);
}

bool ReplacedValue::is_patient(const Event& original, const Event& written) const {
    if (original.depth == 0) {
        return shows_text(written, pseudonym_);
    }
    if (original.tag == kPatientName) {
        return shows_text(written, rules::dummy_text(Vr::PN));
    }
    const std::string_view id = trimmed_text(original.value);
    return shows_text(written, pseudonym_) ||
           (!id.empty() && shows_text(written, work_.key.pseudonym(work_.rule.patient_prefix, "", id)));
}

bool ReplacedValue::is_dummy(const Event& original, const Event& written) const {
    const Vr vr = effective_vr(written);
    const Tag tag = written.tag;
    if (tag == kPatientName || tag == kPatientId) {
        return is_patient(original, written);
    }
    if (written.value.empty()) {
        return true;
    }
    if (tag == kEncapsulatedDocument) {
        return shows_bytes(written, rules::dummy_pdf());
    }
    if (tag == kEncapsulatedDocumentLength) {
        return first_u32(written) == rules::dummy_pdf().size();
    }
    for (const rules::SpecialDummy& special : rules::kSpecialDummies) {
        if (special.tag == tag) {
            return shows_text(written, special.value);
        }
    }
    if (vr == Vr::UI) {
        const bool nothing = trimmed_text(original.value).empty();
        return is_mapped(nothing ? rules::kUidOfNothing : text_of(original), written);
    }
    if (!rules::is_text(vr)) {
        return is_small_zero(written);
    }
    if (shows_text(written, rules::dummy_text(vr)) ||
        (tag == kTrialSubjectId && !pseudonym_.empty() && shows_text(written, pseudonym_))) {
        return true;
    }
    // A keyed hash of the identifier of a thing.
    const std::string_view identifier = trimmed_text(original.value);
    return !identifier.empty() && written.value.size() == 2 * rules::kIdentifierBytes &&
           shows_text(
               written, work_.key.keyed_hash(rules::kIdentifierDomain, identifier, rules::kIdentifierBytes)
           );
}

}  // namespace efface::pipeline
