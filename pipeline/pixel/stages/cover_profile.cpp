// The profile of a head from the side goes black in a band, brow to chin.
#include "pipeline/pixel/profile_bands.h"
#include "pipeline/pixel/stage_list.h"

namespace efface::pipeline::stages {

bool may_show_profile(const StageWork& work) {
    return is_searched_for_profiles(work.identity);
}

Status cover_profile(StageWork& work) {
    const NativeImage& image = work.image;
    EFFACE_TRY(work.profiles, find_profile_bands(work.samples, image, work.identity));
    for (const Box& box : work.profiles) {
        if (!box.clipped_to(image.columns(), image.rows()).empty()) {
            add(work.mask, mask_box_of_region(box, image.columns(), image.rows()), image.columns(),
                image.rows());
        }
    }
    return apply_mask(work);
}

bool profile_is_covered(const StageWork& work) {
    return std::ranges::all_of(work.profiles, [&](const Box& box) {
        return work.mask.covers(box, work.image.columns(), work.image.rows());
    });
}

}  // namespace efface::pipeline::stages
