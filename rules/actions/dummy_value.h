// Dummy values: what stands where the profile demands a value and the original may not stay.
// PS3.15 E.1.1, PS3.5 6.2. Pure.
#pragma once

#include "rules/actions/edit.h"

#include <optional>
#include <string>
#include <vector>

namespace efface::rules {

/// A value for a Type 1 attribute that is no sequence. Constant for its VR, except: the patient's name
/// and id (the pseudonym), identifiers that tell things apart (a keyed hash of the original), UIDs
/// (mapped), an Encapsulated Document (quarantine where its MIME type has no dummy).
Result<std::string> dummy_value(const ElementFacts& element, const PlanContext& context);

/// The one item that stands for a sequence, or nothing where Efface knows no valid one. No attribute
/// of the original's items is in it.
std::optional<std::vector<DummyElement>> dummy_item(Tag sequence, const PlanContext& context);

/// (0010,0010) or (0010,0020): whatever their action, they carry the pseudonym and are never just empty.
bool is_patient_identifier(Tag tag);
/// The pseudonym for either, wherever it stands; a nested id of another patient gets that patient's own.
std::string patient_value(const ElementFacts& element, const PlanContext& context);

}  // namespace efface::rules
