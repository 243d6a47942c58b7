#include "node/ingest/ingest.h"

#include "config/assert.h"
#include "config/json.h"
#include "node/dimse/status_table.h"
#include "node/ingest/lost_original.h"
#include "node/ingest/mapped_file.h"
#include "node/ingest/part10_header.h"
#include "pipeline/scan/routing.h"
#include "pipeline/unit/work_order.h"
#include "rules/vocabulary/transfer_syntax.h"

#include <optional>
#include <utility>

namespace efface::node {

/// One instance on its way into the spool.
class IncomingFile final : public IncomingInstance {
public:
    IncomingFile(Ingest& ingest, StoreRequest request) : ingest_{ingest}, request_{std::move(request)} {}

    ~IncomingFile() override {
        if (file_) {
            parts().spool.abandon(std::move(*file_));
        }
    }

    IncomingFile(const IncomingFile&) = delete;
    IncomingFile& operator=(const IncomingFile&) = delete;

    void append(std::span<const std::byte> bytes, std::function<void(Status)> done) override {
        parts().run_blocking([this, bytes, done = std::move(done)] {
            const Status written = write(bytes);
            if (written) {
                done(written);
                return;
            }
            refusal_ = written.error();
            refuse(status_of(refusal_.fault), [done, written](std::uint16_t) { done(written); });
        });
    }

    void finish(std::function<void(std::uint16_t)> done) override {
        parts().run_blocking([this, done = std::move(done)] { publish_and_commit(done); });
    }

    void append_last(std::span<const std::byte> bytes, std::function<void(std::uint16_t)> done) override {
        parts().run_blocking([this, bytes, done = std::move(done)] {
            if (const Status written = write(bytes); !written) {
                refusal_ = written.error();
                refuse(status_of(refusal_.fault), done);
                return;
            }
            publish_and_commit(done);
        });
    }

private:
    /// What finish() hands to the writer thread; outlives the association.
    struct Pending {
        db::ReceivedJob job;
        db::AuditEntry audit;
        db::Reception receipt;
        bool file_owned = true;  ///< A row names the new file.
        std::function<void(std::uint16_t)> done;
    };

    struct Seen {
        std::string sop_class_uid;
        std::string sop_instance_uid;
        std::string study_uid;
        std::string series_uid;
        bool is_complete = false;  ///< More bytes would tell nothing else.
    };

    IngestParts& parts() { return ingest_.parts_; }

    Status start() {
        EFFACE_TRY(file_, parts().spool.begin_original());
        const auto header = part10_header(
            {.sop_class_uid = request_.sop_class_uid,
             .sop_instance_uid = request_.sop_instance_uid.reveal(),
             .transfer_syntax_uid = request_.transfer_syntax_uid,
             .calling_ae = request_.association->calling_ae,
             .called_ae = request_.association->called_ae}
        );
        EFFACE_CHECK(parts().spool.append(*file_, header));
        header_bytes_ = header.size();
        return {};
    }

    Status write(std::span<const std::byte> bytes) {
        if (!file_) {
            EFFACE_CHECK(start());
        }
        if (bytes.size() > ingest_.options_.instance_bytes_max -
                               std::min(data_set_bytes_, ingest_.options_.instance_bytes_max)) {
            return fail(Fault::kRefuse, "the instance is larger than [listen] instance_bytes_max");
        }
        EFFACE_CHECK(parts().spool.append(*file_, bytes));
        digest_.update(bytes);
        data_set_bytes_ += bytes.size();
        return {};
    }

    /// What the data set says of itself.
    Result<Seen> look_at_data_set(const rules::TransferSyntax& syntax) const {
        Result<Seen> seen;
        EFFACE_CHECK(read_beginning(file_->file, file_->bytes, [&](auto bytes, bool is_whole) {
            seen = see(bytes.subspan(header_bytes_), syntax);
            return is_whole || (seen && seen->is_complete);
        }));
        return seen;
    }

    static Result<Seen> see(std::span<const std::byte> data_set, const rules::TransferSyntax& syntax) {
        EFFACE_TRY(const pipeline::Routing found, pipeline::routing_attributes(data_set, syntax));
        return Seen{
            .sop_class_uid = std::string{found.sop_class_uid},
            .sop_instance_uid = std::string{found.sop_instance_uid},
            .study_uid = std::string{found.study_instance_uid},
            .series_uid = std::string{found.series_instance_uid},
            .is_complete = found.is_complete};
    }

