#include "node/runtime/maintenance.h"

#include <set>

namespace efface::node {

namespace {

constexpr std::size_t kRowsPerPass = 256;
constexpr std::uint64_t kExpiryPasses = 10;
constexpr std::uint64_t kPurgePasses = 30;
constexpr UnixMicros kDayMicros = 86'400'000'000;

}  // namespace

void Maintenance::pass() {
    const UnixMicros now = parts_.environment.clock.now();
    watch_spool();
    parts_.admission.flush(/*all=*/false);
    release_holds(now);
    if (passes_ % kExpiryPasses == 0) {
        requeue_expired(now);
        fail_unconfigured(now);
    }
    if (passes_ % kPurgePasses == 0) {
        purge(now);
    }
    ++passes_;
}

void Maintenance::watch_spool() {
    const auto space = parts_.spool.space();
    const SpoolSettings& limits = parts_.settings.spool;
    const bool soft = !space || limits.soft_free.is_below(space->free_bytes, space->total_bytes);
    const bool hard = !space || limits.hard_free.is_below(space->free_bytes, space->total_bytes);
    const std::string before = spool_reason_;
    if (!space) {
        spool_reason_ = "the spool's free space cannot be read: is its disk there?";
    } else if (hard) {
        spool_reason_ = "the spool is below its hard watermark: C-STORE is answered A700; free disk space";
    } else if (soft) {
        spool_reason_ =
            "the spool is below its soft watermark: new associations are rejected; free disk space";
    } else {
        spool_reason_.clear();
    }
    if (spool_reason_ != before) {
        if (spool_reason_.empty()) {
            parts_.log.info("the spool has room again");
        } else if (hard) {
            parts_.log.error("the spool is below its hard watermark: C-STORE is answered A700");
        } else {
            parts_.log.warning("the spool is below its soft watermark: new associations are rejected");
        }
    }
    parts_.ingest.set_spool_full(hard);
    parts_.admission.set_congested(soft);
}

Status Maintenance::append(db::Database& database, db::AuditEntry entry) const {
    EFFACE_TRY(const auto job, db::find_job(database, entry.job));
    if (job) {
        entry.project = job->received.project;
        entry.instance_hash = parts_.identity.instance(job->received.sop_instance_uid.reveal());
        entry.study_hash = parts_.identity.study(job->received.study_uid.reveal());
        entry.new_instance_uid = job->new_instance_uid;
        entry.new_study_uid = job->new_study_uid;
        entry.rule = job->rule;
    }
    EFFACE_TRY([[maybe_unused]] const std::uint64_t seq, parts_.audit.append(database, entry));
    return {};
}

void Maintenance::release_holds(UnixMicros now) {
    auto released = std::make_shared<std::vector<db::JobId>>();
    db::WriteItem item{
        .work = [this, now, released](db::Database& database) -> Status {
            const auto quiet = std::chrono::microseconds{parts_.hold_quiet}.count();
            EFFACE_TRY(*released, jobs_.release_holds(database, now, quiet, kRowsPerPass));
            for (const db::JobId job : *released) {
                const db::AuditEntry entry{.event = db::AuditEvent::kHoldReleased, .at = now, .job = job};
                EFFACE_CHECK(append(database, entry));
            }
            return {};
        },
        .done =
            [this, released](const Status& committed) {
                if (committed && !released->empty()) {
                    parts_.all_deliveries_due();
                }
            },
    };
    static_cast<void>(parts_.writer.try_submit(item));  // A full queue: the next pass does it.
}

void Maintenance::requeue_expired(UnixMicros now) {
    auto requeued = std::make_shared<std::vector<db::JobStore::Requeued>>();
    db::WriteItem item{
        .work = [this, now, requeued](db::Database& database) -> Status {
            EFFACE_TRY(*requeued, jobs_.requeue_expired(database, now, kRowsPerPass));
            for (const auto& one : *requeued) {
                const bool spent = one.state == db::JobState::kQuarantined;
                const db::AuditEntry entry{
                    .event = spent ? db::AuditEvent::kQuarantined : db::AuditEvent::kAttemptFailed,
                    .outcome = spent ? db::AuditOutcome::kFailure : db::AuditOutcome::kWarning,
                    .at = now,
                    .job = one.job,
                    .reason = "the lease ran out"};
                EFFACE_CHECK(append(database, entry));
            }
            return {};
        },
        .done =
            [this, requeued](const Status& committed) {
                if (committed && !requeued->empty()) {
                    parts_.jobs_changed();
                }
            },
    };
    static_cast<void>(parts_.writer.try_submit(item));
}

Result<std::size_t> Maintenance::fail_deliveries(
    db::Database& database, const std::string& destination, UnixMicros now
) const {
    const db::DeliveryResult gone{
        .outcome = db::DeliveryOutcome::kPermanent,
        .reason = "the destination is not in the configuration any more",
        .now = now,
        .sent = db::Sent::kNothing};
    EFFACE_TRY(const auto due, deliveries_.claim(database, destination, now, kRowsPerPass));
    for (const db::Delivery& delivery : due) {
        const db::DeliveryLease lease{delivery.job, destination, delivery.fence};
        EFFACE_CHECK(deliveries_.complete(database, lease, gone));
        const db::AuditEntry entry{
            .event = db::AuditEvent::kDeliveryFailed,
            .outcome = db::AuditOutcome::kFailure,
            .at = now,
            .peer = destination,
            .job = delivery.job,
            .reason = gone.reason};
        EFFACE_CHECK(append(database, entry));
    }
    return due.size();
}

/// Nobody would ever send them, and their originals would wait for ever. An operator who puts the
/// destination back can have them sent again.
void Maintenance::fail_unconfigured(UnixMicros now) {
    auto failed = std::make_shared<std::size_t>(0);
    db::WriteItem item{
        .work = [this, now, failed](db::Database& database) -> Status {
            EFFACE_TRY(const std::vector<std::string> waiting, db::waiting_destinations(database));
            for (const std::string& destination : waiting) {
                if (parts_.settings.find_destination(destination) == nullptr) {
                    EFFACE_TRY(const std::size_t count, fail_deliveries(database, destination, now));
                    *failed += count;
                }
            }
            return {};
        },
        .done =
            [this, failed](const Status& committed) {
                if (committed) {
                    parts_.metrics.add(Counter::kDeliveriesFailed, *failed);
                }
            },
    };
    static_cast<void>(parts_.writer.try_submit(item));
}

void Maintenance::purge(UnixMicros now) {
    const UnixMicros before = now - parts_.settings.retention.originals_days * kDayMicros;
    auto purged = std::make_shared<std::vector<db::JobStore::PurgeCandidate>>();
    db::WriteItem item{
        .work = [this, now, before, purged](db::Database& database) -> Status {
            EFFACE_TRY(*purged, jobs_.purge_candidates(database, before, kRowsPerPass));
            for (const auto& candidate : *purged) {
                EFFACE_TRY(const bool begun, jobs_.purge(database, candidate.job, before));
                if (begun) {
                    EFFACE_CHECK(
                        append(database, {.event = db::AuditEvent::kPurged, .at = now, .job = candidate.job})
                    );
                }
            }
            return {};
        },
        .done =
            [this, purged](const Status& committed) {
                if (committed) {
                    remove_files(*purged);
                }
            },
    };
    static_cast<void>(parts_.writer.try_submit(item));
}

/// Step 2, on the writer thread after the commit: the rows say purged, so the files may go.
void Maintenance::remove_files(const std::vector<db::JobStore::PurgeCandidate>& purged) {
    std::vector<db::JobId> gone;
    std::vector<std::string> originals;
    std::set<std::string> directories;
    for (const auto& candidate : purged) {
        const Status original = parts_.spool.remove_original(candidate.spool_file);
        bool outputs = true;
        for (const std::string& own : {candidate.output_file, candidate.companion_file}) {
            outputs = (own.empty() || parts_.spool.remove_output(own)) && outputs;
        }
        for (const std::string& second : candidate.second_outputs) {
            outputs = parts_.spool.remove_output(second) && outputs;
        }
        if (original && outputs) {
            gone.push_back(candidate.job);
            originals.push_back(candidate.spool_file);
            directories.insert(parts_.spool.original_directory(candidate.spool_file));
        }
    }
    parts_.metrics.add(Counter::kInstancesPurged, gone.size());
    db::WriteItem item{
        .work = [this, gone](db::Database& database) -> Status {
            for (const db::JobId job : gone) {
                EFFACE_CHECK(jobs_.forget_files(database, job));
            }
            return {};
        },
        .done =
            [this, originals](const Status& committed) {
                if (committed) {
                    // An empty shelf costs nothing, and the next start removes it.
                    static_cast<void>(parts_.spool.drop_empty_shelves(originals));
                }
            },
        // A removal that a power cut undoes must find the row that names the file: an original without
        // one would be taken for a new instance.
        .directories = {directories.begin(), directories.end()},
    };
    static_cast<void>(parts_.writer.try_submit(item));  // Otherwise they come up again as candidates.
}

}  // namespace efface::node
