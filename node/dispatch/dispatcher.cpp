#include "node/dispatch/dispatcher.h"

#include "config/json.h"
#include "node/dispatch/known_report.h"
#include "node/dispatch/receipt.h"
#include "node/dispatch/transcoder.h"
#include "pipeline/unit/work_order.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <utility>

namespace efface::node {

/// A claimed job on its way through the pool.
struct Dispatcher::Working {
    db::Job job;
    db::ClaimedLease lease;
    UnixMicros lease_until = 0;  ///< Confined to run()'s thread.
    std::atomic<bool> in_hands{false};
    pipeline::WorkOrder order;
    std::string output_name;
};

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
         .at = [working](UnitStage stage) { working->in_hands = stage == UnitStage::kInHands; }}
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
    write_cleared(working, result);
}

db::AuditEntry Dispatcher::entry_for(const Working& working, db::AuditEvent event) const {
    const db::ReceivedJob& received = working.job.received;
    return {
        .event = event,
        .at = parts_.environment.clock.now(),
        .project = received.project,
        .peer = received.peer,
        .job = working.job.id,
        .instance_hash = parts_.identity.instance(received.sop_instance_uid.reveal()),
        .study_hash = parts_.identity.study(received.study_uid.reveal()),
    };
}

Status Dispatcher::append(db::Database& database, const db::AuditEntry& entry) {
    EFFACE_TRY([[maybe_unused]] const std::uint64_t seq, parts_.audit.append(database, entry));
    return {};
}

void Dispatcher::submit(std::function<Status(db::Database&)> work, std::function<void(const Status&)> done) {
    // When the writer has stopped or halted, the lease stays and start-up requeues the job.
    static_cast<void>(
        parts_.writer.submit({.work = std::move(work), .done = done ? std::move(done) : [](const Status&) {}})
    );
}

namespace {

/// Beside the row of the cleaning: why nothing of it is sent yet.
db::AuditEntry held_entry(db::AuditEntry cleaned, db::HoldKind hold) {
    cleaned.event = db::AuditEvent::kHeld;
    cleaned.reason = hold == db::HoldKind::kSeries ? "waits until its series is complete"
                                                   : "waits until its study is complete";
    cleaned.detail.clear();
    return cleaned;
}

}  // namespace

