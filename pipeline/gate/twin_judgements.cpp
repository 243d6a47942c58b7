// TwinWalk: what may become of one attribute, of a sequence, and what Efface writes of its own. See
// twin_walk.h.
#include "pipeline/gate/twin_values.h"
#include "rules/matching/pixel_judgement.h"
#include "rules/profile/attestation.h"
#include "rules/profile/identity_possible.h"
#include "rules/profile/table.h"
#include "rules/vocabulary/dictionary.h"
#include "rules/vocabulary/uid.h"
#include "rules/vocabulary/value_form.h"

#include <algorithm>

namespace efface::pipeline {

using rules::Action;
using rules::Tag;
using rules::Vr;

namespace {

constexpr std::uint16_t kPixelGroup = 0x7FE0;

// Equal bytes, but for an added byte that makes the length even and for the byte order.
bool same_value(const Event& before, const Event& after) {
    std::span<const std::byte> shown = after.value;
    if (shown.size() == before.value.size() + 1 && (before.value.size() & 1U) != 0 &&
        (shown.back() == std::byte{0} || shown.back() == std::byte{' '})) {
        shown = shown.first(before.value.size());
    }
    if (shown.size() != before.value.size()) {
        return false;
    }
    const std::size_t unit = rules::unit_bytes(before.vr);
    if (before.big_endian == after.big_endian || unit == 1) {
        return std::ranges::equal(before.value, shown);
    }
    for (std::size_t at = 0; at < shown.size(); ++at) {
        const std::size_t mirrored = at - at % unit + (unit - 1 - at % unit);
        if (mirrored >= shown.size() || before.value[at] != shown[mirrored]) {
            return false;
        }
    }
    return true;
}

// Only a change between implicit and explicit encoding may change a VR, and only UN may become another.
bool same_vr(const Event& before, const Event& after) {
    return before.vr == after.vr || before.vr == Vr::UN || before.explicit_vr != after.explicit_vr;
}

bool all_registered(std::string_view uids) {
    bool registered = true;
    for_each_value(uids, [&](std::string_view uid) {
        registered = registered && (uid.empty() || rules::is_registered_uid(uid));
    });
    return registered;
}

bool is_standard_sequence(Tag tag) {
    const rules::DictionaryEntry* entry = rules::find_attribute(tag);
    return entry != nullptr && entry->vr == Vr::SQ;
}

}  // namespace

Status own_form(const Event& event) {
    const rules::DictionaryEntry* entry = rules::find_attribute(event.tag);
    if (entry != nullptr && !event.value.empty() && !rules::may_stand_as(*entry, event.vr)) {
        return fail(Fault::kQuarantine, "gate: a kept attribute has a VR that is not its own", where(event));
    }
    if (!rules::has_form_of(event.vr, text_of(event)) ||
        (entry != nullptr && !rules::has_form_of(entry->vr, text_of(event)))) {
        return fail(Fault::kQuarantine, "gate: a kept value is not of its VR's form", where(event));
    }
    return {};
}

Status TwinWalk::both_elements(const rules::Decision& decision) {
    const Tag tag = written_.tag;
    if (!same_vr(original_, written_)) {
        return fail(Fault::kQuarantine, "gate: an attribute changed its VR", where(written_));
    }
    if (tag.is_private_creator() && decision.action == Action::X) {
        EFFACE_CHECK(judge_private_creator(decision));
    } else {
        switch (decision.action) {
            case Action::X:
                return fail(Fault::kQuarantine, "gate: a removed attribute still stands", where(written_));
            case Action::K:
                EFFACE_CHECK(kept_value());
                break;
            case Action::U:
                EFFACE_CHECK(mapped_value());
                break;
            case Action::D:
            case Action::Z:
                EFFACE_CHECK(replaced_value(decision));
                break;
            case Action::C:
                EFFACE_CHECK(cleaned_value());
                break;
        }
        mark_block_used(tag);
    }
    EFFACE_CHECK(advance_original());
    return advance_written();
}

Status TwinWalk::kept_value() {
    if (!same_value(original_, written_)) {
        return fail(Fault::kQuarantine, "gate: a kept attribute is not as it was", where(written_));
    }
    // A sequence in the disguise of UN cannot be judged attribute by attribute.
    if (written_.vr == Vr::UN && !written_.value.empty() && is_standard_sequence(written_.tag)) {
        return fail(Fault::kQuarantine, "gate: a kept sequence stands as UN", where(written_));
    }
    EFFACE_CHECK(own_form(written_));
    const bool plain_uid = effective_vr(written_) == Vr::UI && all_registered(text_of(written_));
    if (!plain_uid && written_.tag.group() != kPixelGroup) {
        to_search_.push_back(written_);
    }
    return {};
}

Status TwinWalk::mapped_value() {
    if (effective_vr(original_) != Vr::UI) {
        return kept_value();
    }
    if (!replaced_.is_mapped(text_of(original_), written_)) {
        return fail(Fault::kQuarantine, "gate: a UID is neither registered nor mapped", where(written_));
    }
    return note_lost(original_);
}

Status TwinWalk::replaced_value(const rules::Decision&) {
    if (!replaced_.is_dummy(original_, written_)) {
        return fail(
            Fault::kQuarantine, "gate: a replaced value is not one that Efface writes", where(written_)
        );
    }
    return note_lost(original_);
}

Status TwinWalk::cleaned_value() {
    if (!same_value(original_, written_)) {
        EFFACE_CHECK(note_lost(original_));
        cleaned_.push_back({original_, written_});
    }
    to_search_.push_back(written_);
    return {};
}

Status TwinWalk::both_sequences(const rules::Decision& decision) {
    switch (decision.action) {
        case Action::X:
            return fail(Fault::kQuarantine, "gate: a removed attribute still stands", where(written_));
        case Action::D:
        case Action::Z:
            EFFACE_CHECK(lose_sequence());
            return match_dummy_sequence(written_.tag, decision.action);
        case Action::K:
        case Action::U:
        case Action::C:
            break;
    }
    if (written_.explicit_vr && written_.vr != Vr::SQ && written_.vr != original_.vr) {
        return fail(Fault::kQuarantine, "gate: an attribute changed its VR", where(written_));
    }
    mark_block_used(written_.tag);
    const std::string_view character_set = frames_.back().character_set;
    frames_.push_back({.level = Level::kSequence, .character_set = character_set});
    EFFACE_CHECK(advance_original());
    return advance_written();
}

// UN of defined length where a dummy sequence stands now, or the other way round.
Status TwinWalk::sequence_and_element(const rules::Decision& decision) {
    if (decision.action != Action::D && decision.action != Action::Z) {
        return fail(
            Fault::kQuarantine, "gate: an attribute changed between sequence and value", where(written_)
        );
    }
    if (original_.kind == EventKind::kSequenceBegin) {
        EFFACE_CHECK(lose_sequence());
    } else {
        EFFACE_CHECK(note_lost(original_));
        EFFACE_CHECK(advance_original());
    }
    if (written_.kind == EventKind::kSequenceBegin) {
        return match_dummy_sequence(written_.tag, decision.action);
    }
    if (!written_.value.empty()) {
        return fail(
            Fault::kQuarantine, "gate: a replaced value is not one that Efface writes", where(written_)
        );
    }
    return advance_written();
}

// Empty, or the one dummy item: constants and UIDs of nothing.
Status TwinWalk::match_dummy_sequence(Tag tag, Action action) {
    if (written_.vr != Vr::SQ) {
        return fail(Fault::kQuarantine, "gate: an attribute changed its VR", where(written_));
    }
    EFFACE_CHECK(advance_written());
    const bool empty = written_.kind == EventKind::kSequenceEnd;
    if (!empty || action == Action::D) {
        const std::vector<OwnEvent> item = own_dummy_item(tag, work_);
        if (item.empty()) {
            return fail(
                Fault::kQuarantine, "gate: a replaced value is not one that Efface writes",
                Where::tag(tag.value)
            );
        }
        for (const OwnEvent& own : item) {
            if (!is_own(written_, own)) {
                return fail(
                    Fault::kQuarantine, "gate: a replaced value is not one that Efface writes",
                    Where::tag(tag.value)
                );
            }
            EFFACE_CHECK(advance_written());
        }
    }
    if (written_.kind != EventKind::kSequenceEnd) {
        return fail(
            Fault::kQuarantine, "gate: a replaced value is not one that Efface writes", Where::tag(tag.value)
        );
    }
    return advance_written();
}

Status TwinWalk::judge_private_creator(const rules::Decision&) {
    if (!same_value(original_, written_)) {
        return fail(Fault::kQuarantine, "gate: a kept attribute is not as it was", where(written_));
    }
    to_search_.push_back(written_);
    frames_.back().creators.push_back({.tag = written_.tag});
    return {};
}

void TwinWalk::mark_block_used(Tag tag) {
    if (!tag.is_private() || tag.is_private_creator()) {
        return;
    }
    const Tag creator{tag.group(), static_cast<std::uint16_t>(tag.element() >> 8U)};
    for (Creator& pending : frames_.back().creators) {
        pending.used = pending.used || pending.tag == creator;
    }
}

Status TwinWalk::own_attribute(bool original_too) {
    const Tag tag = written_.tag;
    if (tag == rules::kDeidentificationMethodCodes) {
        saw_method_codes_ = true;
        return own_sequence(
            original_too && work_.rule.trust_sender_history, own_method_codes(work_.rule, statement_)
        );
    }
    if (tag == rules::kContributingEquipment) {
        saw_equipment_ = true;
        return own_sequence(original_too, own_equipment(work_.order, contribution()));
    }
    const Vr vr = tag == rules::kDeidentificationMethod ? Vr::LO : Vr::CS;
    if (written_.kind != EventKind::kElement || written_.vr != vr ||
        (original_too && original_.kind != EventKind::kElement)) {
        return fail(Fault::kQuarantine, "gate: the attestation is not as it must be", where(written_));
    }
    if (tag == rules::kPatientIdentityRemoved) {
        removed_flag_ = written_;
    } else if (tag == rules::kDeidentificationMethod) {
        method_text_ = written_;
        method_history_ = original_too && work_.rule.trust_sender_history ? trimmed_text(original_.value)
                                                                          : std::string_view{};
    } else if (!shows_text(written_, own_temporal_value(work_.rule))) {
        return fail(Fault::kQuarantine, "gate: the attestation is not as it must be", where(written_));
    } else {
        saw_temporal_ = true;
    }
    if (original_too) {
        EFFACE_CHECK(advance_original());
    }
    return advance_written();
}

// `keep_items`: the original's items stand before ours and are judged like those of any kept sequence.
Status TwinWalk::own_sequence(bool keep_items, std::vector<OwnEvent> items) {
    const bool in_original = original_.tag == written_.tag && original_.kind == EventKind::kSequenceBegin;
    if (written_.kind != EventKind::kSequenceBegin || written_.vr != Vr::SQ) {
        return fail(Fault::kQuarantine, "gate: the attestation is not as it must be", where(written_));
    }
    if (keep_items && in_original) {
        const std::string_view character_set = frames_.back().character_set;
        frames_.push_back(
            {.level = Level::kSequence, .character_set = character_set, .own_items = std::move(items)}
        );
        EFFACE_CHECK(advance_original());
        return advance_written();
    }
    if (in_original) {
        EFFACE_CHECK(lose_sequence());
    } else if (original_.tag == written_.tag) {
        EFFACE_CHECK(advance_original());
    }
    EFFACE_CHECK(advance_written());
    EFFACE_CHECK(match_own_items(items));
    return advance_written();
}

// Leaves `written_` at the end of the sequence.
Status TwinWalk::match_own_items(const std::vector<OwnEvent>& items) {
    for (const OwnEvent& own : items) {
        if (!is_own(written_, own)) {
            return fail(Fault::kQuarantine, "gate: the attestation is not as it must be", where(written_));
        }
        EFFACE_CHECK(advance_written());
    }
    if (written_.kind != EventKind::kSequenceEnd) {
        return fail(
            Fault::kQuarantine, "gate: an item stands there that the original does not have", where(written_)
        );
    }
    return {};
}

}  // namespace efface::pipeline
