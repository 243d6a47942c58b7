// What of a mask hides a face or what somebody covered before: the holes that a fill may be drawn for. Text
// leaves none. Thread rule: pure.
#pragma once

#include "pipeline/pixel/stage.h"

#include <vector>

namespace efface::pipeline {

/// Of finished work, as `work.fill` asks. Boxes of the same frames that mean the same thing (the middle of
/// one lies in the other) are parts of one hole; a profile is one hole. Each part lies under the mask.
/// Fault::kQuarantine as StageWork::snap.
Result<std::vector<Hole>> holes_of(const StageWork& work);

}  // namespace efface::pipeline
