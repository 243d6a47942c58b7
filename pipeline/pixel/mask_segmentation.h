// What a Segmentation of blackened areas says (PS3.3 A.51, C.8.20; PS3.16 CID 7150, 7203), as constants for
// the one who writes it and for the gate alike. It is made of the cleaned instance alone: what it has beside
// that one are these constants, three UIDs, a year, and one bit a pixel. Thread rule: constants.
#pragma once

#include "rules/profile/attestation.h"
#include "rules/vocabulary/sop_class.h"
#include "rules/vocabulary/tag.h"
#include "rules/vocabulary/vr.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace efface::pipeline {

inline constexpr std::string_view kSegmentationStorage = rules::kSegmentationSopClass;

/// What ProjectKey::derive() is told: no UID of a Segmentation is one that an original is mapped to.
inline constexpr std::string_view kSegmentationKeyPurpose = "mask-segmentation";

/// An attribute of the cleaned instance that stands in its Segmentation as it is.
struct CopiedAttribute {
    rules::Tag tag;
    rules::Vr vr;
    bool must_stand;  ///< Of type 1 or 2 there: empty where the cleaned instance has none.
};

inline constexpr std::array kSegmentationCopies{
    CopiedAttribute{{0x0008, 0x0005}, rules::Vr::CS, false},  // Specific Character Set
    CopiedAttribute{{0x0008, 0x0020}, rules::Vr::DA, true},   // Study Date
    CopiedAttribute{{0x0008, 0x0030}, rules::Vr::TM, true},   // Study Time
    CopiedAttribute{{0x0008, 0x0050}, rules::Vr::SH, true},   // Accession Number
    CopiedAttribute{{0x0008, 0x0090}, rules::Vr::PN, true},   // Referring Physician's Name
    CopiedAttribute{{0x0010, 0x0010}, rules::Vr::PN, true},   // Patient's Name
    CopiedAttribute{{0x0010, 0x0020}, rules::Vr::LO, true},   // Patient ID
    CopiedAttribute{{0x0010, 0x0030}, rules::Vr::DA, true},   // Patient's Birth Date
    CopiedAttribute{{0x0010, 0x0040}, rules::Vr::CS, true},   // Patient's Sex
    CopiedAttribute{{0x0012, 0x0062}, rules::Vr::CS, false},  // Patient Identity Removed
    CopiedAttribute{{0x0012, 0x0063}, rules::Vr::LO, false},  // De-identification Method
    CopiedAttribute{{0x0020, 0x000D}, rules::Vr::UI, true},   // Study Instance UID
    CopiedAttribute{{0x0020, 0x0010}, rules::Vr::SH, true},   // Study ID
    CopiedAttribute{{0x0028, 0x0303}, rules::Vr::CS, false},  // Longitudinal Temporal Information Modified
    CopiedAttribute{{0x0028, 0x2112}, rules::Vr::DS, false},  // Lossy Image Compression Ratio
    CopiedAttribute{{0x0028, 0x2114}, rules::Vr::CS, false},  // Lossy Image Compression Method
};

inline constexpr std::string_view kSegmentationImageType = "DERIVED\\PRIMARY";
inline constexpr std::string_view kSegmentationContentLabel = "EFFACE_MASK";
inline constexpr std::string_view kSegmentationDescription = "Areas that were blackened";
inline constexpr std::string_view kSegmentLabel = "De-identification mask";
/// Not drawn by hand: whoever reads the mask back need not grow it.
inline constexpr std::string_view kSegmentAlgorithmType = "AUTOMATIC";
inline constexpr std::string_view kNoLoss = "00";

inline constexpr std::string_view kSctScheme = "SCT";
inline constexpr rules::CodedConcept kSegmentCategory{"309825002", "Spatial and Relational Concept"};
inline constexpr rules::CodedConcept kSegmentType{"113047", "Pixel by pixel mask"};
inline constexpr rules::CodedConcept kSegmentationPurpose{
    "121322", "Source image for image processing operation"};
inline constexpr rules::CodedConcept kSegmentationDerivation{"113076", "Segmentation"};

/// Bits of all frames together, in bytes: no image that is searched has more pixels.
inline constexpr std::uint64_t kSegmentationBytesMax = std::uint64_t{1} << 27U;

}  // namespace efface::pipeline
