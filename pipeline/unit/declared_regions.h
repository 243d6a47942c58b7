// The regions of an instance that are blackened without a search: those of its rule, of its device's
// template, and what lies outside its ultrasound regions (PS3.3 C.8.5.5). Read through pipeline/scan and
// rules/ by the cleaner, which blackens them, and by the gate, which holds the written file to them. Thread
// rule: pure.
#pragma once

#include "pipeline/picture/picture.h"
#include "pipeline/unit/instance_facts.h"

#include <string>
#include <vector>

namespace efface::pipeline {

struct DeclaredRegions {
    std::vector<Box> boxes;      ///< Within the frame; they may overlap.
    std::string device;          ///< The template's name; empty: none took the instance.
    std::vector<Box> of_rule{};  ///< Those of them that the rule itself names.
    bool by_rule = false;
    bool by_ultrasound = false;

    bool any_source() const { return by_rule || by_ultrasound || !device.empty(); }
};

/// Nothing where the image has no size. Of a Sequence of Ultrasound Regions that cannot be read beyond doubt
/// (more than rules::kRegionsMax items, a region without area or outside the frame) nothing is taken.
DeclaredRegions declared_regions(
    const ScannedDataSet& data_set, const rules::InstanceFacts& facts, const rules::RuleSet& rules,
    const rules::Rule& rule
);

/// What of a frame lies in none of `kept`, as boxes that do not overlap, row by row.
std::vector<Box> outside_of(const std::vector<Box>& kept, std::size_t columns, std::size_t rows);

}  // namespace efface::pipeline
