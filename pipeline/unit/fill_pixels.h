// The fill of one instance in the cleaner: which holes are wanted, the fill, what the data set says of it,
// the report. Thread rule: see DataSet; the generator belongs to the calling thread.
#pragma once

#include "config/result.h"
#include "pipeline/unit/clean_unit.h"
#include "pipeline/unit/mask_pixels.h"
#include "pipeline/unit/original.h"

namespace efface::pipeline {

/// What a rule wants filled of an instance: of the earlier occlusions also where it says "auto" and the
/// sender YES in Patient Identity Removed (0012,0062). `regions`: of the rule.
FillChoice fill_choice(const rules::Rule& rule, const ScannedDataSet& data_set, std::vector<Box> regions);

/// True where there is something to fill whatever is found.
bool needs_generator(const FillChoice& choice);

struct FillTask {
    const rules::Rule& rule;
    const rules::PixelIdentity& identity;
};

/// Blackens the samples, fills and marks what of `masked.holes` is not refused, and has the data set say so;
/// `masked.holes` keeps what the gate has to fill again. `report.fill` and `report.facts` say what was done
/// and why not. What is filled is searched again for what `identity` names: where something is found that
/// neither lies under the mask nor meets a fill, all stays black, for the gate would hold it.
/// Fault::kQuarantine: a hole stays unfilled and the rule does not deliver such.
Status fill_masked(
    Original& original, MaskedPixels& masked, const FillTask& task, const UnitWork& work, CleanReport& report
);

}  // namespace efface::pipeline
