// TwinWalk: what may become of one attribute, and what the whole must attest. See twin_walk.h.
#include "pipeline/gate/masked_samples.h"
#include "pipeline/gate/twin_walk.h"
#include "pipeline/pixel/derivation.h"
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

Where where(const Event& event) {
    return Where::tag(event.tag.value);
}

std::string_view text_of(const Event& event) {
    return {reinterpret_cast<const char*>(event.value.data()), event.value.size()};
}

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

// A kept value can say no more than its attribute can: another VR, or text where a code or a number
// belongs, could be anything.
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

bool is_standard_sequence(Tag tag) {
    const rules::DictionaryEntry* entry = rules::find_attribute(tag);
    return entry != nullptr && entry->vr == Vr::SQ;
}

}  // namespace

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
        return own_sequence(original_too, own_equipment(work_.order));
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

// (0028,0301) and (0028,0302): NO where it is proven here. Else a sender's YES stays; any other claim goes,
// or becomes YES where the attribute may not be absent.
Status TwinWalk::claim(bool in_original, bool in_written) {
    const Event& event = in_original ? original_ : written_;
    const bool is_text = event.tag == rules::kBurnedInAnnotation;
    const bool is_proven = is_text ? statement_.text_proven : statement_.face_proven;
    const bool was_yes = in_original && trimmed_text(original_.value) == rules::kYes;
    const bool may_miss = rules::attribute_type(routing_.sop_class_uid, {}, event.tag) == '3';
    const bool must_stand = is_proven || was_yes || !may_miss;
    const std::string_view expected = is_proven ? rules::kNo : rules::kYes;
    const bool shows = in_written && written_.vr == Vr::CS && shows_text(written_, expected);
    if (must_stand != in_written || shows != in_written) {
        return fail(
            Fault::kQuarantine, "gate: a claim about text or faces is not what the files show", where(event)
        );
    }
    (is_text ? saw_text_claim_ : saw_face_claim_) = in_written;
    return {};
}

Status TwinWalk::read_claims() {
    EFFACE_TRY(const ClaimFacts facts, read_claim_facts(original_bytes_, original_syntax_));
    identity_ = rules::possible_where(facts.identity(routing_.sop_class_uid), work_.outside_regions_is_black);
    statement_ = rules::pixel_statement(work_.rule, identity_);
    identity_.markers_left = rules::markers_left(work_.rule, identity_);
    if (rules::doubt_before_search({work_.rule, identity_, work_.has_declared_regions, work_.recalls})) {
        return fail(Fault::kQuarantine, "gate: pixels may show text or a face and nothing proves them clean");
    }
    return {};
}

// What is declared is black in every frame, without a search.
Status TwinWalk::judge_declared() const {
    for (const Box& box : work_.declared) {
        if (!work_.mask.covers(box, rules::kRegionEdgeMax, rules::kRegionEdgeMax)) {
            return fail(Fault::kQuarantine, "gate: a region that rule or device names is not blackened");
        }
    }
    return {};
}

// Compared sample for sample; where they were to be searched, with the mask and the gate's own search.
Status TwinWalk::judge_pixels() const {
    EFFACE_CHECK(pixels_.judge_floats());
    const bool is_searched = statement_.searched();
    if (!is_searched && work_.declared.empty()) {
        if (is_masked()) {
            return fail(Fault::kQuarantine, "gate: samples are blackened that the rule leaves alone");
        }
        return pixels_.judge(original_syntax_, written_syntax_);
    }
    EFFACE_CHECK(judge_declared());
    if (is_masked() && (!saw_derivation_codes_ || !saw_derivation_text_)) {
        return fail(
            Fault::kQuarantine, "gate: an attribute that must stand there is missing",
            Where::tag(kDerivationDescription.value)
        );
    }
    if (is_masked() && is_decoded() && original_syntax_.lossy_possible) {
        EFFACE_CHECK(lossy_.judge(original_bytes_, original_syntax_));
    }
    EFFACE_CHECK(
        is_masked() ? pixels_.judge_around_samples(original_syntax_, written_syntax_)
                    : pixels_.judge(original_syntax_, written_syntax_)
    );
    rules::PixelIdentity identity = identity_;
    identity.text = identity.text && is_searched;
    identity.face = identity.face && is_searched;
    identity.is_photograph =
        is_searched && identity.is_photograph && rules::quarantines(work_.rule, rules::PixelDoubt::kNoFace);
    identity.near_misses_matter = rules::quarantines(work_.rule, rules::PixelDoubt::kLowConfidence);
    return judge_masked_samples(
        {original_bytes_, original_syntax_}, {written_bytes_, written_syntax_}, work_.mask, identity,
        work_.finders
    );
}

