// Applies one rules::Edit to one element of an item. Knows how, never what.
// Thread rule: see DataSet.
#pragma once

#include "config/result.h"
#include "pipeline/dicom/data_set.h"
#include "rules/actions/edit.h"

namespace efface::pipeline {

/// After kRemove, kReplace and kReplaceItem the handle `element` is dead.
Status apply_edit(Item& item, Element& element, const rules::Edit& edit);

}  // namespace efface::pipeline
