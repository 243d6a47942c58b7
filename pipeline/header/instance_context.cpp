#include "pipeline/header/instance_context.h"

namespace efface::pipeline {
namespace {

using rules::Tag;

constexpr Tag kSopInstanceUid{0x0008, 0x0018};
constexpr Tag kPatientId{0x0010, 0x0020};
constexpr Tag kIssuerOfPatientId{0x0010, 0x0021};
constexpr Tag kMimeType{0x0042, 0x0012};

}  // namespace

rules::PlanContext InstanceContext::plan_context(const rules::ProjectKey& key) const {
    return rules::PlanContext{
        .key = key,
        .patient_pseudonym = patient_pseudonym,
        .patient_prefix = patient_prefix,
        .original_patient_id = patient_id,
        .original_sop_instance_uid = sop_instance_uid,
        .new_sop_instance_uid = new_sop_instance_uid,
        .encapsulated_mime_type = mime_type,
        .clean = {},
    };
}

Result<InstanceContext> read_context(const Item& root, const HeaderWork& work) {
    InstanceContext context;
    context.patient_prefix = work.rule.patient_prefix;
    EFFACE_TRY(context.patient_id, root.text(kPatientId));
    EFFACE_TRY(const std::string issuer, root.text(kIssuerOfPatientId));
    EFFACE_TRY(context.sop_instance_uid, root.text(kSopInstanceUid));
    EFFACE_TRY(context.mime_type, root.text(kMimeType));
    if (!context.patient_id.empty()) {
        context.patient_pseudonym = work.key.pseudonym(work.rule.patient_prefix, issuer, context.patient_id);
    }
    if (work.as_new_instance) {
        context.new_sop_instance_uid =
            work.key.map_uid_of_content(context.sop_instance_uid, work.original_digest);
    }
    return context;
}

}  // namespace efface::pipeline
