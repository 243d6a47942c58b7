// The questions that decide whether an instance may be cleaned at all, asked by the cleaner and by
// `rules explain` in the same words.
// Thread rule: see DataSet.
#pragma once

#include "config/result.h"
#include "pipeline/unit/declared_regions.h"
#include "pipeline/unit/instance_facts.h"
#include "pipeline/unit/original.h"
#include "pipeline/unit/work_order.h"
#include "rules/matching/pixel_judgement.h"
#include "rules/matching/rule_set.h"

#include <string_view>

namespace efface::pipeline {

/// What the sender said in its C-STORE command must be what it sent (PS3.4 B.2.3, status A900), and its
/// SOP class must be one that the standard knows. Empty fields of the order are not compared: a file
/// of a folder came with no command.
Status check_against_order(const Original& original, const WorkOrder& order);

/// The rule that an operator named, else the first that matches; no match is Fault::kQuarantine.
Result<const rules::Rule*> choose_rule(
    const ScannedDataSet& data_set, const WorkOrder& order, const rules::RuleSet& rules
);

/// What is to be done about the pixels of one instance, known before any of them is looked at.
struct PixelPlan {
    /// What is searched for: neither text nor face where the rule searches nothing. Where it accepts a
    /// photograph without a face, is_photograph is false: nothing hangs on it then.
    rules::PixelIdentity identity;
    rules::PixelStatement statement;
    DeclaredRegions declared;

    /// Samples are decoded.
    bool looks_at_pixels() const { return statement.searched() || !declared.boxes.empty(); }
};

struct PixelPlanWork {
    const WorkOrder& order;
    const rules::RuleSet& rules;
    const rules::Rule& rule;
    std::span<const rules::MeasuredRecall> recalls = rules::measured_recalls();
};

/// Fault::kQuarantine where a doubt stands against it that the rule does not accept; a sender's claim proves
/// nothing.
Result<PixelPlan> plan_pixels(const ScannedDataSet& data_set, const PixelPlanWork& work);

}  // namespace efface::pipeline
