// What becomes of an item once the workers are done with it: audit rows, and its place in OUT.
#include "config/json.h"
#include "node/bulk/bulk_flow.h"
#include "node/dispatch/known_report.h"
#include "node/dispatch/receipt.h"
#include "node/forward/output_names.h"

namespace efface::node {

db::AuditEntry BulkFlow::entry_for(const BulkItem& item, db::AuditEvent event) const {
    const pipeline::WorkOrder& order = item.instance.order;
    return {
        .event = event,
        .outcome = db::AuditOutcome::kFailure,
        .at = environment_.clock.now(),
        .project = order.project,
        .job = order.job_id,
        .instance_hash = options_.identity.instance(order.sop_instance_uid.reveal()),
        .study_hash = options_.identity.study(item.instance.study_uid.reveal()),
        .rule = item.outcome.rule,
        .reason = item.outcome.reason,
    };
}

/// Audits what the workers said; a cleaned instance goes on only after its row is durable (P2).
void BulkFlow::settle(const BulkItemPointer& item) {
    using Outcome = pipeline::CleanReport::Outcome;
    using Kind = FileOutcome::Kind;
    const UnitResult& result = item->result;
    FileOutcome& outcome = item->outcome;
    outcome.rule = result.clean.rule;
    if (result.attempt_failed) {
        outcome.kind = Kind::kQuarantined;
        outcome.reason = result.failure;
        const bool spent = item->attempts >= kBulkAttemptsMax;
        if (!spent && !pool_.fatal()) {
            const std::lock_guard lock{mutex_};
            to_retry_.push_back(item);
            changed_.notify_all();
            return;
        }
        outcome.reason = "every attempt failed, the last one: " + result.failure;
        append(item, entry_for(*item, db::AuditEvent::kQuarantined), BulkItem::Stage::kEnded);
        return;
    }
    if (result.clean.outcome != Outcome::kCleaned) {
        const bool refused = result.clean.outcome == Outcome::kRefused;
        outcome.kind = refused ? Kind::kRefused : Kind::kQuarantined;
        outcome.reason = result.clean.reason;
        const auto event = refused ? db::AuditEvent::kRefused : db::AuditEvent::kQuarantined;
        append(item, entry_for(*item, event), BulkItem::Stage::kEnded);
        return;
    }
    if (!result.gate.passed) {
        outcome.kind = Kind::kQuarantined;
        const std::string& reason = result.gate.reason;
        outcome.reason = reason.starts_with("gate: ") ? reason : "gate: " + reason;
        append(item, entry_for(*item, db::AuditEvent::kGateRefused), BulkItem::Stage::kEnded);
        return;
    }
    if (const Status known = replace_claims(item->result, item->instance.order, options_.rules); !known) {
        outcome.kind = Kind::kQuarantined;
        outcome.rule = item->result.clean.rule;
        outcome.reason = known.error().message();
        append(item, entry_for(*item, db::AuditEvent::kGateRefused), BulkItem::Stage::kEnded);
        return;
    }
    if (!result.no_segmentation.empty()) {
        outcome.kind = Kind::kQuarantined;
        outcome.reason = result.no_segmentation;
        append(item, entry_for(*item, db::AuditEvent::kQuarantined), BulkItem::Stage::kEnded);
        return;
    }
    outcome.kind = Kind::kCleaned;
    outcome.actions = result.clean.actions;
    outcome.mask_boxes = result.clean.mask.size();
    outcome.fill = result.gate.fill;
    db::AuditEntry entry = entry_for(*item, db::AuditEvent::kCleaned);
    entry.outcome = db::AuditOutcome::kSuccess;
    entry.new_instance_uid = result.clean.new_sop_instance_uid;
    entry.new_study_uid = result.clean.new_study_uid;
    entry.detail =
        dump_json(make_receipt(item->instance.order, result, options_.identity, options_.key.fingerprint()));
    append(item, std::move(entry), BulkItem::Stage::kPassed);
}

/// Before the instance that it belongs to: who finds that one finds its mask.
Status BulkFlow::place_segmentation(BulkItem& item) {
    if (!item.result.segmentation) {
        return {};
    }
    const auto& [file, judged] = *item.result.segmentation;
    EFFACE_TRY(const OutputFacts facts, read_output(file, judged.output_bytes, judged.output_digest));
    EFFACE_TRY(item.outcome.mask_segmentation, tree_.path_of(facts.names));
    EFFACE_TRY([[maybe_unused]] const Placed placed, tree_.place(file, facts.names));
    return {};
}

void BulkFlow::place(const BulkItemPointer& item) {
    FileOutcome& outcome = item->outcome;
    const auto placed = [&]() -> Result<Placed> {
        const pipeline::GateReport& judged = item->result.gate;
        EFFACE_TRY(
            const OutputFacts facts, read_output(item->output, judged.output_bytes, judged.output_digest)
        );
        EFFACE_CHECK(place_segmentation(*item));
        EFFACE_TRY(outcome.out, tree_.path_of(facts.names));
        return tree_.place(item->output, facts.names);
    }();
    if (placed && !options_.previews.empty()) {
        draw_previews(*item);
    }
    item->output = {};
    item->result.segmentation.reset();
    if (!placed && placed.error().fault != Fault::kQuarantine) {
        give_up(options_.out + ": " + placed.error().message());
    }
    if (placed) {
        outcome.already_there = *placed == Placed::kAlreadyThere;
        db::AuditEntry entry = entry_for(*item, db::AuditEvent::kDelivered);
        entry.outcome = db::AuditOutcome::kSuccess;
        entry.peer = "folder";
        entry.new_instance_uid = item->result.clean.new_sop_instance_uid;
        entry.new_study_uid = item->result.clean.new_study_uid;
        append(item, std::move(entry), BulkItem::Stage::kEnded);
        return;
    }
    outcome.kind = FileOutcome::Kind::kQuarantined;
    outcome.out.clear();
    outcome.mask_segmentation.clear();
    outcome.reason = placed.error().message();
    append(item, entry_for(*item, db::AuditEvent::kDeliveryFailed), BulkItem::Stage::kEnded);
}

/// One that cannot be drawn is said, and no reason to hold the instance back.
void BulkFlow::draw_previews(BulkItem& item) {
    FileOutcome& outcome = item.outcome;
    outcome.no_preview = draw_preview(item, false, outcome.preview);
    if (outcome.no_preview.empty() && options_.previews_of_originals) {
        db::AuditEntry entry = entry_for(item, db::AuditEvent::kOriginalShown);
        entry.outcome = db::AuditOutcome::kSuccess;
        const Status audited = audit_.append_now(std::move(entry));
        outcome.no_preview =
            audited ? draw_preview(item, true, outcome.original_preview) : audited.error().message();
    }
}

/// Named like the instance in OUT, whose names Part10Tree has made safe. Empty, or why there is none.
std::string BulkFlow::draw_preview(const BulkItem& item, bool of_original, std::string& path) {
    const std::string name = item.outcome.out.substr(options_.out.size());
    std::string wanted = options_.previews + name + (of_original ? ".original.png" : ".png");
    const pipeline::Mask shown = item.result.clean.mask.of_frame(options_.preview_frame);
    std::string why_not = previewer_.draw(
        of_original ? item.instance.original.get() : item.output.get(),
        {.frame = options_.preview_frame,
         .mask = shown.boxes,
         .whole = options_.preview_pairs,
         .pair = options_.preview_pairs},
        wanted
    );
    if (why_not.empty()) {
        path = std::move(wanted);
    }
    return why_not;
}

void BulkFlow::append(const BulkItemPointer& item, db::AuditEntry entry, BulkItem::Stage next) {
    audit_.append(std::move(entry), [this, item, next](const Status& committed) {
        item->stage = next;
        if (!committed) {
            give_up("the audit cannot be written: " + committed.error().message());
            item->stage = BulkItem::Stage::kEnded;
            item->outcome.kind = FileOutcome::Kind::kQuarantined;
            item->outcome.reason = "the audit cannot be written";
            item->outcome.out.clear();
            item->outcome.mask_segmentation.clear();
        }
        push(item);
    });
}

}  // namespace efface::node
