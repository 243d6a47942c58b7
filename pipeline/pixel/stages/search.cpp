// Text and faces, by the detectors, in the original: the gate searches there as well.
#include "pipeline/pixel/stage_list.h"

namespace efface::pipeline::stages {

bool is_searched(const StageWork& work) {
    return work.identity.text || work.identity.face;
}

Status search(StageWork& work) {
    EFFACE_TRY(
        work.found,
        find_identity(
            work.samples, work.samples, work.image, work.identity, work.finders, SearchRound::kFirst
        )
    );
    work.nearly_found = work.found.doubts;
    return {};
}

}  // namespace efface::pipeline::stages
