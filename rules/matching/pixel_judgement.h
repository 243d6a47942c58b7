// What a rule makes of an instance's pixels, before any of them is looked at: whether something stands
// against letting it through, and what its output will say. Cleaner and gate both ask here. Thread rule:
// pure.
#pragma once

#include "rules/matching/rule_set.h"
#include "rules/profile/measured_recall.h"

#include <optional>

namespace efface::rules {

struct PixelCase {
    const Rule& rule;
    const PixelIdentity& identity;
    /// A device template, a region of the rule or ultrasound regions are there.
    bool has_declared_regions = false;
    std::span<const MeasuredRecall> recalls = measured_recalls();
};

/// The first doubt that quarantines, or nothing. Those that only the samples show come later.
std::optional<PixelDoubt> doubt_before_search(const PixelCase& asked);

/// Whether this doubt, once it is there, quarantines under this rule.
bool quarantines(const Rule& rule, PixelDoubt doubt);

/// What is possible where it is known whether everything outside the ultrasound regions is blackened.
PixelIdentity possible_where(PixelIdentity identity, bool outside_regions_is_black);

/// Which markers stay in its pixels where they are read: where nothing is proven, in kinds that carry them.
MarkerSet markers_left(const Rule& rule, const PixelIdentity& identity);

/// What the output says, once the instance is let through.
PixelStatement pixel_statement(const Rule& rule, const PixelIdentity& identity);

}  // namespace efface::rules
