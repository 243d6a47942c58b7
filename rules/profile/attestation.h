// What Efface itself writes into an instance, as facts: the cleaner writes them, the gate expects
// exactly them, and neither shares code with the other. Constants only.
// PS3.10 7.1 (File Meta Information), PS3.3 C.12.1 and C.7.1.1 (attestation), PS3.15 E.1.1.
#pragma once

#include "rules/profile/identity_possible.h"
#include "rules/vocabulary/implementation.h"
#include "rules/vocabulary/tag.h"
#include "rules/vocabulary/vr.h"

#include <array>
#include <string_view>

namespace efface::rules {

/// The File Meta Information is exactly these elements in this order, after 128 zero bytes and "DICM":
/// group length, version 00\01, SOP class, new SOP instance, transfer syntax, and from
/// rules/vocabulary/implementation.h class UID and version name.
inline constexpr std::array kFileMetaTags{Tag{0x0002, 0x0000}, Tag{0x0002, 0x0001}, Tag{0x0002, 0x0002},
                                          Tag{0x0002, 0x0003}, Tag{0x0002, 0x0010}, Tag{0x0002, 0x0012},
                                          Tag{0x0002, 0x0013}};

inline constexpr Tag kPatientIdentityRemoved{0x0012, 0x0062};
inline constexpr Tag kDeidentificationMethod{0x0012, 0x0063};
inline constexpr Tag kDeidentificationMethodCodes{0x0012, 0x0064};
inline constexpr Tag kContributingEquipment{0x0018, 0xA001};
inline constexpr Tag kBurnedInAnnotation{0x0028, 0x0301};
inline constexpr Tag kRecognizableVisualFeatures{0x0028, 0x0302};
inline constexpr Tag kLongitudinalTemporalInformationModified{0x0028, 0x0303};

/// (0012,0062): YES states attributes *and* Pixel Data (PS3.3 C.7.1.1). NO where the Pixel Data may
/// show text or a face and nothing proves that it does not.
inline constexpr std::string_view kYes = "YES";
inline constexpr std::string_view kNo = "NO";

/// (0012,0063), LO, one value each (<= 64 characters). Ours are the last values; the first always
/// stands, one of the others after it exactly where the Pixel Data may show text or a face.
inline constexpr std::string_view kMethodAttributes = "Efface: PS3.15 Table E.1-1 applied to all attributes";
inline constexpr std::string_view kMethodPixelsNotCleaned =
    "Efface: Pixel Data not examined for text or faces";
inline constexpr std::string_view kMethodFoundRemoved =
    "Efface: text and faces that were found are blackened";
inline constexpr std::string_view kMethodFoundRemovedButMarkers =
    "Efface: text and faces found are blackened, markers may stay";
inline constexpr std::string_view kMethodProven =
    "Efface: Pixel Data searched, text and faces found are blackened";

/// The second text, or nothing.
constexpr std::string_view method_of(const PixelStatement& pixels) {
    switch (pixels.treatment) {
        case PixelTreatment::kNothingPossible:
            return {};
        case PixelTreatment::kNotExamined:
            return kMethodPixelsNotCleaned;
        case PixelTreatment::kFoundRemoved:
            return pixels.markers_may_stay ? kMethodFoundRemovedButMarkers : kMethodFoundRemoved;
        case PixelTreatment::kProven:
            break;
    }
    return kMethodProven;
}

/// One row of CID 7050, coding scheme DCM; (0012,0064) holds ours last, in this order.
struct CodedConcept {
    std::string_view value;
    std::string_view meaning;
};

inline constexpr std::string_view kDcmScheme = "DCM";
/// Always.
inline constexpr CodedConcept kBasicProfileCode{"113100", "Basic Application Confidentiality Profile"};
/// In the order of enum Option in rules/profile/profile.h; each stands when its option was applied.
inline constexpr std::array kOptionCodes{
    CodedConcept{"113111", "Retain Safe Private Option"},
    CodedConcept{"113110", "Retain UIDs Option"},
    CodedConcept{"113109", "Retain Device Identity Option"},
    CodedConcept{"113112", "Retain Institution Identity Option"},
    CodedConcept{"113108", "Retain Patient Characteristics Option"},
    CodedConcept{"113106", "Retain Longitudinal Temporal Information Full Dates Option"},
    CodedConcept{"113107", "Retain Longitudinal Temporal Information Modified Dates Option"},
    CodedConcept{"113105", "Clean Descriptors Option"},
    CodedConcept{"113104", "Clean Structured Content Option"},
    CodedConcept{"113103", "Clean Graphics Option"},
};
/// Only our own proof on the pixels writes these two (PixelStatement), after the codes above, in this order.
inline constexpr CodedConcept kCleanPixelDataCode{"113101", "Clean Pixel Data Option"};
inline constexpr CodedConcept kCleanVisualFeaturesCode{"113102", "Clean Recognizable Visual Features Option"};

/// (0028,0303): REMOVED without a temporal option, UNMODIFIED with full dates, MODIFIED with modified dates.
inline constexpr std::string_view kTemporalRemoved = "REMOVED";
inline constexpr std::string_view kTemporalUnmodified = "UNMODIFIED";
inline constexpr std::string_view kTemporalModified = "MODIFIED";

/// Our item of the Contributing Equipment Sequence is the last one and holds exactly, in this order:
/// (0008,0070) kEquipmentName, (0008,1090) kEquipmentName, (0018,1020) the work order's software
/// version, (0018,A002) the year, four digits, UTC, of the work order's accepted time, and
/// (0040,A170) with one item (0008,0100) (0008,0102) (0008,0104) of kEquipmentPurpose.
/// The year alone, because an instance is usually sent on the day it was made: a full
/// Contribution DateTime would give back the study date that the profile removes. DT allows it (PS3.5 6.2).
inline constexpr std::string_view kEquipmentName = "Efface";
inline constexpr CodedConcept kEquipmentPurpose{"109104", "De-identifying Equipment"};

/// The top-level attributes that Efface adds or replaces whatever the instance held before.
inline constexpr std::array kAttestationTags{
    kPatientIdentityRemoved, kDeidentificationMethod, kDeidentificationMethodCodes, kContributingEquipment,
    kLongitudinalTemporalInformationModified};

}  // namespace efface::rules
