#include "node/dispatch/transcoder.h"

#include "config/json.h"
#include "db/audit/audit_query.h"
#include "db/jobs/job_store.h"
#include "node/dispatch/known_report.h"

#include <utility>

namespace efface::node {

struct Transcoder::Working {
    db::Delivery delivery;
    db::DeliveryLease lease;
    pipeline::WorkOrder order;
    std::string new_series_uid;  ///< Of the first output.
    std::string output_name;
};

namespace {

/// Was the first output made under these rules, with this key, by this program? Otherwise a second one
/// could say something else under the same SOP Instance UID (promise P4).
bool made_alike(
    const std::optional<std::string>& receipt, const pipeline::WorkOrder& order,
    std::string_view key_fingerprint
) {
    const auto json = receipt ? parse_json(*receipt) : std::nullopt;
    if (!json || !json->contains("work_order")) {
        return false;
    }
    const Json& first = json->at("work_order");
    return first.value("rule_digest", "") == to_hex(order.rule_digest) &&
           first.value("software_version", "") == order.software_version &&
           first.value("key_fingerprint", "") == key_fingerprint;
}

/// The same instance by the same rule as the first output, or it may not stand under its UID.
bool says_the_same(const UnitResult& second, const db::Delivery& first, std::string_view first_series_uid) {
    return second.clean.rule == first.rule && second.gate.new_sop_instance_uid == first.new_instance_uid &&
           second.gate.new_study_uid == first.new_study_uid && second.gate.new_series_uid == first_series_uid;
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
    working->new_series_uid = due.job.new_series_uid;
    const auto json = parse_json(due.job.received.work_order.reveal());
    auto order =
        json ? pipeline::work_order_from_json(*json)
             : Result<pipeline::WorkOrder>{fail(Fault::kQuarantine, "the job's work order is unreadable")};
    const auto project = parts_.projects.find(due.job.received.project);
    if (!order || project == parts_.projects.end()) {
        write_failed(
            working, "its work order or its project is not there for transcoding", /*for_good=*/true
        );
        return;
    }
    working->order = std::move(*order);
    working->order.job_id = due.job.id;
    working->order.rule_digest = project->second.rules.digest();
    working->order.software_version = parts_.software_version;
    working->order.transcode_to = due.delivery.output_syntax_uid;
    if (!made_alike(due.receipt, working->order, project->second.key_fingerprint)) {
        write_failed(
            working, "the rules, the key or the program changed since this instance was cleared: release it",
            /*for_good=*/true
        );
        return;
    }
    auto original = parts_.spool.open_original(due.job.received.spool_file);
    auto output = original ? parts_.spool.begin_output()
                           : Result<pipeline::SpoolFile>{tl::unexpected<Error>(original.error())};
    if (!output) {
        write_failed(working, output.error().message(), /*for_good=*/false);
        return;
    }
    working->output_name = output->name;
    const bool taken = parts_.pool.submit(
        {.order = working->order,
         .original = std::move(*original),
         .output = std::move(output->file),
         .done = [this, working](UnitResult result) { finish(working, std::move(result)); }}
    );
    if (!taken) {
        // The node stops: start-up gives the lease back, and the attempt was none.
        static_cast<void>(parts_.spool.remove_output(working->output_name));
    }
}

void Transcoder::finish(const std::shared_ptr<Working>& working, UnitResult result) {
    if (result.attempt_failed) {
        write_failed(working, result.failure, /*for_good=*/false);
        return;
    }
    // What follows is a judgement: a further attempt would end the same.
    if (result.clean.outcome != pipeline::CleanReport::Outcome::kCleaned) {
        write_failed(working, result.clean.reason, /*for_good=*/true);
        return;
    }
    if (!result.gate.passed) {
        write_failed(working, result.gate.reason, /*for_good=*/true);
        return;
    }
    const rules::RuleSet& rules = parts_.projects.at(working->delivery.project).rules;
    if (const Status known = replace_claims(result, working->order, rules); !known) {
        write_failed(working, known.error().message(), /*for_good=*/true);
        return;
    }
    if (!says_the_same(result, working->delivery, working->new_series_uid)) {
        write_failed(
            working, "the second output names another instance or rule than the first", /*for_good=*/true
        );
        return;
    }
    write_done(working, result);
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

// The instance never reaches this destination: who asks the audit for failed deliveries must find it.
Status Transcoder::audit_end(db::Database& database, db::AuditEntry entry) {
    entry.event = db::AuditEvent::kDeliveryFailed;
    EFFACE_TRY([[maybe_unused]] const std::uint64_t seq, parts_.audit.append(database, entry));
    return {};
}

void Transcoder::write_failed(
    const std::shared_ptr<Working>& working, const std::string& reason, bool for_good
) {
    if (!working->output_name.empty()) {
        static_cast<void>(parts_.spool.remove_output(working->output_name));
    }
    db::AuditEntry entry = entry_for(*working);
    entry.outcome = db::AuditOutcome::kFailure;
    entry.reason = reason;
    const Status queued = parts_.writer.submit(
        {.work = [this, working, entry, for_good](db::Database& database) -> Status {
             const UnixMicros due_at = entry.at + options_.retry_delay.count();
             EFFACE_TRY(
                 const db::DeliveryState state,
                 deliveries_.transcode_failed(database, working->lease, entry.reason, due_at, for_good)
             );
             EFFACE_TRY([[maybe_unused]] const std::uint64_t seq, parts_.audit.append(database, entry));
             return state == db::DeliveryState::kFailedPermanent ? audit_end(database, entry) : Status{};
         },
         .done = [](const Status&) {}}
    );
    static_cast<void>(queued);  // Stopped or halted: start-up requeues the lease.
}

}  // namespace efface::node
