// What a data set says of samples that were filled, beside what it says of blackened ones (derivation.h): for
// cleaner and gate alike, constants and pure functions of what was filled. PS3.3 C.12.1 (Synthetic Data),
// C.8.13.1 (Content Qualification), C.7.6.1, C.12.1 (Contributing Equipment). Thread rule: pure.
#pragma once

#include "pipeline/pixel/fill_frames.h"
#include "rules/matching/enhance_rules.h"
#include "rules/vocabulary/tag.h"
#include "rules/vocabulary/vr.h"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace efface::pipeline {

inline constexpr rules::Tag kSyntheticData{0x0008, 0x001C};
inline constexpr rules::Tag kContentQualification{0x0018, 0x9004};
inline constexpr rules::Tag kImageComments{0x0020, 0x4000};
inline constexpr rules::Tag kContributionDescription{0x0018, 0xA003};

inline constexpr std::string_view kIsSynthetic = "YES";
inline constexpr std::string_view kForResearch = "RESEARCH";

struct FillAttribute {
    rules::Tag tag;
    rules::Vr vr;
    std::string value;  ///< In the data set's character set.
};

using FillAttributes = std::array<FillAttribute, 3>;

/// Of the top level, whatever stood there before. `character_set`: the value of Specific Character Set
/// (0008,0005) there, empty where there is none.
FillAttributes fill_attributes(rules::FillLanguage language, std::string_view character_set);

bool any_filled(std::span<const FrameFill> fills);
/// The box shares a pixel with something that is filled.
bool meets_fill(const Box& box, std::span<const FrameFill> fills);

/// Derivation Description: that areas were blackened, and which of them are filled, as
/// "left,top,width,height": the first eight.
std::string filled_derivation_text(std::span<const FrameFill> fills);

/// In the item of Contributing Equipment: the stamp, which the mark says too, and the model.
std::string fill_contribution_text(const Generator::Facts& model, std::uint32_t utc_seconds);

/// For people who run a node: "NAME VERSION; licence: ...; trained on: ...; confidence of a fill: ...", in
/// printable ASCII.
std::string model_description(const Generator::Facts& model);

}  // namespace efface::pipeline
