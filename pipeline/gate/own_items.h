// What Efface itself appends to sequences, as a flat list of events that the written file must show to
// the byte (rules/profile/attestation.h).
// Thread rule: pure functions; views point into constants and into the work order.
#pragma once

#include "pipeline/gate/gate.h"
#include "pipeline/scan/scanner.h"

#include <string>
#include <vector>

namespace efface::pipeline {

struct OwnEvent {
    EventKind kind = EventKind::kElement;
    rules::Tag tag;
    rules::Vr vr = rules::Vr::SQ;
    std::string value;
};

/// Items of (0012,0064): the profile's code, those of the rule's options, and those of what is proven of
/// pixels.
std::vector<OwnEvent> own_method_codes(const rules::Rule& rule, const rules::PixelStatement& pixels);
/// The item of (0008,9215) behind those of the original.
std::vector<OwnEvent> own_derivation_codes();
/// The item of (0018,A001). `contribution`: of a fill (0018,A003); empty: none.
std::vector<OwnEvent> own_equipment(const WorkOrder& order, const std::string& contribution = {});
/// The item that stands for a sequence under D, or nothing where Efface knows none (rules/actions).
std::vector<OwnEvent> own_dummy_item(rules::Tag sequence, const GateWork& work);
/// (0028,0303)
std::string_view own_temporal_value(const rules::Rule& rule);
/// True if the element shows exactly this text, padded to even length.
bool shows_text(const Event& event, std::string_view text);
/// True if the event is this one, value included (binary values of `own` are little endian).
bool is_own(const Event& event, const OwnEvent& own);

}  // namespace efface::pipeline
