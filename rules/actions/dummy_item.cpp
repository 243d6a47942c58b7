// The dummy items of the sequences to which Table E.1-1 gives D or a compound code with D: each holds
// the attributes that PS3.3 demands of such an item, and constants only. Original items are never
// carried over, since what the table does not name in them (text values, code meanings) may name anybody.
#include "rules/actions/dummy_value.h"
#include "rules/vocabulary/dictionary.h"

namespace efface::rules {
namespace {

using Item = std::vector<DummyElement>;

constexpr Tag kReferencedSopClassUid{0x0008, 0x1150};
constexpr Tag kReferencedSopInstanceUid{0x0008, 0x1155};
/// PS3.6 annex A: Modality Performed Procedure Step SOP Class.
constexpr std::string_view kProcedureStepClass = "1.2.840.10008.3.1.2.3.3";
/// PS3.6 annex A: Detached Study Management SOP Class (retired), the class that stands for a study.
constexpr std::string_view kStudyManagementClass = "1.2.840.10008.3.1.2.3.1";
constexpr std::string_view kRemoved = "Removed by de-identification";

DummyElement text(Tag tag, Vr vr, std::string_view value) {
    return {tag, vr, std::string{value}, {}};
}

DummyElement bytes(Tag tag, Vr vr, std::size_t count) {
    return {tag, vr, std::string(count, '\0'), {}};
}

DummyElement sequence(Tag tag, Item item) {
    return {tag, Vr::SQ, {}, std::move(item)};
}

/// PS3.3 Table 8.8-1; a coding scheme of our own (99...) that says nothing.
Item code_item(std::string_view value, std::string_view scheme, std::string_view meaning) {
    return {
        text(Tag{0x0008, 0x0100}, Vr::SH, value),
        text(Tag{0x0008, 0x0102}, Vr::SH, scheme),
        text(Tag{0x0008, 0x0104}, Vr::LO, meaning),
    };
}

Item anonymous_code() {
    return code_item("ANON", "99EFFACE", "Anonymous");
}

/// PS3.3 Table 10-1: a person by code, and the institution.
Item person_item() {
    return {
        text(Tag{0x0008, 0x0080}, Vr::LO, "Anonymous"),
        sequence(Tag{0x0040, 0x1101}, anonymous_code()),
    };
}

/// PS3.3 C.17.2.
Item verifying_observer_item() {
    return {
        text(Tag{0x0040, 0xA027}, Vr::LO, "Anonymous"),
        text(Tag{0x0040, 0xA030}, Vr::DT, "19000101000000"),
        text(Tag{0x0040, 0xA075}, Vr::PN, "Anonymous"),
        sequence(Tag{0x0040, 0xA088}, {}),
    };
}

/// PS3.3 C.17.3: one TEXT content item, "Comment" of DCM.
Item content_item() {
    return {
        text(Tag{0x0040, 0xA010}, Vr::CS, "CONTAINS"),
        text(Tag{0x0040, 0xA040}, Vr::CS, "TEXT"),
        sequence(Tag{0x0040, 0xA043}, code_item("121106", "DCM", "Comment")),
        text(Tag{0x0040, 0xA160}, Vr::UT, kRemoved),
    };
}

/// PS3.3 C.10.5: one point in the corner, on a layer of its own name.
Item graphic_annotation_item() {
    return {
        text(Tag{0x0070, 0x0002}, Vr::CS, "ANON"),
        sequence(
            Tag{0x0070, 0x0009},
            {
                text(Tag{0x0070, 0x0005}, Vr::CS, "DISPLAY"),
                {Tag{0x0070, 0x0020}, Vr::US, std::string("\x02\x00", 2), {}},
                {Tag{0x0070, 0x0021}, Vr::US, std::string("\x01\x00", 2), {}},
                bytes(Tag{0x0070, 0x0022}, Vr::FL, 8),
                text(Tag{0x0070, 0x0023}, Vr::CS, "POINT"),
            }
        ),
    };
}

/// PS3.3 C.10.10: a text on all channels of the first multiplex group.
Item waveform_annotation_item() {
    return {
        text(Tag{0x0040, 0xA0B0}, Vr::US, std::string_view{"\x01\x00\x00\x00", 4}),
        text(Tag{0x0070, 0x0006}, Vr::ST, kRemoved),
    };
}

Item procedure_step_item(const PlanContext& context) {
    return {
        text(kReferencedSopClassUid, Vr::UI, kProcedureStepClass),
        text(kReferencedSopInstanceUid, Vr::UI, context.key.map_uid("0.0")),
    };
}

Item study_item(const PlanContext& context) {
    return {
        text(kReferencedSopClassUid, Vr::UI, kStudyManagementClass),
        text(kReferencedSopInstanceUid, Vr::UI, context.key.map_uid("0.0")),
        text(Tag{0x0020, 0x000D}, Vr::UI, context.key.map_uid("0.0")),
    };
}

bool is_code_sequence(Tag tag) {
    const std::string_view keyword = keyword_of(tag);
    constexpr std::string_view suffix = "CodeSequence";
    return keyword.size() > suffix.size() && keyword.substr(keyword.size() - suffix.size()) == suffix;
}

}  // namespace

std::optional<std::vector<DummyElement>> dummy_item(Tag sequence_tag, const PlanContext& context) {
    switch (sequence_tag.value) {
        case 0x00081072:
            return person_item();  // Operator Identification Sequence
        case 0x00081110:
            return study_item(context);  // Referenced Study Sequence
        case 0x00081111:
            return procedure_step_item(context);  // Referenced Performed Procedure Step Sequence
        case 0x0040A073:
            return verifying_observer_item();
        case 0x0040A730:
            return content_item();
        case 0x0040B020:
            return waveform_annotation_item();
        case 0x00700001:
            return graphic_annotation_item();
        default:
            break;
    }
    return is_code_sequence(sequence_tag) ? std::optional{anonymous_code()} : std::nullopt;
}

}  // namespace efface::rules
