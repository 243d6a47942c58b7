// Edit: what one Action means for one attribute, as a description. Planning is pure; pipeline/header
// applies the Edit. Dummy values are valid for their VR (PS3.5 6.2), constant or made under the
// project key, and never a reversible function of the original (PS3.15 E.1.1).
// Thread rule: values and pure functions.
#pragma once

#include "config/result.h"
#include "rules/actions/action.h"
#include "rules/keys/project_key.h"
#include "rules/vocabulary/tag.h"
#include "rules/vocabulary/vr.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace efface::rules {

/// One attribute of a dummy item. Text is ASCII, which is valid in every Specific Character Set.
struct DummyElement {
    Tag tag;
    Vr vr = Vr::UN;
    std::string value;               ///< Bytes without padding, little endian; several values split by '\'.
    std::vector<DummyElement> item;  ///< For SQ: its only item; none for an empty sequence.
};

struct Edit {
    enum class Kind : std::uint8_t {
        kKeep,         ///< Leave the element untouched.
        kEnter,        ///< Keep the sequence; each attribute of each item gets its own decision.
        kRemove,       ///< Remove the element with all that is in it.
        kEmpty,        ///< Zero length; a sequence gets zero items.
        kReplace,      ///< The value becomes `value`; the VR stays (UN: the dictionary's VR).
        kReplaceItem,  ///< The sequence becomes the one item `item`; nothing of the original stays.
    };
    Kind kind = Kind::kRemove;
    std::string value;  ///< As in DummyElement; the writer pads to even length.
    std::vector<DummyElement> item;

    bool operator==(const Edit& other) const { return kind == other.kind && value == other.value; }
};

/// What planning must know of the element.
struct ElementFacts {
    Tag tag;
    Vr vr = Vr::UN;
    char attribute_type = '?';  ///< Of the Decision.
    bool is_empty = false;      ///< Zero length, or a sequence of zero items.
    bool is_nested = false;     ///< Inside a sequence.
    /// The value's bytes; needed for UI, for identifiers and, where it is kept, for every VR with a form
    /// (value_form.h); may be empty for everything else.
    std::string_view value;
};

/// What planning must know of the instance.
struct PlanContext {
    const ProjectKey& key;
    /// What (0010,0020) and (0010,0010) of the data set itself become; empty: they become empty.
    std::string_view patient_pseudonym;
    /// Of the rule; a nested id of another patient becomes that patient's pseudonym with this prefix.
    std::string_view patient_prefix;
    /// The data set's own (0010,0020), so that a nested copy of it becomes the same pseudonym.
    std::string_view original_patient_id;
    /// Where an operator gave the instance a UID of its own: every UI value that equals
    /// `original_sop_instance_uid` becomes `new_sop_instance_uid`. Empty: ProjectKey::map_uid.
    std::string_view original_sop_instance_uid;
    std::string_view new_sop_instance_uid;
    /// (0042,0012); decides whether a dummy for an Encapsulated Document is known.
    std::string_view encapsulated_mime_type;
    /// Cleans free text of identity, or says it cannot. None in this version.
    std::function<std::optional<std::string>(const ElementFacts&)> clean;
};

/// What `action` means for this element. Fault::kQuarantine where no safe edit is known: C without a
/// cleaner, D of a sequence or document for which there is no dummy, a sequence that stands as UN, K of a
/// value that is not what its attribute's VR can hold.
Result<Edit> plan_edit(Action action, const ElementFacts& element, const PlanContext& context);

/// "replace by a dummy value", for `rules explain`.
std::string_view describe(Action action);

/// UIDs in `value` (split by '\'), each mapped unless registered in PS3.6 annex A; empty ones stay empty.
std::string map_uids(std::string_view value, const PlanContext& context);

/// The one-page PDF that stands for a removed Encapsulated Document.
std::string_view dummy_pdf();

}  // namespace efface::rules
