// InstanceContext: what planning must know of the whole instance before any edit: who the patient is
// (so that nested copies of the id become the same pseudonym) and which UIDs an operator decided.
// Thread rule: a value; holds patient data.
#pragma once

#include "config/result.h"
#include "pipeline/dicom/data_set.h"
#include "pipeline/header/header_cleaner.h"
#include "rules/actions/edit.h"

#include <string>

namespace efface::pipeline {

struct InstanceContext {
    std::string patient_id;
    std::string patient_pseudonym;
    std::string patient_prefix;  ///< Of the rule.
    std::string sop_instance_uid;
    std::string new_sop_instance_uid;
    std::string mime_type;

    /// Borrows from this object and from `key`.
    rules::PlanContext plan_context(const rules::ProjectKey& key) const;
};

/// `root` is not edited yet.
Result<InstanceContext> read_context(const Item& root, const HeaderWork& work);

}  // namespace efface::pipeline
