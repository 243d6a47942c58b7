// TwinWalk: what is said and done about pixels, what the whole must attest, and that nothing lost survives.
// See twin_walk.h.
#include "pipeline/gate/masked_samples.h"
#include "pipeline/gate/twin_values.h"
#include "pipeline/pixel/derivation.h"
#include "pipeline/pixel/fill_statement.h"
#include "rules/matching/pixel_judgement.h"
#include "rules/profile/attestation.h"
#include "rules/profile/identity_possible.h"
#include "rules/profile/table.h"

#include <algorithm>

namespace efface::pipeline {

using rules::Action;
using rules::Tag;
using rules::Vr;

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
    if (fill_.any && fill_attributes_seen_ != std::tuple_size_v<FillAttributes>) {
        return fail(
            Fault::kQuarantine, "gate: an attribute that must stand there is missing",
            Where::tag(kSyntheticData.value)
        );
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
    identity.unfound_matters = rules::quarantines(work_.rule, rules::PixelDoubt::kStatedUnfound);
    return judge_masked_samples(
        {original_bytes_, original_syntax_}, {written_bytes_, written_syntax_}, {work_.mask, fill_}, identity,
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
        const std::string expected =
            fill_.any ? filled_derivation_text(fill_.fills) : std::string{kDerivationText};
        if (written_.vr != Vr::ST || !shows_text(written_, expected)) {
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

std::string TwinWalk::contribution() const {
    return fill_.any
               ? fill_contribution_text(work_.generator->facts(), utc_seconds_of(work_.order.accepted_at))
               : std::string{};
}

bool TwinWalk::is_fill_attribute(Tag tag) const {
    return at_top() && fill_.any &&
           (tag == kSyntheticData || tag == kContentQualification || tag == kImageComments);
}

Status TwinWalk::fill_attribute(bool original_too) {
    // Read before: (0008,0005) stands before all of these.
    const FillAttributes all = fill_attributes(work_.rule.enhance.language, written_character_set_);
    const auto* expected =
        std::ranges::find(all, written_.tag, [](const FillAttribute& one) { return one.tag; });
    if (written_.kind != EventKind::kElement || written_.vr != expected->vr ||
        !shows_text(written_, expected->value) || (original_too && original_.kind != EventKind::kElement)) {
        return fail(Fault::kQuarantine, "gate: a fill is not stated as it must be", where(written_));
    }
    ++fill_attributes_seen_;
    if (original_too) {
        EFFACE_CHECK(note_lost(original_));
        EFFACE_CHECK(advance_original());
    }
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
