#include "pipeline/unit/clean_unit.h"

#include "pipeline/header/header_cleaner.h"
#include "pipeline/unit/derivation.h"
#include "pipeline/unit/fill_pixels.h"
#include "pipeline/unit/original.h"
#include "pipeline/unit/output_file.h"
#include "pipeline/unit/unit_checks.h"
#include "pipeline/unit/write_instance.h"
#include "rules/vocabulary/uid.h"

namespace efface::pipeline {
namespace {

using rules::Tag;

constexpr Tag kSopInstanceUid{0x0008, 0x0018};
constexpr Tag kModality{0x0008, 0x0060};
constexpr Tag kPatientId{0x0010, 0x0020};
constexpr Tag kStudyInstanceUid{0x0020, 0x000D};
constexpr Tag kSeriesInstanceUid{0x0020, 0x000E};

std::string_view hold_name(rules::Hold hold) {
    switch (hold) {
        case rules::Hold::kNone:
            return "none";
        case rules::Hold::kSeries:
            return "series";
        case rules::Hold::kStudy:
            return "study";
    }
    return "none";
}

void describe_rule(const rules::Rule& rule, CleanReport& report) {
    report.rule = rule.name;
    report.pixel_policy = rules::policy_name(rule.pixel_policy);
    report.destinations = rule.destinations;
    report.hold = hold_name(rule.hold);
    report.table_edition = rules::table_edition();
}

// The modality goes into the job row and to people's screens: what is no code could be anything.
bool is_code_string(std::string_view text) {
    constexpr std::size_t kCodeStringCharactersMax = 16;
    return text.size() <= kCodeStringCharactersMax && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ' ';
           });
}

Status describe_original(Original& original, CleanReport& report) {
    const Item root = original.data_set.root();
    EFFACE_TRY(const std::string modality, root.text(kModality));
    report.modality = is_code_string(modality) ? modality : std::string{};
    EFFACE_TRY(std::string study, root.text(kStudyInstanceUid));
    EFFACE_TRY(std::string series, root.text(kSeriesInstanceUid));
    report.study_uid = Phi<std::string>{std::move(study)};
    report.series_uid = Phi<std::string>{std::move(series)};
    return {};
}

Status describe_cleaned(Original& original, CleanReport& report) {
    const Item root = original.data_set.root();
    EFFACE_TRY(report.new_sop_instance_uid, root.text(kSopInstanceUid));
    EFFACE_TRY(report.new_study_uid, root.text(kStudyInstanceUid));
    EFFACE_TRY(report.new_series_uid, root.text(kSeriesInstanceUid));
    EFFACE_TRY(report.new_patient_id, root.text(kPatientId));
    // A well-known instance of the standard's own (a colour palette) keeps its registered UID.
    const bool same = report.new_sop_instance_uid == original.sop_instance_uid;
    if (report.new_sop_instance_uid.empty() ||
        (same && !rules::is_registered_uid(original.sop_instance_uid))) {
        return fail(
            Fault::kQuarantine, "SOP Instance UID was not replaced", Where::tag(kSopInstanceUid.value)
        );
    }
    return {};
}

// What was done beside the attributes, and why the pixels were judged as they were.
void describe_bytes(const Original& original, const rules::PixelIdentity& identity, CleanReport& report) {
    report.facts.emplace_back("pixels: " + std::string{identity.why});
    if (original.pixels.segments_cut > 0) {
        report.facts.emplace_back("segments without samples cut from the codestreams");
    }
    if (original.pixels.trailing_bytes > 0) {
        report.facts.emplace_back("bytes behind the last sample cut");
    }
    if (original.pixels.clear_bits) {
        report.facts.emplace_back("retired overlay bits cleared");
    }
    if (original.totals.trailing_bytes > 0) {
        report.facts.emplace_back("padding behind the data set removed");
    }
}

/// "earlier occlusion, mosaic, insufficient: 2", for each kind and verdict that was found.
void describe_occlusions(const OcclusionCounts& counts, CleanReport& report) {
    for (std::size_t kind = 0; kind < counts.size(); ++kind) {
        for (const OcclusionVerdict verdict :
             {OcclusionVerdict::kDestroyed, OcclusionVerdict::kInsufficient}) {
            const std::uint32_t count = counts[kind][static_cast<std::size_t>(verdict)];
            if (count > 0) {
                std::string fact{"earlier occlusion, "};
                fact += occlusion_kind_name(static_cast<OcclusionKind>(kind));
                fact += verdict == OcclusionVerdict::kDestroyed ? ", destroyed: " : ", insufficient: ";
                report.facts.push_back(fact + std::to_string(count));
            }
        }
    }
}