void Dispatcher::write_cleared(const std::shared_ptr<Working>& working, const UnitResult& result) {
    const pipeline::CleanReport& clean = result.clean;
    const DispatchProject& project = parts_.projects.at(working->order.project);
    parts_.spool.note_judged(working->output_name);
    auto output = std::make_shared<db::ClearedOutput>(db::ClearedOutput{
        .rule = clean.rule,
        .new_instance_uid = clean.new_sop_instance_uid,
        .new_study_uid = clean.new_study_uid,
        .new_series_uid = clean.new_series_uid,
        .study_uid = working->job.received.study_uid,
        .series_uid = working->job.received.series_uid,
        .output_file = working->output_name,
        .output_digest = result.gate.output_digest,
        .output_bytes = result.gate.output_bytes,
        .output_syntax_uid = clean.output_transfer_syntax_uid,
        .hold = db::find_hold(clean.hold).value_or(db::HoldKind::kStudy),
        .destinations = clean.destinations,
    });
    db::AuditEntry entry = entry_for(*working, db::AuditEvent::kCleaned);
    entry.new_instance_uid = clean.new_sop_instance_uid;
    entry.new_study_uid = clean.new_study_uid;
    entry.rule = clean.rule;
    entry.detail = dump_json(make_receipt(working->order, result, parts_.identity, project.key_fingerprint));

    auto quarantined = std::make_shared<bool>(false);
    auto work = [this, working, output, entry, &project, quarantined](db::Database& database) -> Status {
        const auto state = jobs_.clear(database, working->lease, *output, entry.at);
        if (!state && state.error().fault == Fault::kQuarantine) {
            *quarantined = true;
            const bool is_conflict = state.error().text == db::kOutputConflict;
            db::AuditEntry refused = entry;
            refused.event = is_conflict ? db::AuditEvent::kConflict : db::AuditEvent::kQuarantined;
            refused.outcome = db::AuditOutcome::kFailure;
            refused.reason = state.error().message();
            EFFACE_CHECK(jobs_.quarantine(database, working->lease, output->rule, refused.reason, is_conflict)
            );
            return append(database, refused);
        }
        if (!state) {
            return tl::unexpected<Error>(state.error());
        }
        const std::string& name = working->order.project;
        EFFACE_CHECK(project.crosswalk.record(
            database,
            {db::CrosswalkKind::kInstance, name, output->new_instance_uid, working->order.sop_instance_uid}
        ));
        EFFACE_CHECK(project.crosswalk.record(
            database, {db::CrosswalkKind::kSeries, name, output->new_series_uid, output->series_uid}
        ));
        EFFACE_CHECK(project.crosswalk.record(
            database, {db::CrosswalkKind::kStudy, name, output->new_study_uid, output->study_uid}
        ));
        EFFACE_CHECK(append(database, entry));
        return *state == db::JobState::kHeld ? append(database, held_entry(entry, output->hold)) : Status{};
    };
    submit(std::move(work), [this, working, output, quarantined](const Status& committed) {
        if (!committed || *quarantined) {
            // Not cleared: the output is nobody's. A lost lease means that another attempt has its own.
            static_cast<void>(parts_.spool.remove_output(working->output_name));
            parts_.metrics.add(*quarantined ? Counter::kInstancesQuarantined : Counter::kUnitsRetried);
            return;
        }
        if (!working->job.output_file.empty()) {
            // An earlier output of the job, lost or refused: a leftover is removed at the next start.
            static_cast<void>(parts_.spool.remove_output(working->job.output_file));
        }
        parts_.metrics.add(Counter::kInstancesCleared);
        parts_.deliveries_due(output->destinations);
    });
}

void Dispatcher::write_quarantined(
    const std::shared_ptr<Working>& working, const std::string& rule, const std::string& reason,
    db::AuditEvent first_event
) {
    if (!working->output_name.empty()) {
        static_cast<void>(parts_.spool.remove_output(working->output_name));
    }
    db::AuditEntry entry = entry_for(*working, first_event);
    entry.outcome = db::AuditOutcome::kFailure;
    entry.rule = rule;
    entry.reason = reason;
    submit(
        [this, working, entry](db::Database& database) -> Status {
            EFFACE_CHECK(jobs_.quarantine(database, working->lease, entry.rule, entry.reason));
            return append(database, entry);
        },
        [this](const Status& committed) {
            if (committed) {
                parts_.metrics.add(Counter::kInstancesQuarantined);
            }
        }
    );
}

void Dispatcher::write_retry(const std::shared_ptr<Working>& working, const std::string& reason) {
    if (!working->output_name.empty()) {
        static_cast<void>(parts_.spool.remove_output(working->output_name));
    }
    db::AuditEntry entry = entry_for(*working, db::AuditEvent::kAttemptFailed);
    entry.outcome = db::AuditOutcome::kWarning;
    entry.reason = reason;
    auto spent = std::make_shared<bool>(false);
    submit(
        [this, working, entry, spent](db::Database& database) -> Status {
            const UnixMicros due = entry.at + options_.retry_delay.count();
            EFFACE_TRY(const db::JobState state, jobs_.retry(database, working->lease, entry.reason, due));
            EFFACE_CHECK(append(database, entry));
            *spent = state == db::JobState::kQuarantined;
            if (*spent) {
                db::AuditEntry last = entry;
                last.event = db::AuditEvent::kQuarantined;
                last.outcome = db::AuditOutcome::kFailure;
                last.reason = "every attempt failed, the last one: " + entry.reason;
                return append(database, last);
            }
            return {};
        },
        [this, spent](const Status& committed) {
            if (committed) {
                parts_.metrics.add(*spent ? Counter::kInstancesQuarantined : Counter::kUnitsRetried);
            }
        }
    );
}

}  // namespace efface::node
