// What the daemon reads of a data set: the few attributes that routing, the check of a C-STORE
// command against its data set (A900) and the job row need. Top level only, sequences are skipped,
// and the walk stops after group 0020.
// Thread rule: pure functions; results point into the caller's bytes and hold patient data.
#pragma once

#include "config/result.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <cstddef>
#include <span>
#include <string_view>

namespace efface::pipeline {

/// Values as encoded, padding trimmed; empty where absent or empty.
struct Routing {
    std::string_view character_set;         ///< (0008,0005)
    std::string_view sop_class_uid;         ///< (0008,0016)
    std::string_view sop_instance_uid;      ///< (0008,0018)
    std::string_view modality;              ///< (0008,0060)
    std::string_view patient_id;            ///< (0010,0020)
    std::string_view issuer_of_patient_id;  ///< (0010,0021)
    std::string_view study_instance_uid;    ///< (0020,000D)
    std::string_view series_instance_uid;   ///< (0020,000E)
    /// The walk met an element after group 0020, so that more bytes would tell nothing else.
    bool is_complete = false;
};

/// Fault::kQuarantine: the data set is broken before the end of group 0020, or a tag there is
/// doubled or out of order (two readers would see two different instances).
Result<Routing> routing_attributes(std::span<const std::byte> data_set, const rules::TransferSyntax& syntax);

}  // namespace efface::pipeline