void describe_mask(const MaskedPixels& masked, const PixelPlan& plan, CleanReport& report) {
    const DeclaredRegions& declared = plan.declared;
    const bool is_searched = plan.statement.searched();
    report.mask = masked.mask;
    for (const StageReport& stage : masked.stages) {
        report.stages.push_back({stage.name, stage.cpu_micros, stage.mask_boxes});
    }
    describe_occlusions(masked.occlusions, report);
    if (declared.by_rule) {
        report.facts.emplace_back("regions of the rule blackened");
    }
    if (!declared.device.empty()) {
        report.facts.emplace_back("regions of the device template " + declared.device + " blackened");
    }
    if (declared.by_ultrasound) {
        report.facts.emplace_back("blackened outside the ultrasound regions");
    }
    if (is_searched) {
        report.facts.emplace_back(
            masked.mask.empty() ? "text and faces looked for, none found"
                                : "text and faces looked for, what was found blackened"
        );
    }
    if (masked.markers > 0) {
        report.facts.emplace_back(
            "markers of side or view that were read and stay: " + std::to_string(masked.markers)
        );
    }
}

Status clean(std::span<const std::byte> file, int output_fd, const UnitWork& work, CleanReport& report) {
    if (work.order.original_bytes != 0 && work.order.original_bytes != file.size()) {
        return fail(Fault::kQuarantine, "original has not the length it was received with: check the disk");
    }
    EFFACE_TRY(Original original, read_original(file));
    EFFACE_CHECK(describe_original(original, report));
    EFFACE_CHECK(check_against_order(original, work.order));
    EFFACE_TRY(const rules::Rule* rule, choose_rule(original.scanned(), work.order, work.rules));
    describe_rule(*rule, report);
    EFFACE_TRY(
        const PixelPlan plan, plan_pixels(original.scanned(), {work.order, work.rules, *rule, work.recalls})
    );
    const bool search = plan.statement.searched();
    FillChoice fill = fill_choice(*rule, original.scanned(), plan.declared.of_rule);
    if ((search || needs_generator(fill)) && !work.finders.complete()) {
        report.outcome = CleanReport::Outcome::kNeedsDetectors;
        return {};
    }
    if (work.generator == nullptr && rule->enhance.fill == rules::FillPolicy::kAuto) {
        fill = {};  // Nobody asked for it by name: what others destroyed stays as they left it.
    }
    std::optional<MaskedPixels> masked;
    if (plan.looks_at_pixels()) {
        EFFACE_TRY(
            masked, find_mask(
                        original, plan.identity, work.finders,
                        {.declared = plan.declared.boxes,
                         .snap = {},
                         .cpu_micros_max = work.search_cpu_micros_max,
                         .fill = std::move(fill)}
                    )
        );
    }

    const HeaderWork header_work{
        .rule = *rule,
        .key = work.key,
        .sop_class_uid = original.sop_class_uid,
        .software_version = work.order.software_version,
        .accepted_at = work.order.accepted_at,
        .as_new_instance = work.order.decision == Decision::kAsNewInstance,
        .original_digest = work.order.original_digest,
        .pixels = plan.statement,
    };
    EFFACE_TRY(HeaderOutcome outcome, clean_header(original.data_set, header_work));
    report.actions = outcome.actions;
    report.facts = std::move(outcome.facts);
    describe_bytes(original, plan.identity, report);
    if (masked) {
        describe_mask(*masked, plan, report);
    }
    const bool blackened = masked && !masked->mask.empty();
    if (blackened) {
        EFFACE_CHECK(mark_masked(original));
    }
    EFFACE_CHECK(describe_cleaned(original, report));
    if (blackened) {
        EFFACE_CHECK(fill_masked(original, *masked, {*rule, plan.identity}, work, report));
        report.holes = masked->holes;
    }

    OutputFile output{output_fd, work.output_bytes_max};
    EFFACE_TRY(
        report.output_transfer_syntax_uid, write_instance(
                                               original, report.new_sop_instance_uid, work.order.transcode_to,
                                               blackened ? &*masked : nullptr, output
                                           )
    );
    report.output_bytes = output.bytes();
    report.outcome = CleanReport::Outcome::kCleaned;
    return {};
}

}  // namespace

Result<CleanReport> clean_unit(std::span<const std::byte> original, int output_fd, const UnitWork& work) {
    CleanReport report;
    const Status status = clean(original, output_fd, work, report);
    if (status) {
        return report;
    }
    const Fault fault = status.error().fault;
    if (fault != Fault::kQuarantine && fault != Fault::kRefuse) {
        return tl::unexpected<Error>(status.error());
    }
    report.outcome =
        fault == Fault::kRefuse ? CleanReport::Outcome::kRefused : CleanReport::Outcome::kQuarantined;
    report.reason = status.error().message();
    return report;
}

}  // namespace efface::pipeline
