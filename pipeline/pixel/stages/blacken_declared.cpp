// What rule, device template and ultrasound regions name.
#include "pipeline/pixel/stage_list.h"

namespace efface::pipeline::stages {

bool has_declared(const StageWork& work) {
    return !work.declared.empty();
}

Status blacken_declared(StageWork& work) {
    const NativeImage& image = work.image;
    for (const Box& box : work.declared) {
        add(work.mask, mask_box_of_region(box, image.columns(), image.rows()), image.columns(), image.rows());
    }
    return apply_mask(work);
}

bool declared_is_black(const StageWork& work) {
    return std::ranges::all_of(work.declared, [&](const Box& box) {
        return work.mask.covers(box, work.image.columns(), work.image.rows());
    });
}

}  // namespace efface::pipeline::stages