    /// Does the data set say what its C-STORE command said? Otherwise the status to answer.
    std::optional<std::uint16_t> compare_with_command(Seen& seen) {
        const auto* syntax = rules::find_transfer_syntax(request_.transfer_syntax_uid);
        if (syntax == nullptr) {
            return dimse_status::kOutOfResources;
        }
        auto said = look_at_data_set(*syntax);
        if (!said) {
            refusal_ = said.error();
            return said.error().fault == Fault::kQuarantine ? dimse_status::kCannotUnderstand
                                                            : dimse_status::kOutOfResources;
        }
        if (said->sop_class_uid != request_.sop_class_uid ||
            said->sop_instance_uid != request_.sop_instance_uid.reveal()) {
            refusal_ = Error{Fault::kRefuse, "the data set's SOP class or instance is not the command's"};
            return dimse_status::kDataSetMismatch;
        }
        seen = std::move(*said);
        return std::nullopt;
    }

    void publish_and_commit(const std::function<void(std::uint16_t)>& done) {
        Seen seen;
        if (!file_) {
            refusal_ = Error{Fault::kRefuse, "the data set is empty"};
            refuse(dimse_status::kCannotUnderstand, done);
            return;
        }
        if (const auto status = compare_with_command(seen)) {
            refuse(*status, done);
            return;
        }
        if (const Status published = parts().spool.publish(*file_); !published) {
            // The descriptor is given up: after a failed sync the kernel may have dropped the pages.
            refusal_ = published.error();
            refuse(dimse_status::kOutOfResources, done);
            return;
        }
        commit(seen, done);
    }

    db::ReceivedJob received_job(const Seen& seen, const Digest& digest, UnixMicros now) {
        const AssociationFacts& from = *request_.association;
        const auto project = ingest_.options_.projects.find(from.project);
        EFFACE_ASSERT(project != ingest_.options_.projects.end());
        pipeline::WorkOrder order{
            .project = from.project,
            .original_digest = digest,
            .original_bytes = file_->bytes,
            .sop_class_uid = request_.sop_class_uid,
            .sop_instance_uid = request_.sop_instance_uid,
            .transfer_syntax_uid = request_.transfer_syntax_uid,
            .calling_ae = from.calling_ae,
            .called_ae = from.called_ae,
            .accepted_at = now,
            .rule_digest = project->second.rule_digest,
            .software_version = ingest_.options_.software_version,
        };
        return {
            .project = from.project,
            .peer = parts().peer_name(from),
            .calling_ae = from.calling_ae,
            .called_ae = from.called_ae,
            .association = from.id,
            .sop_class_uid = request_.sop_class_uid,
            .transfer_syntax_uid = request_.transfer_syntax_uid,
            .sop_instance_uid = request_.sop_instance_uid,
            .study_uid = Phi{seen.study_uid},
            .series_uid = Phi{seen.series_uid},
            .original_digest = digest,
            .original_bytes = file_->bytes,
            .spool_file = file_->name,
            .accepted_at = now,
            .work_order = Phi{dump_json(pipeline::to_json(order))},
        };
    }

    void commit(const Seen& seen, const std::function<void(std::uint16_t)>& done) {
        const UnixMicros now = parts().environment.clock.now();
        auto pending = std::make_shared<Pending>();
        pending->job = received_job(seen, digest_.finish(), now);
        pending->audit = audit_entry(seen, now);
        pending->done = done;
        file_.reset();  // Named and synced: from here on the job owns it.

        Ingest& ingest = ingest_;  // Outlives the association and this object.
        db::WriteItem item{
            .work = [&ingest, pending](db::Database& database) { return store(ingest, database, *pending); },
            .done = [&ingest, pending](const Status& committed) { answer(ingest, *pending, committed); },
            .directories = {parts().spool.original_directory(pending->job.spool_file)},
        };
        if (const Status queued = parts().writer.submit(std::move(item)); !queued) {
            static_cast<void>(parts().spool.remove_original(pending->job.spool_file));
            done(dimse_status::kOutOfResources);
        }
    }

    db::AuditEntry audit_entry(const Seen& seen, UnixMicros now) {
        return {
            .event = db::AuditEvent::kReceived,
            .at = now,
            .project = request_.association->project,
            .peer = parts().peer_name(*request_.association),
            .instance_hash = parts().identity.instance(request_.sop_instance_uid.reveal()),
            .study_hash = parts().identity.study(seen.study_uid),
        };
    }

