// What a data set says of samples that were blackened, as constants for cleaner and gate alike: attributes
// that speak of a derived image (PS3.3 C.12.4.1, C.7.6.1.1.5, C.7.6.16.2.6; PS3.16 CID 7203). Thread rule:
// constants and pure functions.
#pragma once

#include "rules/profile/attestation.h"
#include "rules/vocabulary/tag.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace efface::pipeline {

inline constexpr rules::Tag kImageType{0x0008, 0x0008};
inline constexpr rules::Tag kFrameType{0x0008, 0x9007};
inline constexpr rules::Tag kDerivationDescription{0x0008, 0x2111};
inline constexpr rules::Tag kDerivationCodes{0x0008, 0x9215};
inline constexpr rules::Tag kSharedFunctionalGroups{0x5200, 0x9229};
inline constexpr rules::Tag kPerFrameFunctionalGroups{0x5200, 0x9230};
inline constexpr rules::Tag kLossyImageCompression{0x0028, 0x2110};
inline constexpr rules::Tag kLossyImageCompressionRatio{0x0028, 0x2112};
inline constexpr rules::Tag kLossyImageCompressionMethod{0x0028, 0x2114};

inline constexpr std::string_view kDerived = "DERIVED";
inline constexpr std::string_view kLossy = "01";
/// Takes the place of whatever stood there: that spoke of other samples.
inline constexpr std::string_view kDerivationText = "Areas with text or faces were blackened";
inline constexpr rules::CodedConcept kDerivationCode{"113047", "Pixel by pixel mask"};

/// Defined term of (0028,2114) for what this syntax loses by; empty: it loses nothing.
constexpr std::string_view lossy_method(const rules::TransferSyntax& syntax) {
    if (!syntax.lossy_possible) {
        return {};
    }
    switch (syntax.family) {
        case rules::SyntaxFamily::kJpeg:
            return "ISO_10918_1";
        case rules::SyntaxFamily::kJpegLs:
            return "ISO_14495_1";
        case rules::SyntaxFamily::kJpeg2000:
            return "ISO_15444_1";
        case rules::SyntaxFamily::kHtj2k:
            return "ISO_15444_15";
        default:
            return {};
    }
}

}  // namespace efface::pipeline
