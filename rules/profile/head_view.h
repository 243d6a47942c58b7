// What a radiograph says of itself that tells a head from the side from one from the front: View Position and
// its code, Patient Orientation, the positioner's angle, body part, pixel spacing. Values of another part or
// from another view are no proof: the picture is looked at all the same (pipeline/head_profile). Thread rule:
// pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace efface::rules {

enum class StatedView : std::uint8_t { kNothing, kFrontal, kLateral, kOblique };

/// Absent values are empty.
struct HeadViewFacts {
    std::string_view view_position;         ///< (0018,5101)
    std::string_view view_meaning;          ///< (0008,0104) of the first item of (0054,0220).
    std::string_view patient_orientation;   ///< (0020,0020)
    std::string_view positioner_angle;      ///< (0018,1510)
    std::string_view imager_pixel_spacing;  ///< (0018,1164)
    std::string_view pixel_spacing;         ///< (0028,0030)
};

struct HeadView {
    bool is_searched = false;  ///< A radiograph that may show a head: a profile is looked for.
    bool head_stated = false;  ///< The body part is of head or neck.
    StatedView stated = StatedView::kNothing;
    double pixels_a_millimetre = 0;  ///< 0: not stated.

    /// Where no profile is found: is that a doubt that somebody must look at?
    bool must_show_profile() const { return is_searched && head_stated && stated != StatedView::kFrontal; }
};

/// PS3.16 Annex L, without spaces and marks: parts whose images show the face, or the throat below it.
bool is_head_or_neck(std::string_view body_part);

StatedView stated_view(const HeadViewFacts& facts);

/// Of the finer of both spacings; a detector's is that of the patient or larger.
double pixels_a_millimetre(const HeadViewFacts& facts);

}  // namespace efface::rules