    static Status store(Ingest& ingest, db::Database& database, Pending& pending) {
        EFFACE_TRY(pending.receipt, ingest.jobs_.receive(database, pending.job));
        const bool repeated = pending.receipt.outcome == db::ReceiveOutcome::kDuplicateInWork ||
                              pending.receipt.outcome == db::ReceiveOutcome::kRedelivery;
        if (repeated) {
            EFFACE_TRY(
                pending.file_owned,
                replace_lost_original(database, ingest.parts_.spool, pending.receipt.job, pending.job)
            );
        }
        db::AuditEntry entry = pending.audit;
        entry.job = pending.receipt.job;
        Json detail{
            {"association", pending.job.association},
            {"calling_ae", pending.job.calling_ae},
            {"called_ae", pending.job.called_ae},
            {"sop_class_uid", pending.job.sop_class_uid},
            {"transfer_syntax_uid", pending.job.transfer_syntax_uid},
            {"bytes", pending.job.original_bytes},
            {"digest", ingest.parts_.identity.digest(pending.job.original_digest)}};
        switch (pending.receipt.outcome) {
            case db::ReceiveOutcome::kNew:
                break;
            case db::ReceiveOutcome::kDuplicateInWork:
                entry.event = db::AuditEvent::kDuplicate;
                entry.reason = "identical to an instance in work or quarantine; nothing done";
                break;
            case db::ReceiveOutcome::kRedelivery:
                entry.event = db::AuditEvent::kDuplicate;
                entry.reason = "identical to a delivered instance; its output is delivered again";
                break;
            case db::ReceiveOutcome::kConflict:
                entry.event = db::AuditEvent::kConflict;
                entry.outcome = db::AuditOutcome::kWarning;
                entry.reason = "same SOP Instance UID as an earlier instance, other bytes; quarantined";
                break;
        }
        if (repeated && pending.file_owned) {
            entry.outcome = db::AuditOutcome::kWarning;
            entry.reason += "; its original was missing and is replaced by these bytes";
        }
        entry.detail = dump_json(detail);
        EFFACE_TRY([[maybe_unused]] const std::uint64_t seq, ingest.parts_.audit.append(database, entry));
        return {};
    }

    /// On the writer thread, after the commit: the counters, the leftovers, the response.
    static void answer(Ingest& ingest, Pending& pending, const Status& committed) {
        IngestParts& parts = ingest.parts_;
        if (!committed) {
            // Nothing was acknowledged; the file would be an orphan. But after a halt the row may have
            // reached the disk: without its file the sender's next attempt would be taken for a
            // duplicate of bytes that are nowhere. Start-up finds out whose the file is.
            if (committed.error().fault != Fault::kHalt) {
                static_cast<void>(parts.spool.remove_original(pending.job.spool_file));
            }
            parts.metrics.add(Counter::kInstancesRefused);
            pending.done(status_of(committed.error().fault));
            return;
        }
        const db::ReceiveOutcome outcome = pending.receipt.outcome;
        if (outcome == db::ReceiveOutcome::kDuplicateInWork || outcome == db::ReceiveOutcome::kRedelivery) {
            parts.metrics.add(Counter::kDuplicates);
        }
        if (!pending.file_owned) {
            static_cast<void>(parts.spool.remove_original(pending.job.spool_file));
        }
        if (outcome == db::ReceiveOutcome::kConflict) {
            parts.metrics.add(Counter::kConflicts);
        }
        parts.metrics.add(Counter::kInstancesReceived);
        parts.metrics.add(Counter::kReceivedBytes, pending.job.original_bytes);
        pending.done(dimse_status::kSuccess);
        parts.job_received();
    }

    /// Answers a failure; nothing is kept but an audit row.
    void refuse(std::uint16_t status, const std::function<void(std::uint16_t)>& done) {
        if (file_) {
            parts().spool.abandon(std::move(*file_));
            file_.reset();
        }
        parts().metrics.add(Counter::kInstancesRefused);
        db::AuditEntry entry = audit_entry({}, parts().environment.clock.now());
        entry.event = db::AuditEvent::kRefused;
        entry.outcome = db::AuditOutcome::kFailure;
        entry.reason = refusal_.message();
        entry.detail = dump_json(Json{{"status", status}, {"association", request_.association->id}});
        Ingest& ingest = ingest_;
        const Status queued = parts().writer.submit({
            .work = [&ingest, entry](db::Database& database) -> Status {
                EFFACE_TRY(
                    [[maybe_unused]] const std::uint64_t seq, ingest.parts_.audit.append(database, entry)
                );
                return {};
            },
            .done = [done, status](const Status&) { done(status); },
        });
        if (!queued) {
            done(status);
        }
    }

    Ingest& ingest_;
    const StoreRequest request_;
    // Confined to one call at a time.
    std::optional<pipeline::SpoolFile> file_;
    std::uint64_t header_bytes_ = 0;
    std::uint64_t data_set_bytes_ = 0;
    Sha256 digest_;
    Error refusal_{Fault::kRefuse, "refused"};
};

Result<std::unique_ptr<IncomingInstance>> Ingest::begin(const StoreRequest& request) {
    if (spool_full()) {
        parts_.metrics.add(Counter::kInstancesRefused);
        return fail(Fault::kRetry, "the spool is below its hard watermark: free disk space");
    }
    if (!options_.projects.contains(request.association->project)) {
        return fail(Fault::kRefuse, "the association belongs to no project");
    }
    return std::make_unique<IncomingFile>(*this, request);
}

}  // namespace efface::node
