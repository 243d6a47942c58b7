// Whether the Pixel Data of an instance may show text or a face: one table by SOP class, modality,
// image type and body part. A sender's NO (Burned In Annotation, Recognizable Visual Features) is no
// input: it never makes a "no". When in doubt it is possible. Voice counts as text, a mesh as pixels.
// PS3.15 E.3.1, E.3.2. Thread rule: pure.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace efface::rules {

struct PixelIdentity {
    bool text = true;      ///< Burned-in text is possible.
    bool face = true;      ///< A recognizable face is possible, in the plane or reconstructed.
    std::string_view why;  ///< One literal sentence.
    /// A photograph or a video: one in which no face is found is doubt.
    bool is_photograph = false;
    /// Slices, or what is made of them: a face may show only when many are put together.
    bool is_volume = false;
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
};

/// What was done about text and faces in Pixel Data; decides (0012,0062) and the second text of (0012,0063).
enum class PixelTreatment : std::uint8_t {
    kNothingPossible,  ///< The SOP class and its facts leave no room for either.
    kNotExamined,      ///< `header-only`.
    kFoundRemoved,     ///< `remove-found`.
};

PixelIdentity identity_possible(const PixelFacts& facts);

}  // namespace efface::rules
