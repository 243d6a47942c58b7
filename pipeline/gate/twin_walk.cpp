// See twin_walk.h: the walk itself. What becomes of one attribute is judged in twin_judgements.cpp.
#include "pipeline/gate/twin_walk.h"

#include "pipeline/pixel/derivation.h"
#include "rules/profile/attestation.h"

#include <algorithm>

namespace efface::pipeline {

using rules::Action;
using rules::Tag;
using rules::Vr;

namespace {

constexpr Tag kPixelData{0x7FE0, 0x0010};
constexpr Tag kFloatPixels{0x7FE0, 0x0008};
constexpr Tag kDoubleFloatPixels{0x7FE0, 0x0009};
constexpr Tag kExtendedOffsets{0x7FE0, 0x0001};
constexpr Tag kExtendedLengths{0x7FE0, 0x0002};
constexpr Tag kCharacterSet{0x0008, 0x0005};
constexpr Tag kTrailingPadding{0xFFFC, 0xFFFC};
constexpr Tag kSmallestImagePixelValue{0x0028, 0x0106};
constexpr Tag kLargestImagePixelValue{0x0028, 0x0107};
constexpr Tag kBehindEverything{0xFFFFFFFFU};

bool ends_data_set(const Event& event) {
    return event.kind == EventKind::kItemEnd || event.kind == EventKind::kEnd;
}

// Where an event stands among the attributes of its data set or item.
Tag position(const Event& event) {
    return ends_data_set(event) ? kBehindEverything : event.tag;
}

bool is_attestation(Tag tag) {
    const auto& tags = rules::kAttestationTags;
    return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

}  // namespace

TwinWalk::TwinWalk(
    const GateWork& work, const Routing& routing, const OwnFill& fill, std::span<const std::byte> original,
    const rules::TransferSyntax& original_syntax, std::span<const std::byte> written,
    const rules::TransferSyntax& written_syntax
)
    : work_{work},
      routing_{routing},
      fill_{fill},
      original_syntax_{original_syntax},
      written_syntax_{written_syntax},
      profile_{work.rule.profile},
      replaced_{work, routing.sop_instance_uid, routing.patient_id, routing.issuer_of_patient_id},
      original_bytes_{original},
      written_bytes_{written},
      original_scanner_{original, original_syntax},
      written_scanner_{written, written_syntax} {}

Status TwinWalk::run() {
    EFFACE_CHECK(read_claims());
    frames_.push_back({.character_set = {}});
    EFFACE_CHECK(advance_original());
    EFFACE_CHECK(advance_written());
    while (!done_) {
        EFFACE_CHECK(frames_.back().level == Level::kDataSet ? step_data_set() : step_sequence());
    }
    lost_.build();
    EFFACE_CHECK(judge_attestation());
    EFFACE_CHECK(judge_pixels());
    for (const CleanedText& text : cleaned_) {
        if (lost_.holds_lost_text(text.written.value, text.original.value)) {
            return fail(
                Fault::kQuarantine, "gate: a removed value stands in another attribute",
                Where::tag(text.written.tag.value)
            );
        }
    }
    return search();
}

// Doubled tags and tags out of order make two readers see two instances; nothing is aligned then.
Status TwinWalk::advance_original() {
    do {
        EFFACE_TRY(original_, original_scanner_.next());
    } while (original_.kind == EventKind::kTrailing);
    if (original_.facts.duplicate_tag || original_.facts.out_of_order) {
        return fail(
            Fault::kQuarantine, "gate: a tag of the original is doubled or out of order",
            Where::tag(original_.tag.value)
        );
    }
    note_shape();
    return {};
}

Status TwinWalk::advance_written() {
    EFFACE_TRY(written_, written_scanner_.next());
    const EventFacts& facts = written_.facts;
    if (facts.duplicate_tag || facts.out_of_order || facts.odd_length || facts.reserved_bytes_set) {
        return fail(
            Fault::kQuarantine, "gate: an element is written out of order, odd or with reserved bytes",
            Where::tag(written_.tag.value)
        );
    }
    if (written_.kind == EventKind::kTrailing || written_.tag == kTrailingPadding) {
        return fail(Fault::kQuarantine, "gate: bytes stand behind the last attribute");
    }
    const bool attribute = written_.kind == EventKind::kElement || written_.kind == EventKind::kSequenceBegin;
    if (attribute && (written_.tag.is_group_length() || written_.tag.group() < 0x0008)) {
        return fail(
            Fault::kQuarantine, "gate: a group length or an element below group 0008 stands there",
            Where::tag(written_.tag.value)
        );
    }
    return {};
}

Status TwinWalk::step_data_set() {
    const Tag original = position(original_);
    const Tag written = position(written_);
    if (original == kBehindEverything && written == kBehindEverything) {
        return end_level();
    }
    if (original < written) {
        return only_in_original();
    }
    return written < original ? only_in_written() : in_both();
}

Status TwinWalk::end_level() {
    for (const Creator& creator : frames_.back().creators) {
        if (!creator.used) {
            return fail(
                Fault::kQuarantine, "gate: a private creator stands without an attribute of its block",
                Where::tag(creator.tag.value)
            );
        }
    }
    if (at_top()) {
        done_ = true;
        return {};
    }
    frames_.pop_back();
    EFFACE_CHECK(advance_original());
    return advance_written();
}

// Items of a kept sequence belong together one by one; Efface's own stand behind them.
Status TwinWalk::step_sequence() {
    const bool original_item = original_.kind == EventKind::kItemBegin;
    const bool written_item = written_.kind == EventKind::kItemBegin;
    if (original_item && written_item) {
        const std::string_view character_set = frames_.back().character_set;
        frames_.push_back({.level = Level::kDataSet, .character_set = character_set});
        EFFACE_CHECK(advance_original());
        return advance_written();
    }
    if (original_item) {
        return fail(
            Fault::kQuarantine, "gate: an item of a kept sequence is missing", Where::tag(written_.tag.value)
        );
    }
    EFFACE_CHECK(match_own_items(frames_.back().own_items));
    frames_.pop_back();
    EFFACE_CHECK(advance_original());
    return advance_written();
}

Status TwinWalk::only_in_original() {
    const Tag tag = original_.tag;
    if (at_top() && is_decoded() && (tag == kExtendedOffsets || tag == kExtendedLengths)) {
        EFFACE_CHECK(pixels_.note_decoded(original_, nullptr));
        return advance_original();
    }
    const bool attested =
        at_top() && (tag == rules::kBurnedInAnnotation || tag == rules::kRecognizableVisualFeatures);
    if (attested) {
        EFFACE_CHECK(claim(true, false));
        return advance_original();
    }
    const bool own = at_top() && is_attestation(tag);
    const rules::Decision decision = decide(original_scanner_, original_);
    const bool of_old_samples =
        at_top() && is_masked() && (tag == kSmallestImagePixelValue || tag == kLargestImagePixelValue);
    const bool may_miss =
        decision.action == Action::X || of_old_samples || tag == kTrailingPadding || tag.is_private_creator();
    if (own || !may_miss) {
        return fail(
            Fault::kQuarantine, "gate: an attribute that must stand there is missing", Where::tag(tag.value)
        );
    }
    if (original_.kind == EventKind::kSequenceBegin) {
        return lose_sequence();
    }
    if (original_.kind == EventKind::kPixelBegin) {
        PixelSource ignored;
        return take_pixels(original_scanner_, original_, ignored, true);
    }
    EFFACE_CHECK(note_lost(original_));
    return advance_original();
}

Status TwinWalk::only_in_written() {
    const Tag tag = written_.tag;
    if (at_top() && ((tag == rules::kBurnedInAnnotation && statement_.text_proven) ||
                     (tag == rules::kRecognizableVisualFeatures && statement_.face_proven))) {
        EFFACE_CHECK(claim(false, true));
        return advance_written();
    }
    if (is_derived_attribute(tag)) {
        return derived_attribute(false);
    }
    if (is_fill_attribute(tag)) {
        return fill_attribute(false);
    }
    const bool own = at_top() && is_attestation(tag);
    if (!own) {
        return fail(
            Fault::kQuarantine, "gate: an attribute stands there that the original does not have",
            Where::tag(tag.value)
        );
    }
    return own_attribute(false);
}

Status TwinWalk::in_both() {
    const Tag tag = original_.tag;
    if (tag == kPixelData) {
        return pixel_data();
    }
    if (tag == kFloatPixels || tag == kDoubleFloatPixels) {
        return float_pixels();
    }
    if (at_top()) {
        if (is_decoded() && is_decoding_attribute(tag)) {
            EFFACE_CHECK(pixels_.note_decoded(original_, &written_));
            EFFACE_CHECK(advance_original());
            return advance_written();
        }
        if (is_attestation(tag)) {
            return own_attribute(true);
        }
        if (is_masked() && tag == kImageType) {
            return derived_image_type();
        }
        if (is_derived_attribute(tag)) {
            return derived_attribute(true);
        }
        if (is_fill_attribute(tag)) {
            return fill_attribute(true);
        }
        if (is_masked() && (tag == kSmallestImagePixelValue || tag == kLargestImagePixelValue)) {
            return fail(
                Fault::kQuarantine, "gate: an attribute speaks of samples that are blackened",
                Where::tag(tag.value)
            );
        }
        if (tag == rules::kBurnedInAnnotation || tag == rules::kRecognizableVisualFeatures) {
            EFFACE_CHECK(claim(true, true));
            EFFACE_CHECK(advance_original());
            return advance_written();
        }
        if (tag == kExtendedOffsets || tag == kExtendedLengths) {
            const bool offsets = tag == kExtendedOffsets;
            (offsets ? pixels_.original().extended_offsets : pixels_.original().extended_lengths) =
                original_.value;
            (offsets ? pixels_.written().extended_offsets : pixels_.written().extended_lengths) =
                written_.value;
            EFFACE_CHECK(advance_original());
            return advance_written();
        }
    }
    if (is_frame_type(tag)) {
        return derived_image_type();
    }
    if (tag == kCharacterSet) {
        frames_.back().character_set = trimmed_text(original_.value);
        written_character_set_ = at_top() ? trimmed_text(written_.value) : written_character_set_;
    }
    const rules::Decision decision = decide(original_scanner_, original_);
    const bool before = original_.kind == EventKind::kSequenceBegin;
    const bool after = written_.kind == EventKind::kSequenceBegin;
    if (before != after) {
        return sequence_and_element(decision);
    }
    return before ? both_sequences(decision) : both_elements(decision);
}

Status TwinWalk::pixel_data() {
    if (!at_top()) {
        return fail(
            Fault::kQuarantine, "gate: Pixel Data stands inside a sequence", Where::tag(kPixelData.value)
        );
    }
    EFFACE_CHECK(take_pixels(original_scanner_, original_, pixels_.original(), true));
    return take_pixels(written_scanner_, written_, pixels_.written(), false);
}

// Unless they were blackened, they are kept like any value.
Status TwinWalk::float_pixels() {
    if (!at_top()) {
        return fail(
            Fault::kQuarantine, "gate: Pixel Data stands inside a sequence", Where::tag(original_.tag.value)
        );
    }
    EFFACE_CHECK(pixels_.note_floats(original_, written_));
    if (!is_masked()) {
        return both_elements(decide(original_scanner_, original_));
    }
    EFFACE_CHECK(advance_original());
    return advance_written();
}

// Leaves `event` behind the Pixel Data element.
Status TwinWalk::take_pixels(Scanner& scanner, Event& event, PixelSource& source, bool in_original) {
    source.present = true;
    source.encapsulated = event.kind == EventKind::kPixelBegin;
    source.vr = event.vr;
    source.big_endian = event.big_endian;
    source.native = event.value;
    std::optional<std::uint64_t> first;
    while (source.encapsulated && event.kind != EventKind::kPixelEnd) {
        EFFACE_TRY(event, scanner.next());
        if (event.kind == EventKind::kOffsetTable) {
            source.offset_table = event.value;
        } else if (event.kind == EventKind::kFragment) {
            first = first.value_or(event.header_offset);
            source.fragments.push_back(event.value);
            source.fragment_offsets.push_back(event.header_offset - *first);
        }
    }
    return in_original ? advance_original() : advance_written();
}

// Notes every value of a removed sequence and stands behind it.
Status TwinWalk::lose_sequence() {
    std::vector<std::string_view> character_sets{frames_.back().character_set};
    std::uint64_t open = 1;
    while (open != 0) {
        EFFACE_CHECK(advance_original());
        switch (original_.kind) {
            case EventKind::kSequenceBegin:
                ++open;
                break;
            case EventKind::kSequenceEnd:
                --open;
                break;
            case EventKind::kItemBegin:
                character_sets.push_back(character_sets.back());
                break;
            case EventKind::kItemEnd:
                character_sets.pop_back();
                break;
            case EventKind::kElement:
                if (original_.tag == kCharacterSet) {
                    character_sets.back() = trimmed_text(original_.value);
                }
                if (effective_vr(original_) != Vr::UI ||
                    decide(original_scanner_, original_).action != Action::K) {
                    EFFACE_CHECK(lost_.add(original_, character_sets.back()));
                }
                break;
            default:
                break;
        }
    }
    return advance_original();
}

Status TwinWalk::note_lost(const Event& event) {
    return lost_.add(event, frames_.back().character_set);
}

rules::Decision TwinWalk::decide(const Scanner& scanner, const Event& event) const {
    const std::string_view creator =
        event.tag.is_private_creator() ? trimmed_text(event.value) : scanner.private_creator(event.tag);
    return profile_.decide(
        {.tag = event.tag,
         .vr = event.vr,
         .path = scanner.path(),
         .private_creator = creator,
         .sop_class_uid = routing_.sop_class_uid}
    );
}

void TwinWalk::note_shape() {
    if (original_.kind == EventKind::kElement && original_.depth == 0) {
        pixels_.note(original_);
    }
}

}  // namespace efface::pipeline
