// See gate.h: the order of the judgements.
#include "pipeline/gate/gate.h"

#include "pipeline/codec/syntax_table.h"
#include "pipeline/codestream/pixel_shape.h"
#include "pipeline/gate/file_frame.h"
#include "pipeline/gate/own_fill.h"
#include "pipeline/gate/replaced_value.h"
#include "pipeline/gate/twin_walk.h"
#include "pipeline/pixel/samples.h"
#include "pipeline/scan/part10.h"
#include "pipeline/scan/routing.h"
#include "pipeline/unit/fill_summary.h"
#include "rules/vocabulary/sop_class.h"

namespace efface::pipeline {
namespace {

Status judge_instance(const Routing& original, const GateWork& work) {
    if (rules::find_storage_sop_class(original.sop_class_uid) == nullptr) {
        return fail(Fault::kQuarantine, "gate: the SOP class is private or unknown", Where::tag(0x00080016));
    }
    const WorkOrder& order = work.order;
    const bool other_class = !order.sop_class_uid.empty() && order.sop_class_uid != original.sop_class_uid;
    const std::string& ordered_uid = order.sop_instance_uid.reveal();
    const bool other_instance = !ordered_uid.empty() && ordered_uid != original.sop_instance_uid;
    if (other_class || other_instance || original.sop_instance_uid.empty()) {
        return fail(Fault::kQuarantine, "gate: the original is not the instance of the work order");
    }
    return {};
}

/// Who the judged file says it is: what the node knows it by from here on.
Status name_instance(
    std::span<const std::byte> data_set, const rules::TransferSyntax& syntax, std::string_view expected_uid,
    GateReport& report
) {
    EFFACE_TRY(const Routing shown, routing_attributes(data_set, syntax));
    if (shown.sop_instance_uid != expected_uid) {
        return fail(Fault::kQuarantine, "gate: the file names another instance", Where::tag(0x00080018));
    }
    report.new_sop_instance_uid = shown.sop_instance_uid;
    report.new_study_uid = shown.study_instance_uid;
    report.new_series_uid = shown.series_instance_uid;
    report.new_patient_id = shown.patient_id;
    return {};
}

Status judge_files(
    std::span<const std::byte> original, std::span<const std::byte> written, const GateWork& work,
    GateReport& report
) {
    if (work.order.original_bytes != 0 && work.order.original_bytes != original.size()) {
        return fail(Fault::kQuarantine, "gate: the original has not the length it was received with");
    }
    EFFACE_TRY(const Part10 before, parse_part10(original));
    EFFACE_TRY(const rules::TransferSyntax* before_syntax, scannable_syntax(before));
    EFFACE_TRY(const Part10 after, parse_part10(written));
    EFFACE_TRY(const rules::TransferSyntax* after_syntax, scannable_syntax(after));
    const std::span<const std::byte> before_data = original.subspan(before.data_set_offset);
    std::string_view kept = before_syntax->uid;
    if (!work.mask.empty()) {
        EFFACE_TRY(const PixelScan pixels, scan_pixel_data(before_data, *before_syntax));
        kept = masked_syntax(*before_syntax, sample_shape(pixels.shape));
    }
    const std::string_view expected_syntax =
        work.order.transcode_to.empty() ? kept : std::string_view{work.order.transcode_to};
    EFFACE_TRY(const Routing routing, routing_attributes(before_data, *before_syntax));
    EFFACE_CHECK(judge_instance(routing, work));
    const ReplacedValue replaced{
        work, routing.sop_instance_uid, routing.patient_id, routing.issuer_of_patient_id};
    EFFACE_CHECK(judge_file_frame(
        written.first(after.data_set_offset), routing.sop_class_uid, replaced.new_sop_instance_uid(),
        expected_syntax
    ));
    const std::span<const std::byte> after_data = written.subspan(after.data_set_offset);
    EFFACE_TRY(
        const OwnFill fill, fill_original(before_data, *before_syntax, work, replaced.new_sop_instance_uid())
    );
    TwinWalk walk{work, routing, fill, before_data, *before_syntax, after_data, *after_syntax};
    EFFACE_CHECK(walk.run());
    if (!fill.fills.empty()) {
        report.fill = summary_of(fill.fills, work.generator->facts(), work.rule.enhance.settings);
    }
    return name_instance(after_data, *after_syntax, replaced.new_sop_instance_uid(), report);
}

}  // namespace

GateReport judge(
    std::span<const std::byte> original, std::span<const std::byte> written, const GateWork& work
) {
    GateReport report;
    report.output_digest = sha256(written);
    report.output_bytes = written.size();
    const Status status = judge_files(original, written, work, report);
    report.passed = status.has_value();
    if (!status) {
        report.reason = status.error().message();
    }
    return report;
}

}  // namespace efface::pipeline
