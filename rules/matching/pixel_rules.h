// What a rule's [rule.pixels] says about Pixel Data beyond the policy: regions, and which doubts are
// accepted. Thread rule: values and constants.
#pragma once

#include "rules/matching/region.h"
#include "rules/profile/marker_table.h"

#include <array>
#include <set>
#include <string_view>
#include <vector>

namespace efface::rules {

/// What can stand against letting an image through after a search. Each quarantines, unless the rule accepts
/// it and it can be accepted.
enum class PixelDoubt : std::uint8_t {
    kNoFace,              ///< A photograph or video in which no face is found.
    kNoTemplate,          ///< A screen-like kind without template, fixed or ultrasound regions.
    kUnmeasured,          ///< A kind for which no recall, or too small a one, stands in docs/pixels.md.
    kUnsupportedSamples,  ///< A syntax or shape whose samples are not read.
    kStatedUnfound,       ///< The sender says that text or a face is shown, and neither is found.
    kLowConfidence,       ///< Seen, but not surely enough to be found.
    kResidue,             ///< Text or a face that is still found after all that was found is blackened.
    kBeyondSearch,        ///< Slices whose volume may show a face: no slice shows it.
};

struct PixelDoubtRow {
    PixelDoubt doubt;
    std::string_view name;  ///< In `accept` of a rule.
    /// Where it cannot be accepted no rule may name it.
    bool may_be_accepted;
    /// Under `remove-found` nothing is claimed: then this is no doubt.
    bool only_where_proof_is_claimed;
    std::string_view meaning;
};

inline constexpr std::array kPixelDoubts{
    PixelDoubtRow{
        PixelDoubt::kNoFace, "no-face", true, false, "a photograph or video in which no face is found"},
    PixelDoubtRow{
        PixelDoubt::kNoTemplate, "no-template", true, true,
        "ultrasound, secondary capture, fluoroscopy and angiography, endoscopy, photographs and screens "
        "without device template, regions of the rule or ultrasound regions"},
    PixelDoubtRow{
        PixelDoubt::kUnmeasured, "unmeasured", false, true,
        "a kind of image for which no recall stands in docs/pixels.md, or less than recall_percent_min"},
    PixelDoubtRow{
        PixelDoubt::kUnsupportedSamples, "unsupported-samples", false, false,
        "a transfer syntax or shape whose samples are not read"},
    PixelDoubtRow{
        PixelDoubt::kStatedUnfound, "stated-unfound", true, true,
        "the sender says YES in Burned In Annotation or Recognizable Visual Features, and nothing is "
        "blackened"},
    PixelDoubtRow{
        PixelDoubt::kLowConfidence, "low-confidence", true, true,
        "something that may be text or a face, with a score less than 0.1 below that from which on it is "
        "blackened"},
    PixelDoubtRow{
        PixelDoubt::kResidue, "residue", false, false,
        "text or a face that is still found after what was found is blackened"},
    PixelDoubtRow{
        PixelDoubt::kBeyondSearch, "beyond-search", false, false,
        "slices of a head, neck, whole body or unknown part: the volume may show a face, no slice does"},
};

struct PixelRules {
    /// Blackened in every image that the rule takes, as far as they lie in it.
    std::vector<Region> blacken;
    /// Under `header-only` false unless the rule says otherwise, like the next.
    bool device_templates = true;
    /// What lies outside all items of the Sequence of Ultrasound Regions (0018,6011) is blackened.
    bool ultrasound_regions = true;
    std::set<PixelDoubt> accept;
    /// The lower bound of the measured recall, in percent, that a kind needs before "nothing found" counts.
    int recall_percent_min = 95;
    /// Stay where they are read; under `remove-found` alone.
    MarkerSet allowed_markers;

    /// What is blackened is delivered as a DICOM Segmentation behind the instance, or neither is.
    bool mask_segmentation = false;

    bool accepts(PixelDoubt doubt) const { return accept.contains(doubt); }
};

}  // namespace efface::rules
