// The whole path of one instance through a cleaner: read, match a rule, judge the pixels, clean the
// header, cut what carries no samples out of the Pixel Data, write.
//
// A pure function of its work order (promise P6): no clock, no randomness, no path. Any doubt ends in
// quarantine with a literal reason that tells a person what to do.
// Thread rule: re-entrant.
#pragma once

#include "config/result.h"
#include "pipeline/picture/generator.h"
#include "pipeline/pixel/found_identity.h"
#include "pipeline/unit/work_order.h"
#include "rules/keys/project_key.h"
#include "rules/matching/rule_set.h"
#include "rules/profile/measured_recall.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace efface::pipeline {

struct UnitWork {
    const WorkOrder& order;
    const rules::RuleSet& rules;  ///< The set whose digest the order names.
    const rules::ProjectKey& key;
    std::uint64_t output_bytes_max = 0;
    Finders finders{};  ///< None: an instance that needs them is answered kNeedsDetectors.
    std::span<const rules::MeasuredRecall> recalls = rules::measured_recalls();
    /// Of the search, so that a large image ends with a reason and not with its worker.
    std::int64_t search_cpu_micros_max = kSearchCpuMicrosMax;
    Generator* generator = nullptr;  ///< Null: what is destroyed stays black.
};

/// `original` is a whole Part 10 file, `output_fd` an empty file open for writing. The report says
/// cleaned, quarantined or refused; an Error says that the attempt failed and nothing is known of the
/// instance (Fault::kRetry: the output cannot be written). Unless cleaned, the output's content is
/// worthless.
Result<CleanReport> clean_unit(std::span<const std::byte> original, int output_fd, const UnitWork& work);

}  // namespace efface::pipeline
