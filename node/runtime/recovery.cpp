#include "node/runtime/recovery.h"

#include "config/json.h"
#include "db/jobs/job_store.h"
#include "node/identity/audit_identity.h"
#include "node/ingest/lost_original.h"
#include "node/ingest/mapped_file.h"
#include "pipeline/scan/part10.h"
#include "pipeline/scan/routing.h"
#include "pipeline/unit/work_order.h"

#include <fstream>
#include <sys/stat.h>
#include <unordered_set>

namespace efface::node {

namespace {

constexpr std::uint64_t kAuditTailRows = 10'000;
constexpr std::size_t kKnownFilesPage = 10'000;

/// Runs one change through the writer, which has no thread yet.
Status write(db::Writer& writer, std::function<Status(db::Database&)> work) {
    Status outcome = fail(Fault::kHalt, "the database writer did not run");
    EFFACE_CHECK(writer.submit({.work = std::move(work), .done = [&](const Status& status) {
                                    outcome = status;
                                }}));
    writer.run_once();
    return outcome;
}

/// The running kernel's boot id: another one than last time means that unsynced bytes may be gone.
std::string boot_id() {
    std::ifstream file{"/proc/sys/kernel/random/boot_id"};
    std::string id;
    std::getline(file, id);
    return id;
}

Status check_stored(const RecoveryParts& parts) {
    EFFACE_CHECK(parts.database.quick_check());
    EFFACE_TRY(const db::AuditVerdict verdict, db::verify_audit_tail(parts.database, kAuditTailRows));
    if (!verdict.intact()) {
        return fail(
            Fault::kHalt,
            "the audit chain is broken: run `efface audit verify`, keep the database for inquiry",
            Where::number(static_cast<std::int64_t>(verdict.bad_seq))
        );
    }
    return {};
}

/// Every output that a row names: the jobs' own, their companions and the second ones.
Result<std::unordered_set<std::string>> owned_outputs(db::Database& database) {
    std::unordered_set<std::string> owned;
    for (std::string after;;) {
        EFFACE_TRY(const auto page, db::known_files(database, after, kKnownFilesPage));
        for (const db::KnownFile& known : page) {
            owned.insert(known.output_file);
            owned.insert(known.companion_file);
        }
        if (page.size() < kKnownFilesPage) {
            break;
        }
        after = page.back().spool_file;
    }
    for (db::KnownSecondOutput after;;) {
        EFFACE_TRY(const auto page, db::known_second_outputs(database, after, kKnownFilesPage));
        for (const db::KnownSecondOutput& known : page) {
            owned.insert(known.output_file);
        }
        if (page.size() < kKnownFilesPage) {
            return owned;
        }
        after = page.back();
    }
}

/// Removes outputs that no row owns, and all of them after a reboot: nothing made them durable (P6).
Result<std::uint64_t> clean_outputs(const RecoveryParts& parts) {
    const std::string marker = parts.settings.node.state_directory + "/boot-id";
    std::string last;
    std::getline(std::ifstream{marker} >> std::ws, last);
    const std::string now = boot_id();
    const bool same_boot = !now.empty() && now == last;

    std::unordered_set<std::string> wanted;
    if (same_boot) {
        EFFACE_TRY(wanted, owned_outputs(parts.database));
    }
    EFFACE_TRY(const std::vector<std::string> names, parts.spool.list_outputs());
    std::uint64_t removed = 0;
    for (const std::string& name : names) {
        if (!wanted.contains(name)) {
            EFFACE_CHECK(parts.spool.remove_output(name));
            ++removed;
        }
    }
    std::ofstream{marker, std::ios::trunc} << now << '\n';
    return removed;
}

struct Orphan {
    db::ReceivedJob job;
    Error why{Fault::kQuarantine, ""};
    bool adoptable = false;
};

/// Reads an original that has no job: never acknowledged, but whole or not at all, so it is adopted.
Orphan read_orphan(const RecoveryParts& parts, const std::string& name) {
    Orphan orphan;
    orphan.job.spool_file = name;
    orphan.job.accepted_at = parts.environment.clock.now();
    // A quarantined orphan needs a project too; the first one owns what cannot be told.
    orphan.job.project = parts.projects.projects.front().name;
    const auto refuse = [&](Error error) {
        orphan.why = error;
        return orphan;
    };
    auto file = parts.spool.open_original(name);
    if (!file) {
        return refuse(file.error());
    }

    struct stat info {};

    if (::fstat(file->get(), &info) != 0) {
        return refuse({Fault::kQuarantine, "an orphan's size cannot be read"});
    }
    orphan.job.original_bytes = static_cast<std::uint64_t>(info.st_size);
    const auto mapped = MappedFile::map(*file, orphan.job.original_bytes);
    if (!mapped) {
        return refuse(mapped.error());
    }
    const auto part10 = pipeline::parse_part10(mapped->bytes());
    if (!part10) {
        return refuse(part10.error());
    }
    orphan.job.calling_ae = part10->source_ae_title;
    orphan.job.called_ae = part10->receiving_ae_title;
    orphan.job.sop_class_uid = part10->media_storage_sop_class_uid;
    orphan.job.sop_instance_uid = Phi{std::string{part10->media_storage_sop_instance_uid}};
    orphan.job.transfer_syntax_uid = part10->transfer_syntax_uid;
    const auto data_set = mapped->bytes().subspan(part10->data_set_offset);
    orphan.job.original_digest = sha256(data_set);
    const auto syntax = pipeline::scannable_syntax(*part10);
    if (!syntax) {
        return refuse(syntax.error());
    }
    const auto routing = pipeline::routing_attributes(data_set, **syntax);
    if (!routing) {
        return refuse(routing.error());
    }
    orphan.job.study_uid = Phi{std::string{routing->study_instance_uid}};
    orphan.job.series_uid = Phi{std::string{routing->series_instance_uid}};
    const ProjectSettings* project = parts.settings.find_project_by_called_ae(orphan.job.called_ae);
    if (project == nullptr) {
        return refuse({Fault::kQuarantine, "the orphan's called AE title belongs to no project any more"});
    }
    orphan.job.project = project->name;
    orphan.adoptable = true;
    return orphan;
}

void write_work_order(const RecoveryParts& parts, db::ReceivedJob& job) {
    const LoadedProject* project = parts.projects.find(job.project);
    const pipeline::WorkOrder order{
        .project = job.project,
        .original_digest = job.original_digest,
        .original_bytes = job.original_bytes,
        .sop_class_uid = job.sop_class_uid,
        .sop_instance_uid = job.sop_instance_uid,
        .transfer_syntax_uid = job.transfer_syntax_uid,
        .calling_ae = job.calling_ae,
        .called_ae = job.called_ae,
        .accepted_at = job.accepted_at,
        .rule_digest = project->rules.digest(),
        .software_version = parts.software_version,
    };
    job.work_order = Phi{dump_json(pipeline::to_json(order))};
}

Status adopt(const RecoveryParts& parts, Orphan orphan, RecoveryReport& report) {
    write_work_order(parts, orphan.job);
    const AuditIdentity identity{parts.projects.audit_key};
    db::AuditEntry entry{
        .event = orphan.adoptable ? db::AuditEvent::kOrphanAdopted : db::AuditEvent::kOrphanQuarantined,
        .outcome = db::AuditOutcome::kWarning,
        .at = orphan.job.accepted_at,
        .project = orphan.job.project,
        .instance_hash = identity.instance(orphan.job.sop_instance_uid.reveal()),
        .study_hash = identity.study(orphan.job.study_uid.reveal()),
        .reason = orphan.adoptable ? "a crash came between file and job; it was not acknowledged"
                                   : orphan.why.message(),
    };
    const db::JobStore jobs;
    bool superfluous = false;
    EFFACE_CHECK(write(parts.writer, [&](db::Database& database) -> Status {
        if (orphan.adoptable) {
            EFFACE_TRY(const db::Reception receipt, jobs.receive(database, orphan.job));
            entry.job = receipt.job;
            superfluous = receipt.outcome == db::ReceiveOutcome::kDuplicateInWork ||
                          receipt.outcome == db::ReceiveOutcome::kRedelivery;
            if (superfluous) {
                EFFACE_TRY(
                    const bool needed, replace_lost_original(database, parts.spool, receipt.job, orphan.job)
                );
                superfluous = !needed;
            }
        } else {
            EFFACE_TRY(entry.job, jobs.receive_quarantined(database, orphan.job, entry.reason));
        }
        EFFACE_TRY([[maybe_unused]] const std::uint64_t seq, parts.audit.append(database, entry));
        return {};
    }));
    ++(orphan.adoptable ? report.adopted : report.orphans_quarantined);
    return superfluous ? parts.spool.remove_original(orphan.job.spool_file) : Status{};
}

}  // namespace

Result<RecoveryReport> recover(const RecoveryParts& parts) {
    RecoveryReport report;
    EFFACE_CHECK(check_stored(parts));
    const db::JobStore jobs;
    EFFACE_CHECK(write(parts.writer, [&](db::Database& database) -> Status {
        EFFACE_TRY(report.leases, jobs.requeue_all(database, parts.environment.clock.now()));
        return {};
    }));
    EFFACE_TRY(report.outputs_removed, clean_outputs(parts));
    EFFACE_TRY(const std::vector<std::string> names, parts.spool.list_originals());
    // Names that are there may not be durable yet: a crash may have come before the directory's sync.
    EFFACE_CHECK(parts.spool.sync_originals());
    for (const std::string& name : names) {
        EFFACE_TRY(const auto owner, db::find_spool_file(parts.database, name));
        if (!owner) {
            EFFACE_CHECK(adopt(parts, read_orphan(parts, name), report));
        }
    }
    return report;
}

}  // namespace efface::node
