// Stamp: what Efface states in an instance about what it did to it (promise P9; PS3.3 C.7.1.1,
// C.12.1, C.7.6.1; PS3.15 E.1.1 item 5). The texts and codes are those of rules/profile/attestation.h,
// which the gate expects to the byte.
// Thread rule: see DataSet.
#pragma once

#include "config/environment.h"
#include "config/result.h"
#include "pipeline/dicom/data_set.h"
#include "rules/profile/attestation.h"
#include "rules/profile/profile.h"

#include <string>
#include <string_view>
#include <vector>

namespace efface::pipeline {

struct StampWork {
    const rules::ProfileOptions& options;
    std::string_view sop_class_uid;
    std::string_view software_version;
    UnixMicros accepted_at = 0;  ///< The only source of the year that is written.
    bool trust_sender_history = false;
    rules::PixelStatement pixels;
};

/// Writes the attestation into an already edited data set, and appends literals on what became of
/// the sender's own claims to `facts`.
Status stamp(Item& root, const StampWork& work, std::vector<std::string>& facts);

}  // namespace efface::pipeline
