// summary_of: what became of an instance's holes, in the words and numbers of the receipt. Cleaner and gate
// each make one of their own fills; the receipt shows the gate's. Thread rule: functions of their arguments.
#pragma once

#include "pipeline/pixel/fill_frames.h"
#include "pipeline/unit/fill_report.h"

#include <span>

namespace efface::pipeline {

/// The first kFilledAreasMax are listed, all are counted.
FillReport summary_of(
    std::span<const FrameFill> fills, const Generator::Facts& model, const rules::EnhanceSettings& settings
);

}  // namespace efface::pipeline
