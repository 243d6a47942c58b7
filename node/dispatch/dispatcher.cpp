#include "node/dispatch/dispatcher.h"

#include "config/json.h"
#include "node/dispatch/dispatch_working.h"
#include "node/dispatch/known_report.h"
#include "node/dispatch/transcoder.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace efface::node {

Dispatcher::Dispatcher(DispatchParts parts, DispatchOptions options)
    : parts_{std::move(parts)},
      options_{options},
      transcoder_{std::make_unique<Transcoder>(parts_, options_)} {}

Dispatcher::~Dispatcher() = default;

void Dispatcher::notify() {
    const std::lock_guard lock{mutex_};
    notified_ = true;
    wake_.notify_one();
}

void Dispatcher::stop() {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    wake_.notify_one();
}

bool Dispatcher::wait() {
    std::unique_lock lock{mutex_};
    wake_.wait_for(lock, options_.poll, [this] { return notified_ || stopping_; });
    notified_ = false;
    return !stopping_;
}

void Dispatcher::run() {
    while (wait()) {
        while (start_due() == options_.claim_max) {
        }
        extend_leases();
        // Transcodings are rare and not urgent: by the clock, not by notice.
        if (const auto now = parts_.environment.clock.monotonic();
            now - transcodes_looked_at_ >= options_.poll) {
            transcodes_looked_at_ = now;
            // As many as the queue takes at once: only this thread submits, so it never waits there.
            transcoder_->start_due(std::min(options_.claim_max, parts_.pool.room()));
        }
    }
}

std::size_t Dispatcher::start_due() {
    const std::size_t room = std::min(options_.claim_max, parts_.pool.room());
    // Claims cost a transaction: under load they come in batches. A unit that ends calls notify().
    if (room < options_.claim_max && parts_.pool.queued() > 0) {
        return 0;
    }
    std::vector<db::Job> claimed;
    const UnixMicros now = parts_.environment.clock.now();
    const Status status = parts_.writer.call([&](db::Database& database) -> Status {
        EFFACE_TRY(claimed, jobs_.claim(database, now, options_.lease.count(), room));
        return {};
    });
    if (!status) {
        return 0;  // The writer's health says it; the runtime watches that.
    }
    for (db::Job& job : claimed) {
        start(std::move(job));
    }
    return claimed.size();
}

void Dispatcher::extend_leases() {
    std::erase_if(in_pool_, [](const std::weak_ptr<Working>& one) { return one.expired(); });
    const UnixMicros now = parts_.environment.clock.now();
    const UnixMicros until = now + options_.lease.count();
    std::vector<db::ClaimedLease> leases;
    for (const std::weak_ptr<Working>& one : in_pool_) {
        const auto working = one.lock();
        if (working && !working->in_hands && working->lease_until - now < options_.lease.count() / 2) {
            working->lease_until = until;
            leases.push_back(working->lease);
        }
    }
    if (leases.empty()) {
        return;
    }
    submit(
        [this, leases = std::move(leases), until](db::Database& database) -> Status {
            for (const db::ClaimedLease lease : leases) {
                EFFACE_CHECK(jobs_.extend_lease(database, lease, until));
            }
            return {};
        },
        {}
    );
}

void Dispatcher::start(db::Job job) {
    auto working = std::make_shared<Working>();
    working->lease = {.job = job.id, .fence = job.fence};
    working->lease_until = job.lease_until;
    working->job = std::move(job);
    const auto json = parse_json(working->job.received.work_order.reveal());
    auto order =
        json ? pipeline::work_order_from_json(*json)
             : Result<pipeline::WorkOrder>{fail(Fault::kQuarantine, "the job's work order is unreadable")};
    if (!order) {
        write_quarantined(working, "", order.error().message(), db::AuditEvent::kQuarantined);
        return;
    }
    working->order = std::move(*order);
    working->order.job_id = working->job.id;
    const auto project = parts_.projects.find(working->order.project);
    if (project == parts_.projects.end()) {
        write_quarantined(
            working, "", "the instance's project is not configured any more", db::AuditEvent::kQuarantined
        );
        return;
    }
    // The rules and the program in force now; the receipt records them. Where they would give other
    // bytes for what was sent before, clear() sees the conflict (P4).
    working->order.rule_digest = project->second.rules.digest();
    working->order.software_version = parts_.software_version;

    auto original = parts_.spool.open_original(working->job.received.spool_file);
    if (!original) {
        // An acknowledged instance is gone: a person must know. Other errors pass.
        if (original.error().where.value == ENOENT) {
            write_quarantined(
                working, "",
                "the original is missing from the spool: restore it or have it sent again, then release it",
                db::AuditEvent::kQuarantined
            );
        } else {
            write_retry(working, original.error().message());
        }
        return;
    }
    auto output = parts_.spool.begin_output();
    if (!output) {
        write_retry(working, output.error().message());
        return;
    }
    working->output_name = output->name;
    in_pool_.push_back(working);
    const bool taken = parts_.pool.submit(
        {.order = working->order,
         .original = std::move(*original),
         .output = std::move(output->file),
         .done = [this, working](UnitResult result) { finish(working, std::move(result)); },
         .at = [working](UnitStage stage) { working->in_hands = stage == UnitStage::kInHands; },
         .segmentation = [this,
                          working](const UnitResult& result) { return begin_segmentation(*working, result); }}
    );
    if (!taken) {
        static_cast<void>(parts_.spool.remove_output(working->output_name));
        const UnixMicros now = parts_.environment.clock.now();
        submit(
            [this, working, now](db::Database& database) {
                return jobs_.give_back(database, working->lease, now);
            },
            {}
        );
    }
}

Result<Descriptor> Dispatcher::begin_segmentation(Working& working, const UnitResult& result) {
    const rules::Rule* rule = parts_.projects.at(working.order.project).rules.find(result.clean.rule);
    if (rule == nullptr || !rule->pixels.mask_segmentation) {
        return Descriptor{};
    }
    EFFACE_TRY(pipeline::SpoolFile output, parts_.spool.begin_output());
    working.segmentation_name = output.name;
    return std::move(output.file);
}

void Dispatcher::finish(const std::shared_ptr<Working>& working, UnitResult result) {
    using Outcome = pipeline::CleanReport::Outcome;
    if (result.attempt_failed) {
        write_retry(working, result.failure);
    } else if (result.clean.outcome != Outcome::kCleaned) {
        write_quarantined(working, result.clean.rule, result.clean.reason, db::AuditEvent::kQuarantined);
    } else if (!result.gate.passed) {
        write_quarantined(working, result.clean.rule, result.gate.reason, db::AuditEvent::kGateRefused);
    } else {
        finish_judged(working, std::move(result));
    }
    notify();  // There is room again.
}

void Dispatcher::finish_judged(const std::shared_ptr<Working>& working, UnitResult result) {
    const rules::RuleSet& rules = parts_.projects.at(working->order.project).rules;
    if (const Status known = replace_claims(result, working->order, rules); !known) {
        write_quarantined(working, result.clean.rule, known.error().message(), db::AuditEvent::kGateRefused);
        return;
    }
    if (!result.no_segmentation.empty()) {
        write_quarantined(working, result.clean.rule, result.no_segmentation, db::AuditEvent::kQuarantined);
        return;
    }
    if (result.segmentation && result.segmentation->gate.new_sop_instance_uid.empty()) {
        write_quarantined(
            working, result.clean.rule,
            "the gate names no SOP Instance UID for the Segmentation that it passed",
            db::AuditEvent::kGateRefused
        );
        return;
    }
    write_cleared(working, result);
}

}  // namespace efface::node
