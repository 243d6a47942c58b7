// What the attestation depends on, as the gate reads it from the original: what its Pixel Data may show and
// what its sender claims. Thread rule: pure; what is returned borrows the bytes.
#pragma once

#include "config/result.h"
#include "rules/profile/identity_possible.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <cstddef>
#include <span>
#include <string_view>

namespace efface::pipeline {

/// Values of the original as encoded; absent ones are empty.
struct ClaimFacts {
    std::string_view modality;
    std::string_view image_type;
    std::string_view body_part;
    std::string_view anatomic_region;  ///< The meaning in the first item of (0008,2218).
    bool claims_text = false;          ///< YES in (0028,0301)
    bool claims_face = false;          ///< YES in (0028,0302)
    /// Items of the Sequence of Ultrasound Regions, and how many of them are sections, traces or legends.
    std::uint32_t regions = 0;
    std::uint32_t sections = 0;
    rules::HeadViewFacts view{};

    rules::PixelIdentity identity(std::string_view sop_class_uid) const;
};

/// An error of the scanner.
Result<ClaimFacts> read_claim_facts(std::span<const std::byte> data_set, const rules::TransferSyntax& syntax);

}  // namespace efface::pipeline
