// The walk over every attribute at every depth, in tag order, sequences entered where their edit says
// so. One walk for the cleaner, which applies each plan, and for `rules explain`, which prints it.
// Recursion only over sequences; depth was bounded by pipeline/scan and is asserted again.
// Thread rule: see DataSet.
#pragma once

#include "config/result.h"
#include "pipeline/dicom/data_set.h"
#include "rules/actions/edit.h"
#include "rules/profile/profile.h"

#include <cstdint>
#include <span>
#include <string_view>

namespace efface::pipeline {

/// One attribute with what will become of it.
struct PlannedAttribute {
    Element element;
    rules::Vr vr;
    std::span<const rules::Tag> path;             ///< Tags of the sequences around it, outermost first.
    std::span<const std::uint32_t> item_numbers;  ///< One per tag of `path`, from 1.
    std::string_view private_creator;
    rules::Decision decision;
    Result<rules::Edit> edit;
};

/// Sees each attribute before the walk goes on. It may change or remove the element in `item`. Where
/// the edit is kEnter the walk enters the sequence afterwards.
class AttributeVisitor {
public:
    virtual ~AttributeVisitor() = default;
    virtual Status visit(Item& item, PlannedAttribute& planned) = 0;
    /// After all attributes of an item, so that what others depend on goes last.
    virtual Status leave(Item& item) = 0;
};

struct WalkContext {
    const rules::Profile& profile;
    const rules::PlanContext& plan;
    std::string_view sop_class_uid;
};

Status walk_attributes(DataSet& data_set, const WalkContext& context, AttributeVisitor& visitor);

}  // namespace efface::pipeline
