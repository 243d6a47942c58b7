// FillReport: what became of the holes of one instance, as receipts show it: each parameter, the model, and
// for every hole of every frame whether it was filled and what it was judged by. Thread rule: values.
#pragma once

#include "config/crypto/digest.h"
#include "config/json_forward.h"
#include "config/result.h"
#include "pipeline/picture/mask_boxes.h"
#include "rules/matching/enhance_rules.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace efface::pipeline {

/// More are counted, not listed.
inline constexpr std::size_t kFilledAreasMax = 256;

struct FilledArea {
    std::uint64_t frame = 0;
    Box box;  ///< The bounds of the hole.
    bool filled = false;
    std::string outcome;  ///< "filled and marked", or why not: a literal, with the rule's number at most.
    std::uint64_t snr_tenths = 0;
    std::uint64_t visible_permille = 0;  ///< Of the surround: shows a head.
    std::uint64_t hidden_permille = 0;   ///< Of the surround: under the mask.
    /// At the edge of the fill, of the visible range (pipeline/enhance/tone.h).
    std::uint64_t grey_difference_permille = 0;
    /// pipeline/enhance/confidence.h. Nothing: the model says none, or the hole was refused before.
    std::optional<std::uint64_t> confidence_permille{};

    bool operator==(const FilledArea&) const = default;
};

struct FillReport {
    std::string model_name;  ///< Empty: no fill was tried.
    std::string model_version;
    std::string model_digest;  ///< SHA-256 in hex.
    rules::EnhanceSettings settings{};
    std::uint64_t filled = 0;
    std::uint64_t refused = 0;
    std::vector<FilledArea> areas;

    bool operator==(const FillReport&) const = default;

    bool was_tried() const { return !model_name.empty(); }
};

Json to_json(const FillReport& report);
/// Strict.
Result<FillReport> fill_report_from_json(const Json& json);

/// [{"parts": four edges each, "first": frame, "count": of frames}, ...]
Json holes_to_json(const std::vector<Hole>& holes);
Result<std::vector<Hole>> holes_from_json(const Json& json);

}  // namespace efface::pipeline
