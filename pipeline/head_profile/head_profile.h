// Lateral radiographs of head and neck: where the skin of the profile runs, at any turn, looking either way,
// bones bright or dark. No learned model: the shapes that profiles have (profile_model.h), compared with the
// level lines of the picture. docs/pixels.md, "Radiographs of the head". Thread rule: pure functions of the
// samples.
#pragma once

#include "config/result.h"
#include "pipeline/picture/picture.h"

#include <vector>

namespace efface::pipeline {

/// A head from the side.
struct HeadProfile {
    std::vector<Box> band;    ///< What must not be seen, pixels of the picture; may reach beyond it.
    double score = 0;         ///< Above 0; most profiles have 2 to 8.
    bool looks_left = false;  ///< Once it is turned upright.
    double turn = 0;          ///< Degrees, clockwise from upright.
    bool air_is_dark = true;
};

inline constexpr std::size_t kProfilesMax = 3;

/// The most probable first, at most kProfilesMax, none over another. `pixels_a_millimetre`: of the patient, 0
/// where nobody says. Fault::kQuarantine: not a picture.
Result<std::vector<HeadProfile>> find_head_profiles(const PictureView& picture, double pixels_a_millimetre);

}  // namespace efface::pipeline
