// Whether the Pixel Data of an instance may show text or a face: one table by SOP class, modality,
// image type and body part. A sender's NO (Burned In Annotation, Recognizable Visual Features) is no
// input: it never makes a "no". When in doubt it is possible. Voice counts as text, a mesh as pixels.
// PS3.15 E.3.1, E.3.2. Thread rule: pure.
#pragma once

#include "rules/profile/head_view.h"
#include "rules/profile/marker_table.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace efface::rules {

/// What a SOP class shows, as far as text and faces go. Recall is measured by these (measured_recall.h).
enum class ImageKind : std::uint8_t {
    kNoPixels,
    kDoseGrid,
    kTomogram,       ///< CT, MR, PET, NM: text and face depend on image type and body part.
    kDerivedVolume,  ///< Segmentations, maps and meshes made from tomograms: no text, perhaps a face.
    kRadiograph,
    kFluoroscopy,  ///< XA, XRF and what is made of them.
    kBreast,
    kUltrasound,
    kPhotograph,  ///< Visible light, endoscopy, video.
    kMicroscopy,
    kEyeInside,
    kSound,
    kAnything,  ///< Secondary captures, and classes without a row.
};

struct PixelIdentity {
    bool text = true;      ///< Burned-in text is possible.
    bool face = true;      ///< A recognizable face is possible, in the plane or reconstructed.
    std::string_view why;  ///< One literal sentence.
    /// A photograph or a video: one in which no face is found is doubt.
    bool is_photograph = false;
    /// Slices, or what is made of them: a face may show only when many are put together.
    bool is_volume = false;
    ImageKind kind = ImageKind::kAnything;
    /// No face only because every ultrasound region is a section: beside the regions one may show all the
    /// same.
    bool face_outside_regions = false;
    /// Of radiographs: what they say of the view of a head.
    HeadView head_view{};
    /// The sender says that text or a face is shown.
    bool is_stated = false;
    /// Where it says so and neither is found, that is a doubt which the rule does not accept.
    bool unfound_matters = false;
    /// What is nearly found is a doubt that the rule does not accept.
    bool near_misses_matter = false;
    /// What the rule leaves of the text that is found: see rules::markers_left().
    MarkerSet markers_left{};

    /// A frontal view of a head keeps its pixels: what it shows of a face is bone.
    bool face_is_searched() const { return face && head_view.stated != StatedView::kFrontal; }

    /// Screens: kinds that usually carry lines of text about the patient.
    bool is_screen() const;
    /// Kinds that carry letters for side and view: radiographs, mammograms, fluoroscopy.
    bool has_markers() const;
};

/// What the table looks at. Values are trimmed; absent ones are empty.
struct PixelFacts {
    std::string_view sop_class_uid;
    std::string_view modality;                     ///< (0008,0060)
    std::span<const std::string_view> image_type;  ///< (0008,0008), value by value.
    std::string_view body_part;  ///< (0018,0015), or the meaning of the anatomic region code.
    /// The sender says YES in (0028,0301) or (0028,0302). A YES is believed, a NO is no input.
    bool claims_text = false;
    bool claims_face = false;
    /// Ultrasound: there are regions (0018,6011), and each says that it is a section, a trace or a legend.
    bool regions_are_sections = false;
    HeadViewFacts view{};
};

/// Of one item of the Sequence of Ultrasound Regions (PS3.3 C.8.5.5.1.1 and .2): Region Spatial Format
/// (0018,6012) is 2D, M-mode, spectral, wave form or graphics, and Region Data Type (0018,6014) is one of
/// those defined.
constexpr bool is_section(std::uint32_t spatial_format, std::uint32_t data_type) {
    return spatial_format >= 1 && spatial_format <= 5 && data_type >= 1 && data_type <= 0x12;
}

/// What was done about text and faces in Pixel Data; decides (0012,0062) and the second text of (0012,0063).
enum class PixelTreatment : std::uint8_t {
    kNothingPossible,  ///< The SOP class and its facts leave no room for either.
    kNotExamined,      ///< `header-only`.
    kFoundRemoved,     ///< `remove-found`.
    kProven,           ///< `require-clean`: searched in a kind whose recall is measured, nothing left.
};

/// What Efface says about Pixel Data in the header of an output.
struct PixelStatement {
    PixelTreatment treatment = PixelTreatment::kNotExamined;
    bool text_proven = false;  ///< (0028,0301) NO and code 113101.
    bool face_proven = false;  ///< (0028,0302) NO and code 113102.
    bool markers_may_stay = false;

    bool searched() const {
        return treatment == PixelTreatment::kFoundRemoved || treatment == PixelTreatment::kProven;
    }

    /// (0012,0062) YES.
    bool identity_removed() const {
        return treatment == PixelTreatment::kNothingPossible || treatment == PixelTreatment::kProven;
    }
};

PixelIdentity identity_possible(const PixelFacts& facts);

}  // namespace efface::rules
