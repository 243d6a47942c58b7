// AuditIdentity: how an original appears in audit rows, metrics and logs: as a keyed hash under the
// audit key, never as itself. The same original always has the same hash, so rows can be found by it.
// Thread rule: const after construction; safe to share.
#pragma once

#include "rules/keys/project_key.h"

#include <string>
#include <string_view>

namespace efface::node {

class AuditIdentity {
public:
    explicit AuditIdentity(rules::ProjectKey audit_key) : key_{std::move(audit_key)} {}

    /// "" for an empty value, as all below: an audit column that does not apply is empty.
    std::string instance(std::string_view original_sop_instance_uid) const {
        return hash("instance", original_sop_instance_uid);
    }

    std::string study(std::string_view original_study_uid) const { return hash("study", original_study_uid); }

    std::string digest(const Digest& original) const { return hash("digest", to_hex(original)); }

    /// Names the key in use, without telling it.
    std::string fingerprint() const { return key_.fingerprint(); }

private:
    std::string hash(std::string_view domain, std::string_view value) const {
        return value.empty() ? std::string{} : key_.keyed_hash(domain, value);
    }

    rules::ProjectKey key_;
};

}  // namespace efface::node
