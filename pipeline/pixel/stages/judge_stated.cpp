// What the sender says is shown was not found: that it is not there is the less likely of the two.
#include "pipeline/pixel/stage_list.h"

namespace efface::pipeline::stages {

bool is_stated(const StageWork& work) {
    return is_searched(work) && work.identity.is_stated && work.identity.unfound_matters;
}

Status judge_stated(StageWork& work) {
    if (something_is_black(work)) {
        return {};
    }
    return fail(
        Fault::kQuarantine,
        "the sender says that pixels show text or a face, and neither is found: look at it, and name regions "
        "or accept stated-unfound",
        Where::tag(0x7FE00010)
    );
}

bool something_is_black(const StageWork& work) {
    return !work.mask.empty();
}

}  // namespace efface::pipeline::stages
