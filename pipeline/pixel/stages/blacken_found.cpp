// What was found goes black, and the search runs again on what is left, until it finds nothing outside the
// mask. Where a marker was spared it runs as well: the second search must read it too, as the gate does.
#include "pipeline/pixel/cine.h"
#include "pipeline/pixel/spared_markers.h"
#include "pipeline/pixel/stage_list.h"

namespace efface::pipeline::stages {
namespace {

/// A letter close to what is black was part of it, whatever is read now that the rest is gone.
void take_back_markers(StageWork& work) {
    std::erase_if(work.found.markers, [&](const Box& marker) {
        const bool is_part = lies_close(marker, work.mask);
        if (is_part) {
            work.found.text.push_back({marker, {}});  // Of every frame.
        }
        return is_part;
    });
}

void extend(StageWork& work) {
    take_back_markers(work);
    const std::size_t columns = work.image.columns();
    const std::size_t rows = work.image.rows();
    add_found(
        work.mask, work.found.text, mask_box_of_text, text_window(work.image, work.identity), columns, rows
    );
    const FrameWindow face_frames = face_window(work.image, work.identity);
    add_found(work.mask, work.found.faces, mask_box_of_face, face_frames, columns, rows);
    if (work.fill.faces) {
        add_found(work.faces, work.found.faces, mask_box_of_face, face_frames, columns, rows);
    }
}

}  // namespace

Status blacken_found(StageWork& work) {
    for (int round = 0; round < kSearchRoundsMax; ++round) {
        extend(work);
        if (work.mask.empty() && work.found.markers.empty()) {
            return {};  // Nothing was found, nothing is black: the frames as they are were searched.
        }
        EFFACE_CHECK(apply_mask(work));
        EFFACE_TRY(
            work.found,
            find_identity(
                work.blackened, work.samples, work.image, work.identity, work.finders, SearchRound::kAgain
            )
        );
        take_back_markers(work);
        if (!leaves_any(work)) {
            return {};
        }
    }
    return fail(
        Fault::kQuarantine, "text or a face is still found after what was found is blackened",
        Where::tag(0x7FE00010)
    );
}

bool nothing_is_left(const StageWork& work) {
    return !leaves_any(work);
}

}  // namespace efface::pipeline::stages
