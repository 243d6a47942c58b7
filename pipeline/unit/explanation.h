// Explanation: what would become of an instance and why, for `efface rules explain`: which rule, why
// not the earlier ones, and for every attribute at every depth its action, the table row or override,
// and the reason. The same walk as the cleaner's, applied to nothing. No value of the instance is in it.
//
//   {"outcome":"would-clean|quarantined|refused","reason":"","sop_class_uid":"...",
//    "transfer_syntax_uid":"...","rule":"...","pixel_policy":"...","pixels":{"text":b,"face":b,"why":"...",
//    "mask_segmentation":b,"device_template":"...","declared_regions":[...]},
//    "steps":[{"rule":"...","matched":b,"why":"..."}],
//    "attributes":[{"path":"(0008,1110)[1]/","tag":"(0008,1150)","keyword":"...","vr":"UI","creator":"",
//                   "action":"K","source":"table|override|not-in-table|unknown|group|structural",
//                   "table_code":"X/Z","type":"2","why":"...","edit":"keep|enter|remove|empty|replace|
//                   replace-item|quarantine"}],
//    "attributes_left_out":0}
//
// Thread rule: re-entrant.
#pragma once

#include "config/json_forward.h"
#include "config/result.h"
#include "pipeline/unit/clean_unit.h"

#include <cstddef>
#include <span>

namespace efface::pipeline {

/// Attributes listed at most; the rest are counted.
inline constexpr std::size_t kExplainedAttributesMax = 100'000;

/// Never fails for what is wrong with the instance: that is in "outcome" and "reason".
Json explain_unit(std::span<const std::byte> original, const UnitWork& work);

}  // namespace efface::pipeline