// DERIVED, and the other values as they were (PS3.3 C.7.6.1.1.2).
Status TwinWalk::derived_image_type() {
    const std::string_view before = trimmed_text(original_.value);
    const std::size_t first = std::min(before.find('\\'), before.size());
    const std::string expected = "DERIVED" + std::string{before.substr(first)};
    if (before.empty() || written_.vr != Vr::CS || !shows_text(written_, expected)) {
        return fail(Fault::kQuarantine, "gate: Image Type is not that of blackened samples", where(written_));
    }
    to_search_.push_back(written_);
    EFFACE_CHECK(own_form(written_));
    EFFACE_CHECK(advance_original());
    return advance_written();
}

// Frame Type says of a frame what Image Type says of all (PS3.3 C.8.16.1): in the macro of the functional
// groups.
bool TwinWalk::is_frame_type(Tag tag) const {
    const auto& path = original_scanner_.path();
    return is_masked() && tag == kFrameType && path.size() == 2 && !trimmed_text(original_.value).empty() &&
           (path[0] == kSharedFunctionalGroups || path[0] == kPerFrameFunctionalGroups);
}

// What only blackened samples say of themselves, and of a compression that is gone.
bool TwinWalk::is_derived_attribute(Tag tag) const {
    const bool lossy = is_decoded() && original_syntax_.lossy_possible && LossyStatement::speaks(tag);
    return at_top() && is_masked() && (tag == kDerivationDescription || tag == kDerivationCodes || lossy);
}

Status TwinWalk::derived_attribute(bool original_too) {
    const Tag tag = written_.tag;
    if (tag == kDerivationCodes) {
        saw_derivation_codes_ = true;
        const bool kept = original_too && decide(original_scanner_, original_).action != Action::X;
        return own_sequence(kept, own_derivation_codes());
    }
    if (tag == kDerivationDescription) {
        if (written_.vr != Vr::ST || !shows_text(written_, kDerivationText)) {
            return fail(
                Fault::kQuarantine, "gate: a derivation is not described as it must be", where(written_)
            );
        }
        saw_derivation_text_ = true;
        EFFACE_CHECK(original_too ? note_lost(original_) : Status{});
    } else {
        EFFACE_CHECK(lossy_.note(original_too ? &original_ : nullptr, written_));
    }
    EFFACE_CHECK(original_too ? advance_original() : Status{});
    return advance_written();
}

Status TwinWalk::judge_attestation() const {
    const auto at = [](Tag tag) { return Where::tag(tag.value); };
    if (!removed_flag_ || !method_text_ || !saw_method_codes_ || !saw_equipment_ || !saw_temporal_) {
        return fail(
            Fault::kQuarantine, "gate: an attribute that must stand there is missing",
            at(rules::kPatientIdentityRemoved)
        );
    }
    if ((statement_.text_proven && !saw_text_claim_) || (statement_.face_proven && !saw_face_claim_)) {
        return fail(
            Fault::kQuarantine, "gate: an attribute that must stand there is missing",
            at(rules::kBurnedInAnnotation)
        );
    }
    if (!shows_text(*removed_flag_, statement_.identity_removed() ? rules::kYes : rules::kNo)) {
        return fail(Fault::kQuarantine, "gate: the attestation is not as it must be", where(*removed_flag_));
    }
    std::string expected{method_history_};
    expected += expected.empty() ? "" : "\\";
    expected += rules::kMethodAttributes;
    if (const std::string_view second = rules::method_of(statement_); !second.empty()) {
        expected += "\\";
        expected += second;
    }
    if (!shows_text(*method_text_, expected)) {
        return fail(Fault::kQuarantine, "gate: the attestation is not as it must be", where(*method_text_));
    }
    return {};
}

Status TwinWalk::search() const {
    const auto judge = [&](std::span<const std::byte> value, Tag tag) -> Status {
        switch (lost_.search(value)) {
            case LostValues::Found::kNothing:
                return {};
            case LostValues::Found::kUid:
                return fail(
                    Fault::kQuarantine, "gate: a UID of the original survives", Where::tag(tag.value)
                );
            case LostValues::Found::kIdentity:
                break;
        }
        return fail(
            Fault::kQuarantine, "gate: a name, id, address, number or birth date of the original survives",
            Where::tag(tag.value)
        );
    };
    for (const Event& event : to_search_) {
        if (effective_vr(event) == Vr::UI && lost_.holds_original_uid(text_of(event))) {
            return fail(Fault::kQuarantine, "gate: a UID of the original survives", where(event));
        }
        EFFACE_CHECK(judge(event.value, event.tag));
    }
    // What the sender's history says is kept word by word, so it is searched like any kept value.
    return judge(std::as_bytes(std::span{method_history_}), rules::kDeidentificationMethod);
}

}  // namespace efface::pipeline
