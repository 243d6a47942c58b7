// Judges one value that the plan replaces (actions D, Z and U): it must be one that Efface writes, so
// that nothing of the original can stand there by accident. The gate computes each expected value with
// the project key itself.
// Thread rule: const; safe to share.
#pragma once

#include "pipeline/gate/gate.h"
#include "pipeline/scan/scanner.h"

#include <string>
#include <string_view>

namespace efface::pipeline {

class ReplacedValue {
public:
    /// Identity of the original instance, as encoded, trimmed; the views must outlive this.
    ReplacedValue(
        const GateWork& work, std::string_view sop_instance_uid, std::string_view patient_id,
        std::string_view issuer
    );

    /// True if `written` is what U makes of `original`: each UID registered and kept, or mapped.
    bool is_mapped(std::string_view original, const Event& written) const;
    /// True if `written` may stand where `original` stood under D or Z.
    bool is_dummy(const Event& original, const Event& written) const;
    /// What the original SOP Instance UID becomes.
    std::string new_sop_instance_uid() const;

private:
    std::string map(std::string_view uid) const;
    bool is_patient(const Event& original, const Event& written) const;

    const GateWork& work_;
    std::string_view sop_instance_uid_;
    std::string_view patient_id_;
    std::string pseudonym_;
};

}  // namespace efface::pipeline
