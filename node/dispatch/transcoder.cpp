#include "node/dispatch/transcoder.h"

#include "config/json.h"
#include "db/audit/audit_query.h"
#include "db/jobs/job_store.h"

#include <utility>

namespace efface::node {

struct Transcoder::Working {
    db::Delivery delivery;
    db::DeliveryLease lease;
    std::string output_name;
};

namespace {

/// Was the first output made under these rules by this program? Otherwise a second one could say something
/// else under the same SOP Instance UID (promise P4).
bool made_alike(const std::optional<std::string>& receipt, const pipeline::WorkOrder& order) {
    const auto json = receipt ? parse_json(*receipt) : std::nullopt;
    if (!json || !json->contains("work_order")) {
        return false;
    }
    const Json& first = json->at("work_order");
    return first.value("rule_digest", "") == to_hex(order.rule_digest) &&
           first.value("software_version", "") == order.software_version;
}

}  // namespace

/// A claimed transcoding.
struct Transcoder::Due {
    db::Delivery delivery;
    db::Job job;
    std::optional<std::string> receipt;  ///< Of the first output.
};

void Transcoder::start_due(std::size_t count) {
    std::vector<Due> due;
    const UnixMicros now = parts_.environment.clock.now();
    const Status claimed = parts_.writer.call([&](db::Database& database) -> Status {
        EFFACE_TRY(const auto deliveries, deliveries_.claim_transcodes(database, now, count));
        for (const db::Delivery& delivery : deliveries) {
            EFFACE_TRY(auto job, db::find_job(database, delivery.job));
            if (job) {
                EFFACE_TRY(auto receipt, db::find_receipt(database, delivery.job));
                due.push_back({delivery, std::move(*job), std::move(receipt)});
            }
        }
        return {};
    });
    if (!claimed) {
        return;  // The writer's health says it; the runtime watches that.
    }
    for (const Due& one : due) {
        start(one);
    }
}

void Transcoder::start(const Due& due) {
    auto working = std::make_shared<Working>();
    working->delivery = due.delivery;
    working->lease = {
        .job = due.delivery.job, .destination = due.delivery.destination, .fence = due.delivery.fence};
    const auto json = parse_json(due.job.received.work_order.reveal());
    auto order =
        json ? pipeline::work_order_from_json(*json)
             : Result<pipeline::WorkOrder>{fail(Fault::kQuarantine, "the job's work order is unreadable")};
    auto original = parts_.spool.open_original(due.job.received.spool_file);
    auto output = parts_.spool.begin_output();
    const auto project = parts_.projects.find(due.job.received.project);
    if (output) {
        working->output_name = output->name;
    }
    if (!order || !original || !output || project == parts_.projects.end()) {
        write_failed(working, "the original, its work order or its project is not there for transcoding");
        return;
    }
    order->job_id = due.job.id;
    order->rule_digest = project->second.rule_digest;
    order->software_version = parts_.software_version;
    order->transcode_to = due.delivery.output_syntax_uid;
    if (!made_alike(due.receipt, *order)) {
        write_failed(working, "the rules or the program changed since this instance was cleared: release it");
        return;
    }
    const bool taken = parts_.pool.submit(
        {.order = std::move(*order),
         .original = std::move(*original),
         .output = std::move(output->file),
         .done = [this, working](const UnitResult& result) { finish(working, result); }}
    );
    if (!taken) {
        write_failed(working, "the node stopped before the transcoding");
    }
}

void Transcoder::finish(const std::shared_ptr<Working>& working, const UnitResult& result) {
    if (result.attempt_failed) {
        write_failed(working, result.failure);
    } else if (result.clean.outcome != pipeline::CleanReport::Outcome::kCleaned) {
        write_failed(working, result.clean.reason);
    } else if (!result.gate.passed) {
        write_failed(working, result.gate.reason);
    } else {
        write_done(working, result);
    }
}

db::AuditEntry Transcoder::entry_for(const Working& working) const {
    return {
        .event = db::AuditEvent::kTranscoded,
        .at = parts_.environment.clock.now(),
        .project = working.delivery.project,
        .peer = working.delivery.destination,
        .job = working.delivery.job,
        .instance_hash = parts_.identity.instance(working.delivery.sop_instance_uid.reveal()),
        .study_hash = parts_.identity.study(working.delivery.study_uid.reveal()),
        .new_instance_uid = working.delivery.new_instance_uid,
        .new_study_uid = working.delivery.new_study_uid,
        .rule = working.delivery.rule,
    };
}

void Transcoder::write_done(const std::shared_ptr<Working>& working, const UnitResult& result) {
    db::AuditEntry entry = entry_for(*working);
    entry.detail = dump_json(Json{
        {"destination", working->delivery.destination},
        {"transfer_syntax_uid", result.clean.output_transfer_syntax_uid},
        {"output_digest", to_hex(result.gate.output_digest)},
        {"bytes", result.gate.output_bytes}});
    const db::DeliveryStore::Transcoded output{
        .output_file = working->output_name,
        .output_digest = result.gate.output_digest,
        .output_bytes = result.gate.output_bytes};
    const Status queued = parts_.writer.submit(
        {.work = [this, working, output, entry](db::Database& database) -> Status {
             EFFACE_CHECK(deliveries_.transcoded(database, working->lease, output, entry.at));
             EFFACE_TRY([[maybe_unused]] const std::uint64_t seq, parts_.audit.append(database, entry));
             return {};
         },
         .done =
             [this, working](const Status& committed) {
                 if (committed) {
                     parts_.deliveries_due({working->delivery.destination});
                 } else {
                     static_cast<void>(parts_.spool.remove_output(working->output_name));
                 }
             }}
    );
    static_cast<void>(queued);  // Stopped or halted: start-up requeues the lease.
}

void Transcoder::write_failed(const std::shared_ptr<Working>& working, const std::string& reason) {
    if (!working->output_name.empty()) {
        static_cast<void>(parts_.spool.remove_output(working->output_name));
    }
    db::AuditEntry entry = entry_for(*working);
    entry.outcome = db::AuditOutcome::kFailure;
    entry.reason = reason;
    const Status queued = parts_.writer.submit(
        {.work = [this, working, entry](db::Database& database) -> Status {
             const UnixMicros due_at = entry.at + options_.retry_delay.count();
             EFFACE_TRY(
                 [[maybe_unused]] const db::DeliveryState state,
                 deliveries_.transcode_failed(database, working->lease, entry.reason, due_at)
             );
             EFFACE_TRY([[maybe_unused]] const std::uint64_t seq, parts_.audit.append(database, entry));
             return {};
         },
         .done = [](const Status&) {}}
    );
    static_cast<void>(queued);  // Stopped or halted: start-up requeues the lease.
}

}  // namespace efface::node
