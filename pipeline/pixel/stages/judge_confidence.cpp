// What was seen with a score just below that from which on it is blackened: no mask covers it, and a person
// must look.
#include "pipeline/pixel/stage_list.h"

namespace efface::pipeline::stages {

bool doubts_are_judged(const StageWork& work) {
    return is_searched(work) && work.identity.near_misses_matter;
}

Status judge_confidence(StageWork& work) {
    if (no_doubt_is_left(work)) {
        return {};
    }
    return fail(
        Fault::kQuarantine,
        "pixels may show text or a face where neither is sure enough to be blackened: look at it, and name "
        "regions or accept low-confidence",
        Where::tag(0x7FE00010)
    );
}

bool no_doubt_is_left(const StageWork& work) {
    const bool first = std::ranges::all_of(work.nearly_found, [&](const Box& box) {
        return work.mask.covers(box, work.image.columns(), work.image.rows());
    });
    return first && !has_near_miss(work.found, work.mask);
}

}  // namespace efface::pipeline::stages
