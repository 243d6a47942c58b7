// HeaderCleaner: takes a patient out of everything but the Pixel Data (PS3.15 E.1.1, E.2).
//
// Walks every attribute at every depth; the profile decides, rules/actions plans the edit, the edit
// is applied, and what was done is stated in the instance (promise P9). All of it follows from the
// arguments: no clock, no randomness.
// Thread rule: a pure function of its arguments but for the data set, which belongs to the caller.
#pragma once

#include "config/crypto/digest.h"
#include "config/environment.h"
#include "config/result.h"
#include "pipeline/dicom/data_set.h"
#include "rules/actions/action.h"
#include "rules/keys/project_key.h"
#include "rules/matching/rule_set.h"
#include "rules/profile/profile.h"

#include <string>
#include <string_view>
#include <vector>

namespace efface::pipeline {

/// What the edits rest on besides the data set.
struct HeaderWork {
    const rules::Rule& rule;
    const rules::ProjectKey& key;
    std::string_view sop_class_uid;
    std::string_view software_version;
    UnixMicros accepted_at = 0;
    /// An operator's `--as new-instance`: the SOP Instance UID comes from original UID and this digest.
    bool as_new_instance = false;
    Digest original_digest{};
    rules::PixelStatement pixels;
};

struct HeaderOutcome {
    rules::ActionCounts actions;     ///< Attributes by action, at every depth; a removed sequence is one.
    std::vector<std::string> facts;  ///< Literals for the receipt.
};

/// Edits `data_set` in place. After an error it is spent. Fault::kQuarantine where an attribute has no
/// safe edit, with its tag.
Result<HeaderOutcome> clean_header(DataSet& data_set, const HeaderWork& work);

}  // namespace efface::pipeline
