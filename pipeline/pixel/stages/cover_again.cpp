// What somebody covered before so that it can be seen through is covered again, with its surround; and so is
// what was destroyed, where it is to be filled.
#include "pipeline/pixel/stage_list.h"

namespace efface::pipeline::stages {

bool may_show_face(const StageWork& work) {
    return is_searched_for_occlusions(work.identity);
}

Status cover_again(StageWork& work) {
    const NativeImage& image = work.image;
    EFFACE_TRY(work.covered, find_earlier_occlusions(work.samples, image, work.identity));
    for (const Occlusion& occlusion : work.covered) {
        if (occlusion.verdict == OcclusionVerdict::kInsufficient || work.fill.occlusions) {
            add(work.mask, mask_box_of_occlusion(occlusion.box, image.columns(), image.rows()),
                image.columns(), image.rows());
        }
    }
    return apply_mask(work);
}

bool insufficient_is_covered(const StageWork& work) {
    return std::ranges::all_of(work.covered, [&](const Occlusion& occlusion) {
        return occlusion.verdict != OcclusionVerdict::kInsufficient ||
               work.mask.covers(occlusion.box, work.image.columns(), work.image.rows());
    });
}

}  // namespace efface::pipeline::stages
